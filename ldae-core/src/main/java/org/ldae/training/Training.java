package org.ldae.training;

import com.google.gson.annotations.JsonAdapter;
import org.ldae.data.Augmentation;
import org.ldae.nn.AdamW;

/**
 * How a network is trained.
 *
 * @param epochs passes over the images, at least 1
 * @param batchSize images a step, at least 1; a last, smaller batch of an epoch is left out
 * @param rate peak learning rate, positive and finite
 * @param warmupEpochs epochs of linear warm-up, at least 0 and fewer than the epochs
 * @param optimizer AdamW's constants
 * @param clipNorm largest norm of the gradient, 0 for no limit
 * @param averageDecay decay of the average of the weights that the model is made of, 0 for the last weights
 * @param augmentation what is done to each image
 * @param checkpointActivations whether blocks compute their activations again in the backward pass instead of keeping them
 *     (gradient checkpointing, Chen et al. 2016): the same numbers from less memory, in about a third more time
 */
public record Training(
        int epochs,
        int batchSize,
        double rate,
        double warmupEpochs,
        AdamW.Options optimizer,
        double clipNorm,
        double averageDecay,
        Augmentation augmentation,
        @JsonAdapter(OnlyIfTrue.class) boolean checkpointActivations) {

    /**
     * Checks the ranges.
     *
     * @param epochs passes over the images, at least 1
     * @param batchSize images a step, at least 1; a last, smaller batch of an epoch is left out
     * @param rate peak learning rate, positive
     * @param warmupEpochs epochs of linear warm-up, at least 0 and fewer than the epochs
     * @param optimizer AdamW's constants
     * @param clipNorm largest norm of the gradient, 0 for no limit
     * @param averageDecay decay of the average of the weights that the model is made of, 0 for the last weights
     * @param augmentation what is done to each image
     * @param checkpointActivations whether blocks compute their activations again in the backward pass instead of keeping them
     */
    public Training {
        boolean finite = rate < Double.POSITIVE_INFINITY;
        if (epochs < 1 || batchSize < 1 || !(rate > 0) || !finite || !(warmupEpochs >= 0 && warmupEpochs < epochs)) {
            throw new IllegalArgumentException(
                    "training: expected epochs >= 1, batch >= 1, finite rate > 0 and 0 <= warm-up < epochs, got %d, %d, %s, %s"
                            .formatted(epochs, batchSize, rate, warmupEpochs));
        }
        if (!(clipNorm >= 0) || !(averageDecay >= 0 && averageDecay < 1)) {
            throw new IllegalArgumentException(
                    "training: expected clip norm >= 0 and average decay in [0, 1), got %s, %s"
                            .formatted(clipNorm, averageDecay));
        }
    }

    /**
     * Defaults for small images: batch 128, rate 1e-3, a tenth of the epochs warm-up, gradients clipped at 1, no average, no
     * augmentation. (The paper trains with batch 2048 and rate 1e-4 x batch / 256.)
     *
     * @param epochs passes over the images
     * @return the options
     */
    public static Training epochs(int epochs) {
        return new Training(
                epochs, 128, 1e-3, epochs / 10.0, AdamW.Options.defaults(), 1, 0, Augmentation.none(), false);
    }

    /**
     * Another length; warm-up keeps its share.
     *
     * @param count passes over the images, at least 1
     * @return a copy
     */
    public Training withEpochs(int count) {
        double warmup = warmupEpochs * count / epochs;
        return new Training(
                count, batchSize, rate, warmup, optimizer, clipNorm, averageDecay, augmentation, checkpointActivations);
    }

    /**
     * Another batch size.
     *
     * @param images a step
     * @return a copy
     */
    public Training batchSize(int images) {
        return new Training(
                epochs,
                images,
                rate,
                warmupEpochs,
                optimizer,
                clipNorm,
                averageDecay,
                augmentation,
                checkpointActivations);
    }

    /**
     * Another peak rate.
     *
     * @param peak learning rate
     * @return a copy
     */
    public Training rate(double peak) {
        return new Training(
                epochs,
                batchSize,
                peak,
                warmupEpochs,
                optimizer,
                clipNorm,
                averageDecay,
                augmentation,
                checkpointActivations);
    }

    /**
     * Another warm-up.
     *
     * @param warmup epochs
     * @return a copy
     */
    public Training warmupEpochs(double warmup) {
        return new Training(
                epochs,
                batchSize,
                rate,
                warmup,
                optimizer,
                clipNorm,
                averageDecay,
                augmentation,
                checkpointActivations);
    }

    /**
     * Other constants of the optimiser.
     *
     * @param options AdamW's
     * @return a copy
     */
    public Training optimizer(AdamW.Options options) {
        return new Training(
                epochs,
                batchSize,
                rate,
                warmupEpochs,
                options,
                clipNorm,
                averageDecay,
                augmentation,
                checkpointActivations);
    }

    /**
     * Another limit on the gradient.
     *
     * @param norm largest norm, 0 for none
     * @return a copy
     */
    public Training clipNorm(double norm) {
        return new Training(
                epochs,
                batchSize,
                rate,
                warmupEpochs,
                optimizer,
                norm,
                averageDecay,
                augmentation,
                checkpointActivations);
    }

    /**
     * An exponential average of the weights.
     *
     * @param decay such as 0.999, 0 for none
     * @return a copy
     */
    public Training averageDecay(double decay) {
        return new Training(
                epochs, batchSize, rate, warmupEpochs, optimizer, clipNorm, decay, augmentation, checkpointActivations);
    }

    /**
     * Another augmentation.
     *
     * @param options what is done to each image
     * @return a copy
     */
    public Training augmentation(Augmentation options) {
        return new Training(
                epochs,
                batchSize,
                rate,
                warmupEpochs,
                optimizer,
                clipNorm,
                averageDecay,
                options,
                checkpointActivations);
    }

    /**
     * Whether memory is saved by computing activations twice, for large networks; {@code TrainingMemory} tells how much.
     *
     * @param on whether blocks keep only their inputs
     * @return a copy
     */
    public Training checkpointActivations(boolean on) {
        return new Training(epochs, batchSize, rate, warmupEpochs, optimizer, clipNorm, averageDecay, augmentation, on);
    }
}
