package org.ldae.data;

import java.util.Arrays;
import org.ldae.core.Rng;

/**
 * Which images each step of a training sees: every epoch goes through all of them in an order of its own, less an
 * incomplete last batch. A function of key and step alone. Not safe to share between threads.
 */
public final class Batches {

    private final int images;
    private final int size;
    private final Rng rng;
    private int[] order = new int[0];
    private int orderedEpoch = -1;

    /**
     * Batches of some images.
     *
     * @param images number of images, at least {@code size}
     * @param size images in a batch, at least 1
     * @param rng key of the orders
     * @throws IllegalArgumentException if the images don't fill a batch
     */
    public Batches(int images, int size, Rng rng) {
        if (size < 1 || images < size) {
            throw new IllegalArgumentException(
                    "training: expected at least one batch of %d images, got %d; use a smaller batch"
                            .formatted(size, images));
        }
        this.images = images;
        this.size = size;
        this.rng = rng;
    }

    /**
     * Whole batches in an epoch.
     *
     * @return at least 1
     */
    public int perEpoch() {
        return images / size;
    }

    /**
     * The images of a step.
     *
     * @param step from 0
     * @return a new array of indices, no two the same
     */
    public int[] at(int step) {
        int epoch = step / perEpoch();
        if (epoch != orderedEpoch) {
            orderedEpoch = epoch;
            order = rng.at(epoch).permutation(images);
        }
        int from = step % perEpoch() * size;
        return Arrays.copyOfRange(order, from, from + size);
    }
}
