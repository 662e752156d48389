package org.ldae.compute;

import java.nio.FloatBuffer;

/**
 * Copies patches of images out of and into the memory of an array {@code [n, C, H, W]}. One instance belongs to one thread.
 *
 * <p>The unit is a band, a row of patches; patches are in channel order (channel, row, column), in which the pixels of a
 * patch's row stay together. Some bands of one image or those of several whole images are copied at a time.
 */
public interface PatchCopy extends AutoCloseable {

    /**
     * Cuts patches out.
     *
     * @param images the array's memory
     * @param at index of the first image's first number
     * @param first number of the first band, counted through the images
     * @param bands how many
     * @param patches receives them, a patch a row, from its first row on; may have more rows
     */
    void cut(FloatBuffer images, int at, int first, int bands, Tensor patches);

    /**
     * Puts patches back: the inverse of {@link #cut}.
     *
     * @param patches a patch a row, from the first row on; may have more rows
     * @param images the array's memory
     * @param at index of the first image's first number
     * @param first number of the first band, counted through the images
     * @param bands how many
     */
    void paste(Tensor patches, FloatBuffer images, int at, int first, int bands);

    @Override
    void close();
}
