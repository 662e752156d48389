package org.ldae.training;

import java.util.Arrays;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.AdamW;
import org.ldae.nn.LearningRate;

/**
 * How a tokenizer or feature net is trained by gradient: AdamW with warm-up and half a cosine, stopped early by the loss of images that
 * are held out. The parameters of the best check are kept.
 *
 * @param steps most steps, at least 1
 * @param warmupSteps steps of linear warm-up, at least 0 and fewer than the steps
 * @param rate peak learning rate, positive and finite
 * @param optimizer AdamW's constants
 * @param clipNorm largest norm of the gradient, 0 for no limit
 * @param heldOut part of the images that only the checks see, in (0, 1); at least one image
 * @param checkEvery steps from one check of the held-out loss to the next, at least 1; the last step is followed by one
 * @param patience checks in a row without a new best loss that end the fit, at least 1
 */
public record Fit(
        int steps,
        int warmupSteps,
        double rate,
        AdamW.Options optimizer,
        double clipNorm,
        double heldOut,
        int checkEvery,
        int patience) {

    /** As many images as are held out however few are trained on between checks: fewer tell too little. */
    private static final int FEWEST_OF_CAP = 64;

    /**
     * Checks the ranges.
     *
     * @param steps most steps, at least 1
     * @param warmupSteps steps of linear warm-up, at least 0 and fewer than the steps
     * @param rate peak learning rate, positive and finite
     * @param optimizer AdamW's constants
     * @param clipNorm largest norm of the gradient, 0 for no limit
     * @param heldOut part of the images that only the checks see, in (0, 1); at least one image
     * @param checkEvery steps from one check of the held-out loss to the next, at least 1
     * @param patience checks in a row without a new best loss that end the fit, at least 1
     */
    public Fit {
        boolean finite = rate < Double.POSITIVE_INFINITY;
        if (steps < 1 || warmupSteps < 0 || warmupSteps >= steps || !(rate > 0) || !finite || !(clipNorm >= 0)) {
            throw new IllegalArgumentException(
                    "fit: expected steps >= 1, 0 <= warm-up < steps, finite rate > 0 and clip norm >= 0, got %d, %d, %s, %s"
                            .formatted(steps, warmupSteps, rate, clipNorm));
        }
        if (!(heldOut > 0 && heldOut < 1) || checkEvery < 1 || patience < 1) {
            throw new IllegalArgumentException(
                    "fit: expected a held-out part in (0, 1), checkEvery >= 1 and patience >= 1, got %s, %d, %d"
                            .formatted(heldOut, checkEvery, patience));
        }
    }

    /**
     * Defaults: rate 1e-3, a twentieth of the steps warm-up, gradients clipped at norm 1, a tenth of the images held out
     * and checked fifty times, ten checks of patience.
     *
     * @param steps most steps, at least 1
     * @return the options
     */
    public static Fit steps(int steps) {
        return new Fit(steps, steps / 20, 1e-3, AdamW.Options.defaults(), 1, 0.1, Math.max(1, steps / 50), 10);
    }

    /**
     * Another number of steps; warm-up and checks stay as they are.
     *
     * @param most steps, at least 1
     * @return a copy
     */
    public Fit withSteps(int most) {
        return new Fit(most, warmupSteps, rate, optimizer, clipNorm, heldOut, checkEvery, patience);
    }

    /**
     * Another warm-up.
     *
     * @param warmup steps, fewer than the steps in all
     * @return a copy
     */
    public Fit withWarmup(int warmup) {
        return new Fit(steps, warmup, rate, optimizer, clipNorm, heldOut, checkEvery, patience);
    }

    /**
     * Another peak rate.
     *
     * @param peak learning rate, positive
     * @return a copy
     */
    public Fit withRate(double peak) {
        return new Fit(steps, warmupSteps, peak, optimizer, clipNorm, heldOut, checkEvery, patience);
    }

    /**
     * Other constants of the optimiser.
     *
     * @param options AdamW's
     * @return a copy
     */
    public Fit withOptimizer(AdamW.Options options) {
        return new Fit(steps, warmupSteps, rate, options, clipNorm, heldOut, checkEvery, patience);
    }

    /**
     * Another limit on the gradient.
     *
     * @param norm largest norm, 0 for none
     * @return a copy
     */
    public Fit withClipNorm(double norm) {
        return new Fit(steps, warmupSteps, rate, optimizer, norm, heldOut, checkEvery, patience);
    }

    /**
     * Another part of held-out images.
     *
     * @param part of the images, in (0, 1)
     * @return a copy
     */
    public Fit withHeldOut(double part) {
        return new Fit(steps, warmupSteps, rate, optimizer, clipNorm, part, checkEvery, patience);
    }

    /**
     * Other checks.
     *
     * @param every steps from one check to the next, at least 1
     * @param checks in a row without a new best loss that end the fit, at least 1
     * @return a copy
     */
    public Fit withChecks(int every, int checks) {
        return new Fit(steps, warmupSteps, rate, optimizer, clipNorm, heldOut, every, checks);
    }

    /**
     * The rate of each step.
     *
     * @return warm-up and half a cosine over all steps
     */
    public LearningRate schedule() {
        return new LearningRate(rate, warmupSteps, steps);
    }

    /**
     * Images to train on and images to check with, both in file order.
     *
     * @param images at least two
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
     * about a third of a step's time, so that checks add less than a tenth to that of a fit, however large the set.
     *
     * @param images at least two
     * @param batch images of a step, at least 1
     * @param rng key of the draw
     * @return two parts without overlap; what is not held out is trained on
     * @throws IllegalArgumentException if there are fewer than two images
     */
    public Split split(ImageSource images, int batch, Rng rng) {
        long between = (long) batch * checkEvery;
        return split(images, rng, (int) Math.max(FEWEST_OF_CAP, Math.min(Integer.MAX_VALUE, between / 4)));
    }

    private Split split(ImageSource images, Rng rng, int most) {
        if (images.size() < 2) {
            throw new IllegalArgumentException(
                    "images: expected at least 2, one to train on and one to hold out, got " + images.size());
        }
        long wanted = Math.min(most, Math.max(1, Math.round(heldOut * images.size())));
        int held = (int) Math.min(images.size() - 1L, wanted);
        int[] order = rng.stream("held-out").permutation(images.size());
        return new Split(sorted(images, order, held, order.length), sorted(images, order, 0, held));
    }

    private static ImageSource sorted(ImageSource images, int[] order, int from, int to) {
        int[] picks = Arrays.copyOfRange(order, from, to);
        // File order is the fastest to read.
        Arrays.sort(picks);
        return images.select(picks);
    }

    /**
     * Two parts of a set, neither empty.
     *
     * @param training images to train on
     * @param heldOut images that only the checks see
     */
    public record Split(ImageSource training, ImageSource heldOut) {}
}
