package org.ldae.training;

import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;

/**
 * Images of a pass as rows of pixels with a column a channel, {@code [n H W, C]}, as convolutions read them. Not safe to
 * share between threads.
 */
public final class ImageRows {

    private final ImageSource images;
    private final float[] planes;
    private float[] spare;
    private final float[] rows;

    /**
     * Room for some images.
     *
     * @param images where they are read
     * @param count n
     */
    public ImageRows(ImageSource images, int count) {
        int size = images.shape().size();
        this.images = images;
        this.planes = new float[size];
        this.spare = new float[0];
        this.rows = new float[Math.multiplyExact(count, size)];
    }

    /**
     * Puts an image into a slot.
     *
     * @param index of the image in its source
     * @param slot in [0, n)
     */
    public void read(int index, int slot) {
        images.read(index, planes, 0);
        interleave(slot);
    }

    /**
     * Puts a changed image into a slot.
     *
     * @param index of the image in its source
     * @param slot in [0, n)
     * @param augmentation how it is changed
     * @param rng key of the change
     */
    public void read(int index, int slot, Augmentation augmentation, Rng rng) {
        images.read(index, planes, 0);
        int needed = augmentation.scratch(images.shape());
        // Grown once, at the first image.
        spare = spare.length < needed ? new float[needed] : spare;
        augmentation.apply(planes, 0, images.shape(), rng, spare);
        interleave(slot);
    }

    private void interleave(int slot) {
        ImageShape shape = images.shape();
        int pixels = shape.height() * shape.width();
        for (int c = 0; c < shape.channels(); c++) {
            int to = slot * planes.length + c;
            for (int i = 0; i < pixels; i++) {
                rows[to + i * shape.channels()] = planes[c * pixels + i];
            }
        }
    }

    /**
     * What the slots hold.
     *
     * @return the live array {@code [n H W, C]}, row by row
     */
    public float[] numbers() {
        return rows;
    }
}
