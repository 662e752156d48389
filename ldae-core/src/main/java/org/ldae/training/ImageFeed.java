package org.ldae.training;

import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.Batches;
import org.ldae.data.ImageSource;
import org.ldae.data.ReadAhead;

/**
 * The images of one worker's share of every batch, read and augmented ahead of it on a thread of its own: decoding, and
 * waiting for a disk, go on while the worker computes.
 */
public final class ImageFeed implements AutoCloseable {

    /** Images ahead of a worker. */
    private static final int MOST_SLOTS = 32;

    /** Numbers of all images ahead of a worker, 32 MiB; two images are held in any case. */
    private static final int MOST_NUMBERS = 8 << 20;

    private final ImageSource images;
    private final Augmentation augmentation;
    private final Batches batches;
    private final Rng steps;
    private final Share share;
    private final float[] spare;
    private final ReadAhead ahead;
    private int step;
    private int[] batch = new int[0];
    private int batchOf = -1;

    /**
     * A feed of a run.
     *
     * @param images what the run reads
     * @param training how
     * @param run its key
     * @param share positions of each batch
     */
    public ImageFeed(ImageSource images, Training training, Rng run, Share share) {
        ImageShape shape = images.shape();
        this.images = images;
        this.augmentation = training.augmentation();
        this.batches = batches(images.size(), training, run);
        this.steps = steps(run);
        this.share = share;
        this.spare = new float[augmentation.scratch(shape)];
        int slots = Math.max(2, Math.min(MOST_SLOTS, MOST_NUMBERS / shape.size()));
        long items = (long) training.epochs() * batches.perEpoch() * positions();
        this.ahead = new ReadAhead(this::read, shape.size(), new ReadAhead.Limits(items, slots, 1));
    }

    /** Which images each step of a run sees. */
    static Batches batches(int images, Training training, Rng run) {
        return new Batches(images, training.batchSize(), run.stream("shuffle"));
    }

    /** The key whose indices are the steps of a run. */
    static Rng steps(Rng run) {
        return run.stream("step");
    }

    public ImageSource images() {
        return images;
    }

    public Share share() {
        return share;
    }

    private int positions() {
        return share.last() - share.first();
    }

    /** Goes to a step, by its number. */
    public void start(int number) {
        step = number;
    }

    /** The image at a position of the step's batch, {@code [C, H, W]}, valid until the next is asked for. */
    public float[] image(int position) {
        return ahead.get((long) step * positions() + position - share.first());
    }

    /** Runs on the feed's own thread, the only one that uses its batches. */
    private void read(long item, float[] destination) {
        int number = (int) (item / positions());
        int position = share.first() + (int) (item % positions());
        if (number != batchOf) {
            batch = batches.at(number);
            batchOf = number;
        }
        images.read(batch[position], destination, 0);
        Rng key = steps.at(number).stream("augmentation").at(position);
        augmentation.apply(destination, 0, images.shape(), key, spare);
    }

    @Override
    public void close() {
        ahead.close();
    }
}
