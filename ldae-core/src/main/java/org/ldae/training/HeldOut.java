package org.ldae.training;

import java.util.Arrays;
import java.util.Optional;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

/**
 * Checks of a training by the loss of images that it does not see: it ends when the loss has not fallen for some checks, and the
 * parameters of the best check are kept.
 *
 * @param part of the images that only the checks see, in (0, 1), at least one image; 0 for no checks
 * @param every steps from one check to the next, at least 1; the last step is followed by one
 * @param patience checks in a row without a new best loss that end the training, at least 1
 */
public record HeldOut(double part, int every, int patience) {

    /** As many images as are held out however few are trained on between checks: fewer tell too little. */
    private static final int FEWEST_OF_CAP = 64;

    private static final HeldOut NONE = new HeldOut(0, 1, 1);

    /**
     * Checks the ranges.
     *
     * @param part of the images, in (0, 1), 0 for no checks
     * @param every steps from one check to the next, at least 1
     * @param patience checks in a row without a new best loss, at least 1
     */
    public HeldOut {
        if (!(part >= 0 && part < 1) || every < 1 || patience < 1) {
            throw new IllegalArgumentException(
                    "held-out images: expected a part in (0, 1), a check every >= 1 steps and patience >= 1, got %s, %d, %d"
                            .formatted(part, every, patience));
        }
    }

    /**
     * A tenth of the images held out, ten checks of patience.
     *
     * @param steps from one check to the next, at least 1
     * @return the checks
     */
    public static HeldOut every(int steps) {
        return new HeldOut(0.1, steps, 10);
    }

    /**
     * All images are trained on to the last step.
     *
     * @return no checks
     */
    public static HeldOut none() {
        return NONE;
    }

    /**
     * Whether there are no checks.
     *
     * @return true of {@link #none}
     */
    public boolean isNone() {
        return part == 0;
    }

    /**
     * Another part of the images.
     *
     * @param ofImages in (0, 1)
     * @return a copy
     */
    public HeldOut withPart(double ofImages) {
        return new HeldOut(ofImages, every, patience);
    }

    /**
     * Another patience.
     *
     * @param checks in a row without a new best loss that end the training, at least 1
     * @return a copy
     */
    public HeldOut withPatience(int checks) {
        return new HeldOut(part, every, checks);
    }

    /**
     * Images to train on and images to check with, both in file order.
     *
     * @param images at least two, unless there are no checks
     * @param rng key of the draw
     * @return two parts without overlap
     * @throws IllegalArgumentException if there are fewer than two images
     */
    public Split split(ImageSource images, Rng rng) {
        return split(images, rng, Integer.MAX_VALUE);
    }

    /**
     * As {@link #split(ImageSource, Rng)}, for checks that run a network over all images they are given: holds out no more than a
     * quarter of the images of the steps from one check to the next, or 64. A network's forward pass takes
     * about a third of a step's time, so that checks add less than a tenth to that of a training, however large the set.
     *
     * @param images at least two, unless there are no checks
     * @param batch images of a step, at least 1
     * @param rng key of the draw
     * @return two parts without overlap; what is not held out is trained on
     * @throws IllegalArgumentException if there are fewer than two images
     */
    public Split split(ImageSource images, int batch, Rng rng) {
        long between = (long) batch * every;
        return split(images, rng, (int) Math.max(FEWEST_OF_CAP, Math.min(Integer.MAX_VALUE, between / 4)));
    }

    private Split split(ImageSource images, Rng rng, int most) {
        if (isNone()) {
            return Split.none(images);
        }
        if (images.size() < 2) {
            throw new IllegalArgumentException(
                    "images: expected at least 2, one to train on and one to hold out, got " + images.size());
        }
        long wanted = Math.min(most, Math.max(1, Math.round(part * images.size())));
        int held = (int) Math.min(images.size() - 1L, wanted);
        int[] order = rng.stream("held-out").permutation(images.size());
        return new Split(sorted(images, order, held, order.length), Optional.of(sorted(images, order, 0, held)));
    }

    private static ImageSource sorted(ImageSource images, int[] order, int from, int to) {
        int[] picks = Arrays.copyOfRange(order, from, to);
        // File order is the fastest to read.
        Arrays.sort(picks);
        return images.select(picks);
    }

    /**
     * Two parts of a set.
     *
     * @param training images to train on
     * @param heldOut images that only the checks see; empty without checks
     */
    public record Split(ImageSource training, Optional<ImageSource> heldOut) {

        /**
         * All images to train on.
         *
         * @param images all
         * @return nothing held out
         */
        public static Split none(ImageSource images) {
            return new Split(images, Optional.empty());
        }
    }
}
