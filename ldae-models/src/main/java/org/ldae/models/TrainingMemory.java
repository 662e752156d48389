package org.ldae.models;

import java.util.List;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Inference;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.tokenizers.ConvVAEOptions;
import org.ldae.training.Share;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/**
 * Bytes outside the heap that training a recipe takes, known before it starts: nothing is added while it runs.
 *
 * <p>A batch is split over W threads ({@link Backend#shares}), and each takes its share in passes of n images of L tokens, {@code
 * n L <= 1024} unless one image has more: beyond that a larger batch takes no more memory. With B blocks of width M, MLPs of hidden width H, h
 * heads, i numbers in an input token and o in a predicted one, s pixels in a patch, d latents and C the width of the
 * condition, each thread keeps, in numbers of 4 bytes:
 *
 * <pre>
 *   n L (9 M + H + i + 2 o + s + 4 d + 2)   tokens outside the blocks, and gradients that all blocks share
 *   n L B M                                 what each block hands to the next
 *   n L K (7 M + 2 H + h L + 4)             what blocks keep for their backward passes
 *   L M + 2 d s + d + s                     positions and tokenizer; d s more for the original image's components
 * </pre>
 *
 * and with adaLN-Zero also
 *
 * <pre>
 *   K (2 n L M + 12 n M)                    branches and modulations
 *   n (4 M + 3 C)                           condition; 3 C + 256 more if timed, C more if labels are told
 * </pre>
 *
 * <p>K is B, or 1 with {@link Training#checkpointActivations}.
 *
 * <p>P weights, filled up to a multiple of 1024, are held 3 + W times (values, two moments, gradients of each thread), and
 * once more if an average is kept. {@link Trainer#model} and checkpoints take a further copy.
 *
 * <p>Not counted: the fitted tokenizer, for a {@code ConvVAE} the memory it encodes in, what kernels keep of a few hundred
 * rows, and the heap, where images are read ahead.
 *
 * @param weights values, moments and average
 * @param gradients of all threads
 * @param activations all else
 */
public record TrainingMemory(long weights, long gradients, long activations) {

    private static final int ROW = 1024;

    /** Width of the sinusoidal time embedding. */
    private static final int TIME = 256;

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
        long count = recipe.denoiser().layout(signature).count();
        long buffer = Float.BYTES * ROW * Math.max(1, (count + ROW - 1) / ROW);
        Numbers numbers = new Numbers(recipe, signature);
        return new TrainingMemory(
                (training.averageDecay() > 0 ? 4 : 3) * buffer,
                shares.size() * buffer,
                Float.BYTES
                        * shares.stream()
                                .mapToLong(share -> numbers.ofPass(share.size()))
                                .sum());
    }

    /**
     * All of it.
     *
     * @return bytes
     */
    public long total() {
        return weights + gradients + activations;
    }

    /** Numbers that one thread keeps. */
    private record Numbers(Recipe recipe, Signature signature) {

        long ofPass(long images) {
            long rows = images * signature.grid().tokens();
            long width = net().width();
            long outside =
                    9 * width + hidden() + signature.inputs() + 2L * signature.outputs() + patch() + 4 * latents() + 2;
            int kept = recipe.training().checkpointActivations() ? 1 : net().blocks();
            long blocks = net().blocks() * rows * width + kept * insideBlock(images);
            return rows * outside + blocks + condition(images) + fixed();
        }

        private long insideBlock(long images) {
            int tokens = signature.grid().tokens();
            long width = net().width();
            long plain = 7 * width + 2 * hidden() + (long) net().heads() * tokens + 4;
            long modulated = net().conditioned(signature) ? 2 * width * tokens + 12 * width : 0;
            return images * (tokens * plain + modulated);
        }

        private long condition(long images) {
            long c = net().conditionWidth();
            long numbers = 4L * net().width() + 3 * c + (signature.timed() ? 3 * c + TIME : 0);
            return net().conditioned(signature) ? images * (numbers + (signature.classes() > 0 ? c : 0)) : 0;
        }

        private long fixed() {
            long basis = latents() * patch();
            long codec = recipe.tokenizer() instanceof ConvVAEOptions ? 0 : 2 * basis + latents() + patch();
            boolean components = recipe.tokenizer().orthonormal();
            return (long) signature.grid().tokens() * net().width() + codec + (components ? basis : 0);
        }

        private VisionTransformer net() {
            return (VisionTransformer) recipe.denoiser();
        }

        private long hidden() {
            return net().hiddenWidth();
        }

        private long patch() {
            return signature.grid().patchSize();
        }

        private long latents() {
            return recipe.tokenizer().dimension();
        }
    }
}
