package org.ldae.tokenizers.conv;

import org.ldae.compute.Activation;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.nn.Parameters;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.MapMemory;

/**
 * The networks of a {@link ConvVAE}: latent diffusion's autoencoder (Rombach et al. 2022), less its two convolutions of one
 * pixel around the latent, which the neighbouring convolutions can do.
 */
final class ConvArchitecture {

    /** The decoder's last layer, whose gradients weigh the adversarial loss. */
    static final String LAST = "decoder.out";

    private static final Window SAME = Window.same(3);

    private final MapShape image;
    private final int latents;
    private final ConvSizes sizes;

    ConvArchitecture(ImageShape shape, int latents, ConvSizes sizes) {
        this.image = new MapShape(shape.height(), shape.width(), shape.channels());
        this.latents = latents;
        this.sizes = sizes;
    }

    MapShape image() {
        return image;
    }

    /** Sides of the latent map. */
    MapShape latent() {
        int factor = 1 << (sizes.levels() - 1);
        return new MapShape(image.height() / factor, image.width() / factor, latents);
    }

    /** Images to mean and log-variance of the latents. */
    ConvNet encoder() {
        ConvNet net = ConvNet.of(image).convolve("encoder.in", SAME, sizes.width());
        for (int level = 0; level < sizes.levels(); level++) {
            for (int block = 0; block < sizes.blocks(); block++) {
                net = residual(net, "encoder.levels.%s.%s".formatted(level, block), sizes.channels(level));
            }
            if (level + 1 < sizes.levels()) {
                net = net.convolve("encoder.levels.%s.down".formatted(level), Window.HALVING, sizes.channels(level));
            }
        }
        return middle(net, "encoder").norm("encoder.norm", Activation.SILU).convolve("encoder.out", SAME, 2 * latents);
    }

    /** Latents to what the last layer reads. */
    ConvNet decoderTrunk() {
        int lowest = sizes.levels() - 1;
        ConvNet net = ConvNet.of(latent()).convolve("decoder.in", SAME, sizes.channels(lowest));
        net = middle(net, "decoder");
        for (int level = lowest; level >= 0; level--) {
            for (int block = 0; block <= sizes.blocks(); block++) {
                net = residual(net, "decoder.levels.%s.%s".formatted(level, block), sizes.channels(level));
            }
            if (level > 0) {
                net = net.upsample().convolve("decoder.levels.%s.up".formatted(level), SAME, sizes.channels(level));
            }
        }
        return net.norm("decoder.norm", Activation.SILU);
    }

    /** The decoder's last layer by itself. */
    ConvNet decoderOut() {
        return ConvNet.of(lastShape().input()).convolve(LAST, SAME, image.channels());
    }

    ConvolutionShape lastShape() {
        return new ConvolutionShape(image.withChannels(sizes.channels(0)), SAME, image.channels());
    }

    /** Images that go through together. */
    int imagesAtOnce() {
        return MapMemory.imagesAtOnce(encoder(), decoderTrunk(), decoderOut());
    }

    private static ConvNet middle(ConvNet net, String name) {
        int channels = net.output().channels();
        ConvNet first = residual(net, name + ".middle.0", channels);
        return residual(first.attention(name + ".middle.attention"), name + ".middle.1", channels);
    }

    private static ConvNet residual(ConvNet net, String name, int outputs) {
        return net.residual(
                name,
                branch -> branch.norm(name + ".norm1", Activation.SILU)
                        .convolve(name + ".conv1", SAME, outputs)
                        .norm(name + ".norm2", Activation.SILU)
                        .convolve(name + ".conv2", SAME, outputs));
    }

    Parameters parameters(Rng rng) {
        return layout().initialise(rng);
    }

    Parameters.Layout layout() {
        Parameters.Layout layout = Parameters.layout();
        encoder().declare(layout);
        decoderTrunk().declare(layout);
        decoderOut().declare(layout);
        return layout;
    }
}
