package org.ldae.tokenizers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Shapes;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.features.FeatureNet;
import org.ldae.features.FeatureSource;
import org.ldae.fit.Fit;
import org.ldae.fit.FitLoop;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The convolutional variational autoencoder of latent diffusion (Rombach et al. 2022): what a denoising diffusion model
 * starts from (paper, Tab. 1 and 2).
 *
 * <pre>{@code
 * ConvVAE tokenizer = ConvVAE.fit(images, ConvVAE.factor(8).channels(4), Rng.of(1), Progress.console());
 * INDArray latents = tokenizer.encode(x);    // [N, C, H, W] -> [N, (H/16) (W/16), 16]
 * INDArray back = tokenizer.decode(latents); // and back to [N, C, H, W]
 * }</pre>
 *
 * <p>It maps images to a map of c channels, each side smaller by its factor. A square of 2 x 2 of the map's pixels is a
 * token, as DiT counts: d = 4 c numbers, in the order row p, column q, channel c. A latent is the posterior's mean, centred
 * channel by channel and scaled. Its loss is the squared error plus the weighted KL divergence from the standard normal,
 * both over the numbers of an image; perceptual and adversarial losses are one switch each.
 *
 * <p>Encoding is not linear and has no gradient here, so that a network can't predict latents through images with it.
 */
public final class ConvVAE implements FittedTokenizer {

    /** Side of the square of latent pixels that is a token. */
    static final int LATENT_SIDE = 2;

    private static final String MEAN = "latent.mean";
    private static final String SCALE = "latent.scale";
    private static final int MOST_MEASURED = 4096;

    private final Options options;
    private final TokenGrid grid;
    private final ConvArchitecture architecture;
    private final Parameters parameters;
    private final LatentNorm norm;

    private ConvVAE(Options options, TokenGrid grid, Parameters parameters, LatentNorm norm) {
        this.options = options;
        this.grid = grid;
        this.architecture = options.architecture(grid.image());
        this.parameters = parameters;
        this.norm = norm;
    }

    /**
     * Starts the options of a fit.
     *
     * @param factor how much smaller each side of the latent map is, a power of two
     * @return what is left to say: {@code factor(8).channels(4)}, the paper's default
     */
    public static Factor factor(int factor) {
        return new Factor(factor);
    }

