package org.ldae.tokenizers.conv;

import org.ldae.compute.Activation;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.nn.Parameters;
import org.ldae.nn.conv.ConvNet;

/**
 * An adversarial loss of a {@link ConvVAE}, as VQGAN's and latent diffusion's (Esser et al. 2021): a patch discriminator
 * (Isola et al. 2017) that learns in turn with the autoencoder, hinge losses, and a weight that keeps its gradient at the
 * decoder's last layer in proportion to the reconstruction's.
 *
 * <p>The discriminator normalises groups of channels where the published one normalises batches: an image's score then
 * depends on that image alone, however the batch is split over threads.
 *
 * @param weight of the generator's loss, beside the adaptive one; latent diffusion uses 0.5
 * @param start steps of the fit before the discriminator learns and counts, at least 0
 * @param width channels of its first layer, a multiple of 4; published: 64
 * @param layers halvings of the image's sides, at least 1; published: 3
 */
public record Adversarial(double weight, int start, int width, int layers) {

    /**
     * Checks the ranges.
     *
     * @param weight of the generator's loss, positive
     * @param start steps of the fit before the discriminator learns and counts, at least 0
     * @param width channels of its first layer, a multiple of 4
     * @param layers halvings of the image's sides, at least 1
     */
    public Adversarial {
        boolean finite = weight < Double.POSITIVE_INFINITY;
        if (!(weight > 0) || !finite || start < 0 || width < 4 || width % 4 != 0 || layers < 1) {
            throw new IllegalArgumentException(
                    "adversarial: expected a finite weight > 0, start >= 0, a width that is a multiple of 4 and layers >= 1, got %s, %d, %d, %d"
                            .formatted(weight, start, width, layers));
        }
    }

    /** Scores of overlapping patches of an image; positive for what looks real. */
    ConvNet discriminator(MapShape image) {
        int shortest = Math.min(image.height(), image.width());
        if (shortest >> layers < 4) {
            throw new IllegalArgumentException(
                    "adversarial: expected sides of at least %d pixels for %d layers, got %d; use fewer layers"
                            .formatted(4 << layers, layers, shortest));
        }
        Window halving = new Window(4, 2, 1, 1);
        ConvNet net = ConvNet.of(image)
                .withInit(Parameters.Init.NORMAL)
                .convolve("layers.0.conv", halving, width)
                .activate(Activation.LEAKY_RELU);
        for (int layer = 1; layer <= layers; layer++) {
            String name = "layers." + layer;
            Window window = layer < layers ? halving : halving.withStride(1);
            net = net.convolve(name + ".conv", window, width * Math.min(8, 1 << layer))
                    .norm(name + ".norm", Activation.LEAKY_RELU);
        }
        return net.convolve("out", halving.withStride(1), 1);
    }
}
