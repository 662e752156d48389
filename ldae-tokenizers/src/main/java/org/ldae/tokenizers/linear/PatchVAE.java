package org.ldae.tokenizers.linear;

import java.util.Arrays;
import java.util.Map;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.Progress;
import org.ldae.core.RecordText;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.LinearMap;
import org.ldae.tokenizers.LinearTokenizer;
import org.ldae.tokenizers.SavedTensors;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.Session;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Patch-wise linear variational autoencoder: {@code ||x - U^T z||^2 + w KL[N(V x, s) | N(0, I)]} with z drawn from
 * {@code N(V x, s)} (paper, section 4.2), both terms summed over the numbers of a patch, around the mean patch. Encoding
 * gives the mean V x.
 *
 * <pre>{@code
 * PatchVAE.Options options = PatchVAE.patch(8).dimension(16).withKlWeight(1e-2);
 * PatchVAE tokenizer = PatchVAE.fit(images, options, Rng.of(1), Progress.none());
 * }</pre>
 *
 * <p>Its optimum is probabilistic PCA with noise variance w/2 (Tipping and Bishop 1999; Lucas et al. 2019): a component of
 * variance v gets a latent of mean-variance {@code 1 - w/(2v)} at a price of {@code 1/2 ln(2v/w)} nats and comes back with
 * error {@code (w/2)^2 / v}, if v is above w/2. Components below collapse: their latents are zero for every image. So
 * {@code sqrt(w/2)} is the detail, in pixels, that is not worth its description.
 *
 * <p>The log-variances are d numbers, not functions of x; with a linear decoder the best ones are the same for every x.
 * Trained by AdamW on the exact loss of all patches, its expectation over the noise included; images are read once.
 */
public final class PatchVAE extends LinearTokenizer {

    /** Latents whose means vary less have collapsed, as Burda et al. (2016) count them; the prior's variance is 1. */
    private static final double COLLAPSED = 0.01;

    private final Options options;
    /** ln s of the latents before the scale. */
    private final double[] logVariances;

    private final double[] kl;