    /**
     * Trains encoder and decoder.
     *
     * @param images training images; labels are looked at only by a perceptual loss that learns from them
     * @param options sizes, losses and training
     * @param rng key of everything random in it
     * @param progress told after every step
     * @return the fitted tokenizer
     * @throws IllegalArgumentException if the options don't fit the images, or labels are missing
     * @throws IllegalStateException if a loss stops being finite
     */
    public static ConvVAE fit(ImageSource images, Options options, Rng rng, Progress progress) {
        TokenGrid grid = options.grid(images.shape());
        ConvArchitecture architecture = options.architecture(images.shape());
        if (options.adversarial() != null) {
            options.adversarial().discriminator(architecture.image());
        }
        Fit.Split split = options.fit().split(images, rng);
        Parameters parameters = architecture.parameters(rng.stream("weights"));
        try (FeatureNet features = features(options, split.training(), rng, progress);
                Workers workers = new Workers();
                ConvTraining training = new ConvTraining(
                        options, architecture, split, rng, new ConvTraining.Networks(workers, parameters, features));
                FitLoop loop = new FitLoop("ConvVAE", options.fit(), workers, parameters, training.workspaces())) {
            loop.run(training, progress);
            LatentNorm norm = training.norm(measured(split.training(), rng));
            return new ConvVAE(options, grid, parameters, norm);
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    private static @Nullable FeatureNet features(Options options, ImageSource images, Rng rng, Progress progress) {
        return options.perceptual() == null
                ? null
                : options.perceptual().features().obtain(images, rng.stream("features"), progress);
    }

    /** Images whose latents give centre and scale: all, or a random part of many. */
    private static ImageSource measured(ImageSource images, Rng rng) {
        if (images.size() <= MOST_MEASURED) {
            return images;
        }
        return images.select(Arrays.copyOf(rng.stream("scale").permutation(images.size()), MOST_MEASURED));
    }

    /**
     * Makes a tokenizer again from what {@link #tensors} gave.
     *
     * @param options the options it was fitted with
     * @param image shape of the images
     * @param tensors as they were given; copied
     * @return a tokenizer equal in every number
     * @throws IllegalArgumentException if a tensor is missing, not finite or doesn't fit options and shape
     */
    public static ConvVAE restore(Options options, ImageShape image, Map<String, INDArray> tensors) {
        TokenGrid grid = options.grid(image);
        Parameters parameters = options.architecture(image).parameters(Rng.of(0));
        try {
            SavedTensors.fill(tensors, parameters);
            double[] mean = SavedTensors.read(tensors, MEAN, options.channels());
            double[] scale = SavedTensors.readPositive(tensors, SCALE, options.channels());
            return new ConvVAE(options, grid, parameters, new LatentNorm(mean, scale));
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    @Override
    public TokenGrid grid() {
        return grid;
    }

    @Override
    public int dimension() {
        return options.dimension();
    }

    @Override
    public INDArray encode(INDArray images) {
        Patches.requireImages(grid, images);
        return new ConvRun(this).encode(images);
    }

    @Override
    public INDArray decode(INDArray latents) {
        Shapes.require("latents", latents, "N L D", Shapes.ANY, grid.tokens(), dimension());
        return new ConvRun(this).decode(latents);
    }

    @Override
    public Options options() {
        return options;
    }

    /**
     * Number of parameters of encoder and decoder.
     *
     * @return their count
     */
    public int parameterCount() {
        return parameters.count();
    }

    @Override
    public Map<String, INDArray> tensors() {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        for (Parameters.Slot slot : parameters.slots()) {
            float[] values = parameters.view(parameters.values(), slot.name()).toArray();
            tensors.put(slot.name(), Nd4j.createFromArray(values).reshape('c', slot.rows(), slot.columns()));
        }
        tensors.put(MEAN, HeapCopy.of(norm.mean(), options.channels()));
        tensors.put(SCALE, HeapCopy.of(norm.factor(), options.channels()));
        return tensors;
    }

    @Override
    public Codec codec(Workspace work, int images) {
        return new ConvCodec(work.beside(parameters), architecture, norm, images);
    }

    Parameters parameters() {
        return parameters;
    }

    ConvArchitecture architecture() {
        return architecture;
    }

    @Override
    public String toString() {
        return "ConvVAE of factor %d, %d channels, %d parameters"
                .formatted(options.factor(), options.channels(), parameters.count());
    }

    /**
     * A factor that waits for its number of channels.
     *
     * @param factor how much smaller each side of the latent map is, a power of two
     */
    public record Factor(int factor) {

        /**
         * Completes the options: sizes for a CPU, KL weight 1e-6 as latent diffusion's, one global latent scale, 5000 steps of
         * 32 images, no perceptual and no adversarial loss.
         *
         * @param channels of the latent map, at least 1; a token has four times as many numbers
         * @return the options
         */
        public Options channels(int channels) {
            Options.requirePowerOfTwo(factor);
            return new Options(
                    factor,
                    channels,
                    ConvSizes.small(factor),
                    1e-6,
                    LatentScale.GLOBAL,
                    32,
                    Fit.steps(5000),
                    null,
                    null);
        }
    }

    /**
     * How to fit, as a plain value.
     *
     * @param factor how much smaller each side of the latent map is, a power of two
     * @param channels of the latent map, at least 1
     * @param sizes of encoder and decoder
     * @param klWeight weight of the KL divergence against the squared error, both summed over an image; at least 0
     * @param scale how latents are scaled
     * @param batchSize images a step, at least 1
     * @param fit steps, rate and early stopping
     * @param perceptual perceptual loss, or null for none
     * @param adversarial adversarial loss, or null for none
     */
    public record Options(
            int factor,
            int channels,
            ConvSizes sizes,
            double klWeight,
            LatentScale scale,
            int batchSize,
            Fit fit,
            @Nullable Perceptual perceptual,
            @Nullable Adversarial adversarial)
            implements TokenizerOptions {

        /**
         * Checks what can be checked before the images are known.
         *
         * @param factor how much smaller each side of the latent map is, a power of two
         * @param channels of the latent map, at least 1
         * @param sizes of encoder and decoder
         * @param klWeight weight of the KL divergence against the squared error, both summed over an image; at least 0
         * @param scale how latents are scaled
         * @param batchSize images a step, at least 1
         * @param fit steps, rate and early stopping
         * @param perceptual perceptual loss, or null for none
         * @param adversarial adversarial loss, or null for none
         */
        public Options {
            requirePowerOfTwo(factor);
            if (channels < 1 || batchSize < 1) {
                throw new IllegalArgumentException("ConvVAE: expected channels >= 1 and batch size >= 1, got %d and %d"
                        .formatted(channels, batchSize));
            }
            if (!(klWeight >= 0 && klWeight < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("ConvVAE: expected a finite KL weight >= 0, got " + klWeight);
            }
            if (1 << (sizes.levels() - 1) != factor) {
                throw new IllegalArgumentException(
                        "ConvVAE: expected %d multipliers for factor %d, one more than its halvings, got %s"
                                .formatted(Integer.numberOfTrailingZeros(factor) + 1, factor, sizes.multipliers()));
            }
        }

        static void requirePowerOfTwo(int factor) {
            if (factor < 1 || Integer.bitCount(factor) != 1) {
                throw new IllegalArgumentException("ConvVAE: expected a factor that is a power of two, got " + factor);
            }
        }

        @Override
        public int patch() {
            return LATENT_SIDE * factor;
        }

        @Override
        public int dimension() {
            return LATENT_SIDE * LATENT_SIDE * channels;
        }

        @Override
        public Options withDimension(int dimension) {
            int perToken = LATENT_SIDE * LATENT_SIDE;
            if (dimension % perToken != 0) {
                throw new IllegalArgumentException(
                        "ConvVAE: expected a dimension that is a multiple of %d, as a token is %d x %d pixels of the latent map, got %d"
                                .formatted(perToken, LATENT_SIDE, LATENT_SIDE, dimension));
            }
            return copy(dimension / perToken, sizes, klWeight, scale, batchSize, fit, perceptual, adversarial);
        }

        private Options copy(
                int c,
                ConvSizes s,
                double kl,
                LatentScale l,
                int b,
                Fit f,
                @Nullable Perceptual p,
                @Nullable Adversarial a) {
            return new Options(factor, c, s, kl, l, b, f, p, a);
        }

        /**
         * Other sizes of encoder and decoder.
         *
         * @param networks their sizes
         * @return a copy
         */
        public Options withSizes(ConvSizes networks) {
            return copy(channels, networks, klWeight, scale, batchSize, fit, perceptual, adversarial);
        }

        /**
         * The sizes that latent diffusion published for this factor: 128 channels, two blocks a level. Too slow for a CPU.
         *
         * @return a copy
         * @throws IllegalArgumentException if there are none for this factor
         */
        public Options latentDiffusion() {
            return withSizes(ConvSizes.latentDiffusion(factor));
        }

        /**
         * Another KL weight.
         *
         * @param weight against the squared error, both summed over an image; at least 0
         * @return a copy
         */
        public Options withKlWeight(double weight) {
            return copy(channels, sizes, weight, scale, batchSize, fit, perceptual, adversarial);
        }

        /**
         * Another latent scale; the default is {@link LatentScale#GLOBAL}.
         *
         * @param latents how they are scaled; a component is a channel here
         * @return a copy
         */
        public Options withScale(LatentScale latents) {
            return copy(channels, sizes, klWeight, latents, batchSize, fit, perceptual, adversarial);
        }

        /**
         * Another batch size.
         *
         * @param images a step, at least 1
         * @return a copy
         */
        public Options withBatchSize(int images) {
            return copy(channels, sizes, klWeight, scale, images, fit, perceptual, adversarial);
        }

        /**
         * Another training.
         *
         * @param training steps, rate and early stopping
         * @return a copy
         */
        public Options withFit(Fit training) {
            return copy(channels, sizes, klWeight, scale, batchSize, training, perceptual, adversarial);
        }

        /**
         * Adds a perceptual loss.
         *
         * @param features where its feature net comes from: trained on the labels of the images, or read from a file
         * @param weight of the distance, against the mean squared error of a pixel; positive
         * @return a copy
         */
        public Options withPerceptual(FeatureSource features, double weight) {
            return copy(
                    channels, sizes, klWeight, scale, batchSize, fit, new Perceptual(features, weight), adversarial);
        }

        /**
         * Adds an adversarial loss. The fit then runs all its steps and keeps the last parameters, since no error tells which
         * are the best.
         *
         * @param options discriminator, weight and start
         * @return a copy
         */
        public Options withAdversarial(Adversarial options) {
            return copy(channels, sizes, klWeight, scale, batchSize, fit, perceptual, options);
        }

        /**
         * Removes the perceptual loss (paper, Tab. 1).
         *
         * @return a copy
         */
        public Options withoutPerceptual() {
            return copy(channels, sizes, klWeight, scale, batchSize, fit, null, adversarial);
        }

        /**
         * Removes the adversarial loss: a plain variational autoencoder (paper, Tab. 1).
         *
         * @return a copy
         */
        public Options withoutAdversarial() {
            return copy(channels, sizes, klWeight, scale, batchSize, fit, perceptual, null);
        }

        @Override
        public ConvVAE fit(ImageSource images, Rng rng, Progress progress) {
            return ConvVAE.fit(images, this, rng, progress);
        }

        @Override
        public ConvVAE restore(ImageShape image, Map<String, INDArray> tensors) {
            return ConvVAE.restore(this, image, tensors);
        }

        ConvArchitecture architecture(ImageShape image) {
            return new ConvArchitecture(image, channels, sizes);
        }
    }
}
