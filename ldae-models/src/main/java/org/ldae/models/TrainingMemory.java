package org.ldae.models;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Inference;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.LinearMap;
import org.ldae.tokenizers.LinearTokenizer;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.Share;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bytes outside the heap that training a recipe takes, known before it starts: nothing is added while it runs.
 *
 * <p>The network and what surrounds it are laid out without memory, for each share of a batch ({@link Backend#shares}) in passes
 * of n images of L tokens, {@code n L <= 1024} unless one image has more, and their bytes counted: exact for any {@link
 * org.ldae.nn.Denoiser}. Beyond a pass a larger batch takes no more memory. Weights are held 3 + W times for W shares (values, two
 * moments, gradients of each), and once more if an average is kept; {@link Trainer#model} and checkpoints take a further copy.
 *
 * <p>Not counted: the fitted tokenizer, what one that is not {@link org.ldae.tokenizers.TokenizerOptions#linear} works in, what
 * kernels keep of a few hundred rows, and the heap, where images are read ahead.
 *
 * @param weights values, moments and average
 * @param gradients of all threads
 * @param activations all else
 */
public record TrainingMemory(long weights, long gradients, long activations) {

    /**
     * The memory of a recipe's training with the threads that {@link Backend#threads} tells.
     *
     * @param recipe what will be trained
     * @param shape of the images
     * @param classes K of the images, at least 1 if the recipe tells labels and not looked at otherwise
     * @return the bytes
     * @throws IllegalArgumentException if the patch is no divisor of the images' sides, or classes are needed
     */
    public static TrainingMemory of(Recipe recipe, ImageShape shape, int classes) {
        recipe.requireSound();
        if (recipe.labels().told() && classes < 1) {
            throw new IllegalArgumentException(
                    "classes: expected at least 1 for a recipe that tells labels, got " + classes);
        }
        TokenGrid grid = recipe.tokenizer().grid(shape);
        Signature signature = recipe.signature(grid, recipe.labels().told() ? classes : 0);
        Training training = recipe.training();
        List<Share> shares =
                Share.split(training.batchSize(), Backend.shares(training.batchSize()), Inference.imagesAtOnce(grid));
        FittedRecipe fitted = new FittedRecipe(
                recipe, standIn(recipe.tokenizer(), grid), Collections.nCopies(signature.classes(), "class"));
        try (Parameters parameters = recipe.denoiser().layout(signature).planned()) {
            long buffer = (long) Float.BYTES * parameters.values().size();
            long activations = 0;
            for (Share share : shares) {
                try (Workspace work = training.checkpointActivations()
                        ? Workspace.recomputing(Backend.kernels(), parameters)
                        : Workspace.training(Backend.kernels(), parameters)) {
                    new DenoisingPass(fitted, work, share.size());
                    activations += work.allocatedBytes();
                }
            }
            return new TrainingMemory(
                    (training.averageDecay() > 0 ? 4 : 3) * buffer, shares.size() * buffer, activations);
        }
    }

    /** A tokenizer of these options that is fitted on nothing, to be laid out. */
    private static Tokenizer standIn(TokenizerOptions options, TokenGrid grid) {
        if (options.linear()) {
            return new LinearTokenizer(options, grid, LinearMap.of(new double[options.dimension()][grid.patchSize()]));
        }
        return new Tokenizer() {
            @Override
            public TokenGrid grid() {
                return grid;
            }

            @Override
            public TokenizerOptions options() {
                return options;
            }

            @Override
            public INDArray encode(INDArray images) {
                throw new IllegalStateException("laid out only");
            }

            @Override
            public INDArray decode(INDArray latents) {
                throw new IllegalStateException("laid out only");
            }

            @Override
            public Map<String, INDArray> tensors() {
                return Map.of();
            }
        };
    }

    /**
     * All of it.
     *
     * @return bytes
     */
    public long total() {
        return weights + gradients + activations;
    }
}