    private PatchVAE(Options options, Patches patches, LinearMap map, double[] logVariances, double[] kl) {
        super(options, patches.grid(), map);
        this.options = options;
        this.logVariances = logVariances;
        this.kl = kl;
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
     * Trains encoder, decoder and log-variances on the patches of the images.
     *
     * @param images at least two; a part is held out
     * @param options patch side, dimension, KL weight and how to go about it
     * @param rng draws the held-out images and the start values
     * @param progress told after every block of images and every step
     * @return the fitted tokenizer; mean and scale are those of the training part
     * @throws IllegalArgumentException if patch or dimension don't fit the images, if the images are too few, hold pixels
     *     that are not finite or don't vary; if all latents collapse, or some and the scale is
     *     {@link LatentScale#PER_COMPONENT}
     * @throws IllegalStateException if the loss stops being finite
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    public static PatchVAE fit(ImageSource images, Options options, Rng rng, Progress progress) {
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
    public static PatchVAE fit(ImageSource images, Options options, Rng rng, Session session) {
        TokenGrid grid = options.grid(images.shape());
        LinearFit.Trained trained = new LinearFit(
                        "fit PatchVAE", grid, options.dimension, options.klWeight, options.training)
                .train(images, rng, session);
        double[] kl = new double[options.dimension];
        Arrays.setAll(kl, k -> LatentNoise.kl(trained.variances[k], trained.logVariances[k]));
        double[] varying = Arrays.stream(trained.variances)
                .map(variance -> variance < COLLAPSED ? 0 : variance)
                .toArray();
        double[] scale = options.scale.factors(varying);
        LinearMap map = new LinearMap(trained.mean, trained.encoder, trained.decoder, scale);
        return new PatchVAE(options, Patches.of(grid), map, trained.logVariances, kl);
    }

    @Override
    public Options options() {
        return options;
    }

    /**
     * Variance of the noise on each latent, in units of the scaled latents that {@link #encode} gives.
     *
     * @return d positive numbers
     */
    public double[] posteriorVariance() {
        double[] variance = new double[dimension()];
        double[] scale = map().scale();
        Arrays.setAll(variance, k -> scale[k] * scale[k] * Math.exp(logVariances[k]));
        return variance;
    }

    /**
     * KL divergence of each latent from the prior, in nats, mean over the patches it was trained on; near 0 where it
     * collapsed.
     *
     * @return d numbers of at least 0
     */
    public double[] kl() {
        return kl.clone();
    }

    /**
     * Everything {@link TokenizerOptions#restore} needs besides the image shape.
     *
     * @return new float64 arrays {@code mean [P*P*C]}, {@code encoder [d, P*P*C]}, {@code decoder [d, P*P*C]},
     *     {@code scale [d]}, {@code log-variance [d]} and {@code kl [d]}
     */
    @Override
    public Map<String, INDArray> tensors() {
        Map<String, INDArray> tensors = super.tensors();
        tensors.put("log-variance", NdArrays.of(logVariances, dimension()));
        tensors.put("kl", NdArrays.of(kl, dimension()));
        return tensors;
    }

    @Override
    public String toString() {
        return "PatchVAE[%s, %d of %d dimensions, KL weight %s, %s, %.1f nats]"
                .formatted(
                        grid(),
                        dimension(),
                        grid().patchSize(),
                        options.klWeight,
                        options.scale,
                        Arrays.stream(kl).sum());
    }

    /**
     * A patch side that waits for its number of latents.
     *
     * @param patch patch side P in pixels, at least 1
     */
    public record Side(int patch) {

        /**
         * Completes the options: KL weight 1e-3, one global latent scale, at most 2000 steps.
         *
         * @param dimension latent numbers d per token, from 1 to P*P*C
         * @return the options
         */
        public Options dimension(int dimension) {
            return new Options(patch, dimension, 1e-3, LatentScale.GLOBAL, PatchAE.defaultTraining());
        }
    }

    /**
     * How to fit, as a plain value.
     *
     * @param patch patch side P in pixels, at least 1
     * @param dimension latent numbers d per token, from 1 to P*P*C
     * @param klWeight w, positive and finite, in pixels squared
     * @param scale how latents are scaled
     * @param training how it is trained; a step sees all patches, so that batch size says nothing
     */
    public record Options(int patch, int dimension, double klWeight, LatentScale scale, Training training)
            implements TokenizerOptions {

        /**
         * Checks what can be checked before the images are known.
         *
         * @param patch patch side P in pixels, at least 1
         * @param dimension latent numbers d per token, from 1 to P*P*C
         * @param klWeight w, positive and finite, in pixels squared
         * @param scale how latents are scaled
         * @param training how it is trained; a step sees all patches, so that batch size says nothing
         */
        public Options {
            LinearSizes.requirePositive("patch", patch);
            LinearSizes.requirePositive("dimension", dimension);
            LinearFit.requireFullBatch(training);
            if (!(klWeight > 0 && klWeight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "klWeight: expected a positive finite number, got %s; without a KL term use PatchAE"
                                .formatted(klWeight));
            }
        }

        @Override
        public Options withDimension(int dimension) {
            return new Options(patch, dimension, klWeight, scale, training);
        }

        /**
         * Changes the KL weight w. The default 1e-3 gives up components whose deviation is below {@code sqrt(w/2)} = 0.022,
         * about three of 256 grey levels, and keeps what the paper's d = 8 to 128 need. Latent diffusion's 1e-6 gives up
         * nothing that 8-bit pixels hold, and the paper's formula, with weight 1, keeps only a handful of components.
         *
         * @param klWeight w, positive, in pixels squared
         * @return other options
         */
        public Options withKlWeight(double klWeight) {
            return new Options(patch, dimension, klWeight, scale, training);
        }

        /**
         * Changes the latent scale; the default is {@link LatentScale#GLOBAL}. The KL term already gives every latent that
         * has not collapsed about unit variance.
         *
         * @param scale how latents are scaled
         * @return other options
         */
        public Options withScale(LatentScale scale) {
            return new Options(patch, dimension, klWeight, scale, training);
        }

        /**
         * Changes how it is trained.
         *
         * @param options steps, rate and early stopping
         * @return other options
         */
        public Options withTraining(Training options) {
            return new Options(patch, dimension, klWeight, scale, options);
        }

        @Override
        public boolean linear() {
            return true;
        }

        @Override
        public PatchVAE fit(ImageSource images, Rng rng, Progress progress) {
            return PatchVAE.fit(images, this, rng, progress);
        }

        @Override
        public PatchVAE restore(ImageShape image, Map<String, INDArray> tensors) {
            TokenGrid grid = grid(image);
            LinearSizes.requireFits("dimension", dimension, grid);
            return new PatchVAE(
                    this,
                    Patches.of(grid),
                    LinearMap.restore(tensors, dimension, grid.patchSize()),
                    SavedTensors.read(tensors, "log-variance", dimension),
                    SavedTensors.read(tensors, "kl", dimension));
        }

        /** Sizes, and what else is not as usual. */
        @Override
        public String toString() {
            Options usual = new Side(patch).dimension(dimension);
            return RecordText.line(name(), RecordText.told(this, usual, "patch", "dimension"));
        }
    }
}
