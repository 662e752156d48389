package org.ldae.examples;

import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.data.Augmentation;
import org.ldae.deconstruction.Ladder;
import org.ldae.models.Recipe;
import org.ldae.training.AdamW;
import org.ldae.training.Training;
import picocli.CommandLine.Option;

/** What is predicted, for how long and how fast: options shared by the examples that train an l-DAE. */
final class TrainingOptions {

    @Option(
            names = "--recipe",
            description = {
                "A row of docs/study/ladder.md; an unknown name lists them all (default: ${DEFAULT-VALUE}).",
                "today: the paper's; light-noise: drops three quarters of the tokens.",
                "From narrow-decoder on, the encoder has all blocks of --depth."
            })
    private String rung = "today";

    @Option(names = "--epochs", description = "Passes over the training images (default: 12).")
    private @Nullable Integer epochs;

    @Option(names = "--flops", description = "Operations of the training, such as 3e13, instead of --epochs.")
    private @Nullable Double flops;

    @Option(names = "--batch", description = "Images a step (default: ${DEFAULT-VALUE}).")
    private int batch = 64;

    @Option(names = "--rate", description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
    private double rate = 1e-3;

    @Option(names = "--beta2", description = "AdamW's second beta; the ladder's is 0.95 (default: ${DEFAULT-VALUE}).")
    private double beta2 = 0.999;

    @Option(names = "--decay", description = "AdamW's weight decay; the ladder's is 0.05 (default: ${DEFAULT-VALUE}).")
    private double decay;

    /** A row of the ladder in place of its first, which is today's. */
    Recipe recipe(Recipe today, ImageShape shape, Augmentation augmentation) {
        Cli.requireOneOf("--epochs", epochs, "--flops", flops);
        Training length = flops != null ? Training.flops(flops) : Training.epochs(epochs == null ? 12 : epochs);
        return new Ladder(shape.channels())
                .recipeAt(today, rung)
                .withTraining(length.withBatchSize(batch)
                        .withRate(rate)
                        .withOptimizer(AdamW.Options.defaults().withBeta2(beta2).withWeightDecay(decay))
                        .withAugmentation(augmentation));
    }

    /** Images a step. */
    int batch() {
        return batch;
    }
}
