package org.ldae.tokenizers.linear;

import java.util.Map;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.RecordText;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.LinearMap;
import org.ldae.tokenizers.LinearTokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.AdamW;
import org.ldae.training.HeldOut;
import org.ldae.training.Session;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Patch-wise linear autoencoder: {@code ||x - U^T V x||^2} with encoder V and decoder U apart (paper, section 4.2),
 * around the mean patch.
 *
 * <pre>{@code
 * PatchAE tokenizer = PatchAE.fit(images, PatchAE.patch(8).dimension(16), Rng.of(1), Progress.none());
 * INDArray latents = tokenizer.encode(x); // [N, C, H, W] -> [N, L, 16]
 * }</pre>
 *
 * <p>Its optimum spans the subspace of the leading principal components, but any invertible mix of the d latents is as
 * good: they are correlated, unordered and another d takes another fit. {@link PatchPCA} gives the same reconstructions
 * at once; use it unless the comparison is the point.
 *
 * <p>Trained by AdamW on the exact loss of all patches at once, which their second moments give; images are read once.
 */
public final class PatchAE extends LinearTokenizer {

    private final Options options;

    private PatchAE(Options options, Patches patches, LinearMap map) {
        super(options, patches.grid(), map);
        this.options = options;
    }

    /**
     * Starts the options of a fit.
     *
     * @param patch patch side P in pixels, at least 1
     * @return what is left to say: {@code patch(8).dimension(16)}
     */
    public static Side patch(int patch) {
        return new Side(patch);
    }

    /**
     * Trains encoder and decoder on the patches of the images.
     *
     * @param images at least two; a part is held out
     * @param options patch side, dimension and how to go about it
     * @param rng draws the held-out images and the start values
     * @param progress told after every block of images and every step
     * @return the fitted tokenizer; mean and scale are those of the training part
     * @throws IllegalArgumentException if patch or dimension don't fit the images, if the images are too few, hold pixels
     *     that are not finite or don't vary
     * @throws IllegalStateException if the loss stops being finite
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public static PatchAE fit(ImageSource images, Options options, Rng rng, Progress progress) {
        return fit(images, options, rng, Session.of(progress));
    }

    /**
     * As {@link #fit(ImageSource, Options, Rng, Progress)}, saved and resumed.
     *
     * @param images at least two; a part is held out
     * @param options how to go about it
     * @param rng draws the held-out images and the start values
     * @param session who listens, where it is saved
     * @return the fitted tokenizer
     * @throws IllegalArgumentException if options and images don't fit, or the file that was saved is of another run
     */
    public static PatchAE fit(ImageSource images, Options options, Rng rng, Session session) {
        TokenGrid grid = options.grid(images.shape());
        LinearFit.Trained trained =
                new LinearFit("fit PatchAE", grid, options.dimension, 0, options.training).train(images, rng, session);
        double[] scale = options.scale.factors(trained.variances);
        return new PatchAE(
                options, Patches.of(grid), new LinearMap(trained.mean, trained.encoder, trained.decoder, scale));
    }

    @Override
    public Options options() {
        return options;
    }

    @Override
    public String toString() {
        return "PatchAE[%s, %d of %d dimensions, %s]".formatted(grid(), dimension(), grid().patchSize(), options.scale);
    }

    /**
     * A patch side that waits for its number of latents.
     *
     * @param patch patch side P in pixels, at least 1
     */
    public record Side(int patch) {

        /**
         * Completes the options: one global latent scale, at most 2000 steps.
         *
         * @param dimension latent numbers d per token, from 1 to P*P*C
         * @return the options
         */
        public Options dimension(int dimension) {
            return new Options(patch, dimension, LatentScale.GLOBAL, defaultTraining());
        }
    }

    /**
     * 2000 steps at rate 0.03 without clipping, a short memory of squared gradients (beta2 0.95) and patience for half of
     * the steps, since the loss falls most where the rate does. Enough for d up to about a third of D: beyond, where the
     * variance left is below a thousandth, more steps pay.
     */
    static Training defaultTraining() {
        return Training.steps(2000)
                .withRate(0.03)
                .withOptimizer(AdamW.Options.defaults().withBeta2(0.95))
                .withClipNorm(0)
                .withHeldOut(HeldOut.every(40).withPatience(25));
    }

    /**
     * How to fit, as a plain value.
     *
     * @param patch patch side P in pixels, at least 1
     * @param dimension latent numbers d per token, from 1 to P*P*C
     * @param scale how latents are scaled
     * @param training how it is trained; a step sees all patches, so that batch size says nothing
     */
    public record Options(int patch, int dimension, LatentScale scale, Training training) implements TokenizerOptions {

        /**
         * Checks what can be checked before the images are known.
         *
         * @param patch patch side P in pixels, at least 1
         * @param dimension latent numbers d per token, from 1 to P*P*C
         * @param scale how latents are scaled
         * @param training how it is trained; a step sees all patches, so that batch size says nothing
         */
        public Options {
            LinearSizes.requirePositive("patch", patch);
            LinearSizes.requirePositive("dimension", dimension);
            LinearFit.requireFullBatch(training);
        }

        @Override
        public Options withDimension(int dimension) {
            return new Options(patch, dimension, scale, training);
        }

        /**
         * Changes the latent scale; the default is {@link LatentScale#GLOBAL}.
         *
         * @param scale how latents are scaled
         * @return other options
         */
        public Options withScale(LatentScale scale) {
            return new Options(patch, dimension, scale, training);
        }

        /**
         * Changes how it is trained.
         *
         * @param options steps, rate and early stopping
         * @return other options
         */
        public Options withTraining(Training options) {
            return new Options(patch, dimension, scale, options);
        }

        @Override
        public boolean linear() {
            return true;
        }

        @Override
        public PatchAE fit(ImageSource images, Rng rng, Progress progress) {
            return PatchAE.fit(images, this, rng, progress);
        }

        @Override
        public PatchAE restore(ImageShape image, Map<String, INDArray> tensors) {
            TokenGrid grid = grid(image);
            LinearSizes.requireFits("dimension", dimension, grid);
            return new PatchAE(this, Patches.of(grid), LinearMap.restore(tensors, dimension, grid.patchSize()));
        }

        /** Sizes, and what else is not as usual. */
        @Override
        public String toString() {
            Options usual = new Side(patch).dimension(dimension);
            return RecordText.line(name(), RecordText.told(this, usual, "patch", "dimension"));
        }
    }
}
