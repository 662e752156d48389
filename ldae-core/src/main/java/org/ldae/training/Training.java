package org.ldae.training;

import java.util.function.LongSupplier;
import org.ldae.core.RecordText;
import org.ldae.data.Augmentation;

/**
 * How a network is trained: AdamW with warm-up and half a cosine.
 *
 * <pre>{@code
 * Training.epochs(20).withBatchSize(64).withRate(1e-3)
 * Training.steps(5000).withHeldOut(HeldOut.every(100))
 * }</pre>
 *
 * @param length epochs, steps or a budget of operations
 * @param batchSize images a step, at least 1; a last, smaller batch of an epoch is left out
 * @param rate peak learning rate, positive and finite
 * @param warmup epochs or steps, as the length, of linear warm-up; at least 0 and less than the length
 * @param optimizer AdamW's constants
 * @param clipNorm largest norm of the gradient, 0 for no limit
 * @param averageDecay decay of the average of the weights that the result is made of, 0 for the last weights
 * @param augmentation what is done to each image
 * @param checkpointActivations whether blocks compute their activations again in the backward pass instead of keeping them
 *     (gradient checkpointing, Chen et al. 2016): the same numbers from less memory, in about a third more time
 * @param heldOut checks by images that are not trained on, and early stopping
 */
