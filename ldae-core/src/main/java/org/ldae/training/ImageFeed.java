package org.ldae.training;

import java.util.function.IntUnaryOperator;
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
public final class ImageFeed implements ImagePart.Images {

    /** Images ahead of a worker. */
    private static final int MOST_SLOTS = 32;

    /** Numbers of all images ahead of a worker, 32 MiB; two images are held in any case. */
    private static final int MOST_NUMBERS = 8 << 20;

    private final ImageSource images;
    private final Augmentation augmentation;
    private final Batches batches;
    private final Rng steps;
    private final Share share;
    private final IntUnaryOperator positions;
    private final float[] spare;
    private final ReadAhead ahead;
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
        this(images, training, run, share, position -> position);
    }

    /**
     * A feed of other images than those at the share's own positions.
     *
     * @param images what the run reads
     * @param training how
     * @param run its key
     * @param share positions of each batch
     * @param positions which position's image is read for one of the share's
     */
    public ImageFeed(ImageSource images, Training training, Rng run, Share share, IntUnaryOperator positions) {
        ImageShape shape = images.shape();
        this.images = images;
        this.augmentation = training.augmentation();
        this.batches = batches(images.size(), training, run);
        this.steps = steps(run);
        this.share = share;
        this.positions = positions;
        this.spare = new float[augmentation.scratch(shape)];
        int slots = Math.max(2, Math.min(MOST_SLOTS, MOST_NUMBERS / shape.size()));
        long items = (long) training.totalSteps(images.size()) * share.positions();
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

    @Override
    public float[] image(int step, int position) {
        return ahead.get((long) step * share.positions() + position - share.first());
    }

    /** Runs on the feed's own thread, the only one that uses its batches. */
    private void read(long item, float[] destination) {
        int number = (int) (item / share.positions());
        int position = positions.applyAsInt(share.first() + (int) (item % share.positions()));
        if (number != batchOf) {
            batch = batches.at(number);
            batchOf = number;
        }
        images.readFinite(batch[position], destination, 0);
        Rng key = steps.at(number).stream("augmentation").at(position);
        augmentation.apply(destination, 0, images.shape(), key, spare);
    }

    @Override
    public void close() {
        ahead.close();
    }
}
