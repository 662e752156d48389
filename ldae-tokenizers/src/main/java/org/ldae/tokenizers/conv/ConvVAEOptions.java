package org.ldae.tokenizers.conv;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.RecordText;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.perceptual.FeatureSource;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.Length;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How to fit a {@link ConvVAE}, as a plain value; {@link ConvVAE#factor} starts it.
 *
 * @param factor how much smaller each side of the latent map is, a power of two
 * @param channels of the latent map, at least 1
 * @param sizes of encoder and decoder
 * @param klWeight weight of the KL divergence against the squared error, both summed over an image; at least 0
 * @param scale how latents are scaled
 * @param training steps, batch, rate, augmentation, early stopping; activations are kept
 * @param perceptual perceptual loss, or null for none
 * @param adversarial adversarial loss, or null for none
 */
public record ConvVAEOptions(
        int factor,
        int channels,
        ConvSizes sizes,
        double klWeight,
        LatentScale scale,
        Training training,
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
     * @param training steps, batch, rate, augmentation, early stopping; activations are kept
     * @param perceptual perceptual loss, or null for none
     * @param adversarial adversarial loss, or null for none
     */
    public ConvVAEOptions {
        requirePowerOfTwo(factor);
        training.requireKeepsActivations("ConvVAE");
        if (channels < 1) {
            throw new IllegalArgumentException("ConvVAE: expected channels >= 1, got " + channels);
        }
        if (!(klWeight >= 0 && klWeight < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("ConvVAE: expected a finite KL weight >= 0, got " + klWeight);
        }
        if (1 << (sizes.levels() - 1) != factor) {
            throw new IllegalArgumentException(
                    "ConvVAE: expected %d multipliers for factor %d, one more than its halvings, got %s"
                            .formatted(Integer.numberOfTrailingZeros(factor) + 1, factor, sizes.multipliers()));
        }
        Length length = training.length();
        if (adversarial != null && length.unit() == Length.Unit.STEPS && adversarial.start() >= length.count()) {
            throw new IllegalArgumentException(
                    "ConvVAE: expected the adversarial loss to start before the fit ends after %s, got start %d; set withTraining first or start earlier"
                            .formatted(length, adversarial.start()));
        }
    }

    static void requirePowerOfTwo(int factor) {
        if (factor < 1 || Integer.bitCount(factor) != 1) {
            throw new IllegalArgumentException("ConvVAE: expected a factor that is a power of two, got " + factor);
        }
    }

    @Override
    public int patch() {
        return ConvVAE.LATENT_SIDE * factor;
    }

    @Override
    public int dimension() {
        return ConvVAE.LATENT_SIDE * ConvVAE.LATENT_SIDE * channels;
    }

    @Override
    public ConvVAEOptions withDimension(int dimension) {
        int perToken = ConvVAE.LATENT_SIDE * ConvVAE.LATENT_SIDE;
        if (dimension % perToken != 0) {
            throw new IllegalArgumentException(
                    "ConvVAE: expected a dimension that is a multiple of %d, as a token is %d x %d pixels of the latent map, got %d"
                            .formatted(perToken, ConvVAE.LATENT_SIDE, ConvVAE.LATENT_SIDE, dimension));
        }
        return copy(dimension / perToken, sizes, klWeight, scale, training, perceptual, adversarial);
    }

    private ConvVAEOptions copy(
            int c, ConvSizes s, double kl, LatentScale l, Training t, @Nullable Perceptual p, @Nullable Adversarial a) {
        return new ConvVAEOptions(factor, c, s, kl, l, t, p, a);
    }

    /**
     * Other sizes of encoder and decoder.
     *
     * @param networks their sizes
     * @return a copy
     */
    public ConvVAEOptions withSizes(ConvSizes networks) {
        return copy(channels, networks, klWeight, scale, training, perceptual, adversarial);
    }

    /**
     * The sizes that latent diffusion published for this factor: 128 channels, two blocks a level. Too slow for a CPU.
     *
     * @return a copy
     * @throws IllegalArgumentException if there are none for this factor
     */
    public ConvVAEOptions latentDiffusion() {
        return withSizes(ConvSizes.latentDiffusion(factor));
    }

    /**
     * Another KL weight.
     *
     * @param weight against the squared error, both summed over an image; at least 0
     * @return a copy
     */
    public ConvVAEOptions withKlWeight(double weight) {
        return copy(channels, sizes, weight, scale, training, perceptual, adversarial);
    }

    /**
     * Another latent scale; the default is {@link LatentScale#GLOBAL}.
     *
     * @param latents how they are scaled; a component is a channel here
     * @return a copy
     */
    public ConvVAEOptions withScale(LatentScale latents) {
        return copy(channels, sizes, klWeight, latents, training, perceptual, adversarial);
    }

    /**
     * Another training.
     *
     * @param options steps, batch, rate, augmentation, early stopping
     * @return a copy
     */
    public ConvVAEOptions withTraining(Training options) {
        return copy(channels, sizes, klWeight, scale, options, perceptual, adversarial);
    }

    /**
     * Adds a perceptual loss.
     *
     * @param features where its feature net comes from: trained on the labels of the images, or read from a file
     * @param weight of the distance, against the mean squared error of a pixel; positive
     * @return a copy
     */
    public ConvVAEOptions withPerceptual(FeatureSource features, double weight) {
        return copy(channels, sizes, klWeight, scale, training, new Perceptual(features, weight), adversarial);
    }

    /**
     * Adds an adversarial loss. The fit then runs all its steps and keeps the last parameters, since no error tells which
     * are the best.
     *
     * @param options discriminator, weight and start
     * @return a copy
     */
    public ConvVAEOptions withAdversarial(Adversarial options) {
        return copy(channels, sizes, klWeight, scale, training, perceptual, options);
    }

    @Override
    public ConvVAEOptions withoutPerceptual() {
        return copy(channels, sizes, klWeight, scale, training, null, adversarial);
    }

    @Override
    public ConvVAEOptions withoutAdversarial() {
        return copy(channels, sizes, klWeight, scale, training, perceptual, null);
    }

    @Override
    public String name() {
        return "ConvVAE";
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

    /** Sizes, and what else is not as usual. */
    @Override
    public String toString() {
        ConvVAEOptions usual = new ConvVAE.Factor(factor).channels(channels);
        return RecordText.line(name(), RecordText.told(this, usual, "factor", "channels"));
    }
}