public record Training(
        Length length,
        int batchSize,
        double rate,
        double warmup,
        AdamW.Options optimizer,
        double clipNorm,
        double averageDecay,
        Augmentation augmentation,
        boolean checkpointActivations,
        HeldOut heldOut) {

    /**
     * Checks the ranges.
     *
     * @param length epochs, steps or a budget of operations
     * @param batchSize images a step, at least 1; a last, smaller batch of an epoch is left out
     * @param rate peak learning rate, positive and finite
     * @param warmup epochs or steps, as the length, of linear warm-up; at least 0 and less than the length
     * @param optimizer AdamW's constants
     * @param clipNorm largest norm of the gradient, 0 for no limit
     * @param averageDecay decay of the average of the weights that the result is made of, 0 for the last weights
     * @param augmentation what is done to each image
     * @param checkpointActivations whether blocks compute their activations again in the backward pass instead of keeping them
     * @param heldOut checks by images that are not trained on, and early stopping
     */
    public Training {
        boolean finite = rate < Double.POSITIVE_INFINITY;
        if (batchSize < 1 || !(rate > 0) || !finite || !(warmup >= 0 && warmup < length.count())) {
            throw new IllegalArgumentException(
                    "training: expected batch >= 1, finite rate > 0 and 0 <= warm-up < length, got %d, %s, %s of %s"
                            .formatted(batchSize, rate, warmup, length));
        }
        if (!(clipNorm >= 0) || !(averageDecay >= 0 && averageDecay < 1)) {
            throw new IllegalArgumentException(
                    "training: expected clip norm >= 0 and average decay in [0, 1), got %s, %s"
                            .formatted(clipNorm, averageDecay));
        }
    }

    /**
     * Defaults for small images: batch 128, rate 1e-3, a tenth of the epochs warm-up, gradients clipped at 1, no average, no
     * augmentation, no checks. (The paper trains with batch 2048 and rate 1e-4 x batch / 256.)
     *
     * @param epochs passes over the images, at least 1
     * @return the options
     */
    public static Training epochs(int epochs) {
        return of(new Length(epochs, Length.Unit.EPOCHS), epochs / 10.0);
    }

    /**
     * As {@link #epochs}, counted in steps, with a twentieth of them warm-up.
     *
     * @param steps batches, at least 1
     * @return the options
     */
    public static Training steps(int steps) {
        int warmup = steps / 20;
        return of(new Length(steps, Length.Unit.STEPS), warmup);
    }

    /**
     * As {@link #steps}, as many as a budget of arithmetic pays for: equal work for networks of different cost. Recipes and
     * baselines count what an image costs when training starts; whoever trains another task calls {@link TrainingFlops#inSteps}.
     *
     * @param budget floating-point operations of products, forward and backward, at least 1 and below 2^63; such as 3e13
     * @return the options
     * @throws IllegalArgumentException if it is out of range
     */
    public static Training flops(double budget) {
        if (!(budget >= 1 && budget < 0x1p63)) {
            throw new IllegalArgumentException("FLOPs: expected a budget from 1 to below 2^63, got " + budget);
        }
        return of(new Length((long) budget, Length.Unit.FLOPS), budget / 20);
    }

    private static Training of(Length length, double warmup) {
        return new Training(
                length, 128, 1e-3, warmup, AdamW.Options.defaults(), 1, 0, Augmentation.none(), false, HeldOut.none());
    }

    /**
     * Another length in the same unit; warm-up keeps its share.
     *
     * @param count epochs or steps, at least 1
     * @return a copy
     */
    public Training withLength(int count) {
        return withLength(new Length(count, length.unit()));
    }

    /**
     * Another length; warm-up keeps its share.
     *
     * @param other in any unit
     * @return a copy
     */
    public Training withLength(Length other) {
        double share = warmup * other.count() / length.count();
        return copy(other, batchSize, rate, share, optimizer);
    }

    /**
     * A budget of arithmetic in the steps that it pays for, of which warm-up keeps its share; a length in epochs or steps stays.
     *
     * @param flopsPerImage what {@link TrainingFlops} counts
     * @return this, or a copy
     */
    public Training inSteps(LongSupplier flopsPerImage) {
        if (length.unit() != Length.Unit.FLOPS) {
            return this;
        }
        double each = (double) flopsPerImage.getAsLong() * batchSize;
        double most = Math.max(1, length.count() / each);
        if (most > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "FLOPs: expected a budget of at most 2^31 - 1 steps, got %s of %s FLOPs an image in batches of %d"
                            .formatted(length, flopsPerImage.getAsLong(), batchSize));
        }
        int steps = (int) most;
        Length paid = new Length(steps, Length.Unit.STEPS);
        return copy(paid, batchSize, rate, Math.floor(warmup * steps / (double) length.count()), optimizer);
    }

    /**
     * Another batch size.
     *
     * @param images a step
     * @return a copy
     */
    public Training withBatchSize(int images) {
        return copy(length, images, rate, warmup, optimizer);
    }

    /**
     * Another peak rate.
     *
     * @param peak learning rate
     * @return a copy
     */
    public Training withRate(double peak) {
        return copy(length, batchSize, peak, warmup, optimizer);
    }

    /**
     * Another warm-up.
     *
     * @param count epochs or steps, as the length
     * @return a copy
     */
    public Training withWarmup(double count) {
        return copy(length, batchSize, rate, count, optimizer);
    }

    /**
     * Other constants of the optimiser.
     *
     * @param options AdamW's
     * @return a copy
     */
    public Training withOptimizer(AdamW.Options options) {
        return copy(length, batchSize, rate, warmup, options);
    }

    private Training copy(Length l, int batch, double peak, double w, AdamW.Options options) {
        return new Training(
                l, batch, peak, w, options, clipNorm, averageDecay, augmentation, checkpointActivations, heldOut);
    }

    /**
     * Another limit on the gradient.
     *
     * @param norm largest norm, 0 for none
     * @return a copy
     */
    public Training withClipNorm(double norm) {
        return copy(norm, averageDecay, augmentation, checkpointActivations, heldOut);
    }

    /**
     * An exponential average of the weights.
     *
     * @param decay such as 0.999, 0 for none
     * @return a copy
     */
    public Training withAverageDecay(double decay) {
        return copy(clipNorm, decay, augmentation, checkpointActivations, heldOut);
    }

    /**
     * Another augmentation.
     *
     * @param options what is done to each image
     * @return a copy
     */
    public Training withAugmentation(Augmentation options) {
        return copy(clipNorm, averageDecay, options, checkpointActivations, heldOut);
    }

    /**
     * Whether memory is saved by computing activations twice, for large networks.
     *
     * @param on whether blocks keep only their inputs
     * @return a copy
     */
    public Training withCheckpointActivations(boolean on) {
        return copy(clipNorm, averageDecay, augmentation, on, heldOut);
    }

    /**
     * Checks by images that are not trained on, and early stopping.
     *
     * @param checks how many images, how often, how long
     * @return a copy
     */
    public Training withHeldOut(HeldOut checks) {
        return copy(clipNorm, averageDecay, augmentation, checkpointActivations, checks);
    }

    private Training copy(double norm, double decay, Augmentation changes, boolean recompute, HeldOut checks) {
        return new Training(length, batchSize, rate, warmup, optimizer, norm, decay, changes, recompute, checks);
    }

    /**
     * Number of steps.
     *
     * @param images training images, at least a batch if the length is in epochs
     * @return steps in all
     */
    public int totalSteps(int images) {
        return Math.toIntExact(length.steps((double) length.count(), images / batchSize));
    }

    /**
     * The rate of each step.
     *
     * @param images training images
     * @return warm-up and half a cosine over all steps
     */
    public LearningRate schedule(int images) {
        return new LearningRate(rate, length.steps(warmup, images / batchSize), totalSteps(images));
    }

    /**
     * Refuses checkpointed activations for networks that know only to keep them.
     *
     * @param what the network, for the error
     * @throws IllegalArgumentException if activations are to be computed again
     */
    public void requireKeepsActivations(String what) {
        if (checkpointActivations) {
            throw new IllegalArgumentException(
                    what + ": expected activations that are kept, got withCheckpointActivations(true); leave it out");
        }
    }

    private static double usualWarmup(Length length) {
        return length.unit() == Length.Unit.EPOCHS ? length.count() / 10.0 : Math.floorDiv(length.count(), 20);
    }

    /** Length, batch size and rate, and what else is not as {@link #epochs}, {@link #steps} and {@link #flops} have it. */
    @Override
    public String toString() {
        Training usual = of(length, usualWarmup(length));
        return RecordText.line("Training", RecordText.told(this, usual, "length", "batchSize", "rate"));
    }
}
