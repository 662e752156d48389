package org.ldae.tokenizers.conv;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.perceptual.FeatureNet;
import org.ldae.tokenizers.Codec;
import org.ldae.tokenizers.CodecTokenizer;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.SavedTensors;
import org.ldae.training.HeldOut;
import org.ldae.training.Session;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;
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
public final class ConvVAE extends CodecTokenizer {

    /** Side of the square of latent pixels that is a token. */
    static final int LATENT_SIDE = 2;

    private static final String MEAN = "latent.mean";
    private static final String SCALE = "latent.scale";
    private static final int MOST_MEASURED = 4096;

    private final ConvVAEOptions options;
    private final TokenGrid grid;
    private final ConvArchitecture architecture;
    private final Parameters parameters;
    private final LatentNorm norm;

    private ConvVAE(ConvVAEOptions options, TokenGrid grid, Parameters parameters, LatentNorm norm) {
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
    public static ConvVAE fit(ImageSource images, ConvVAEOptions options, Rng rng, Progress progress) {
        return fit(images, options, rng, Session.of(progress));
    }

    /**
     * As {@link #fit(ImageSource, ConvVAEOptions, Rng, Progress)}, saved and resumed, or together with other processes. A feature
     * net that is trained for a perceptual loss is trained anew.
     *
     * @param images training images; labels are looked at only by a perceptual loss that learns from them
     * @param options sizes, losses and training
     * @param rng key of everything random in it
     * @param session who listens, where it is saved, who takes part
     * @return the fitted tokenizer
     * @throws IllegalArgumentException if the options don't fit the images, labels are missing, or the file that was saved is of
     *     another run
     * @throws IllegalStateException if a loss stops being finite
     */
    public static ConvVAE fit(ImageSource images, ConvVAEOptions options, Rng rng, Session session) {
        TokenGrid grid = options.grid(images.shape());
        ConvArchitecture architecture = options.architecture(images.shape());
        if (options.adversarial() != null) {
            options.adversarial().discriminator(architecture.image());
        }
        Training training = options.training();
        HeldOut.Split split = training.heldOut().split(images, training.batchSize(), rng);
        Parameters parameters = architecture.parameters(rng.stream("weights"));
        try (FeatureNet features = features(options, split.training(), rng, session.progress());
                ConvTraining task =
                        new ConvTraining(options, split, rng, parameters, ConvImages.Judges.of(rng, features))) {
            TrainingLoop.train(task, training, rng, session);
            LatentNorm plain = LatentNorm.identity(options.channels());
            LatentNorm norm = new ConvVAE(options, grid, parameters, plain).norm(measured(split.training(), rng));
            return new ConvVAE(options, grid, parameters, norm);
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    /** Centre and scale of the latents of some images. */
    private LatentNorm norm(ImageSource images) {
        LatentNorm.Moments moments = new LatentNorm.Moments(options.channels());
        try (INDArray latents = encode(images)) {
            float[] numbers = latents.data().asFloat();
            moments.add(numbers, numbers.length);
        }
        return moments.norm(options.scale());
    }

    private static @Nullable FeatureNet features(
            ConvVAEOptions options, ImageSource images, Rng rng, Progress progress) {
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
    public static ConvVAE restore(ConvVAEOptions options, ImageShape image, Map<String, INDArray> tensors) {
        TokenGrid grid = options.grid(image);
        double[] mean = SavedTensors.read(tensors, MEAN, options.channels());
        double[] scale = SavedTensors.readPositive(tensors, SCALE, options.channels());
        Parameters parameters =
                SavedTensors.read(tensors, options.architecture(image).layout());
        return new ConvVAE(options, grid, parameters, new LatentNorm(mean, scale));
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
    public ConvVAEOptions options() {
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
        tensors.put(MEAN, NdArrays.of(norm.mean(), options.channels()));
        tensors.put(SCALE, NdArrays.of(norm.factor(), options.channels()));
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
        public ConvVAEOptions channels(int channels) {
            ConvVAEOptions.requirePowerOfTwo(factor);
            return new ConvVAEOptions(
                    factor,
                    channels,
                    ConvSizes.small(factor),
                    1e-6,
                    LatentScale.GLOBAL,
                    Training.steps(5000).withBatchSize(32).withHeldOut(HeldOut.every(100)),
                    null,
                    null);
        }
    }
}
