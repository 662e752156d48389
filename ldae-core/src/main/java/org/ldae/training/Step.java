package org.ldae.training;

import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

/** Where training stands, as its parts see it. The same object all along. */
public final class Step {

    private final ImageSource images;
    private final boolean learns;
    private int number;
    private int phase;
    private Rng rng;
    private int[] batch;

    Step(ImageSource images, boolean learns, Rng rng, int[] batch) {
        this.images = images;
        this.learns = learns;
        this.rng = rng;
        this.batch = batch;
    }

    /**
     * A step by hand, such as to test a part alone.
     *
     * @param images that training sees
     * @param rng key of its random numbers
     * @param batch which of the images
     * @return the first phase of step 0
     */
    public static Step of(ImageSource images, Rng rng, int... batch) {
        return new Step(images, true, rng, batch);
    }

    void to(int next, Rng key, int[] picks) {
        number = next;
        rng = key;
        batch = picks;
    }

    void phase(int next) {
        phase = next;
    }

    /**
     * Its number.
     *
     * @return from 0
     */
    public int number() {
        return number;
    }

    /**
     * Its phase.
     *
     * @return index among the task's phases of this step
     */
    public int phase() {
        return phase;
    }

    /**
     * Whether gradients are wanted.
     *
     * @return false while images that are held out are looked at
     */
    public boolean learns() {
        return learns;
    }

    /**
     * The key of its random numbers: what is drawn with it depends on seed and step alone.
     *
     * @return the key
     */
    public Rng rng() {
        return rng;
    }

    /**
     * Images of the batch, over which losses are averaged.
     *
     * @return how many
     */
    public int size() {
        return batch.length;
    }

    /**
     * Which image of the source one of the batch is.
     *
     * @param position in the batch
     * @return its index
     */
    public int index(int position) {
        return batch[position];
    }

    /**
     * The class of an image.
     *
     * @param position in the batch
     * @return its label
     */
    public int label(int position) {
        return images.label(batch[position]);
    }
}
