package org.ldae.examples;

import org.ldae.core.ImageShape;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.transformer.VisionTransformer;
import picocli.CommandLine.Option;

/** The options of a network that trains in minutes on a CPU, shared by the examples. */
final class SmallNet {

    @Option(
            names = "--patch",
            description = "Patch side in pixels (default: 7 for 28x28 images, 8 up to 64x64, else 16).")
    private int patch;

    @Option(names = "--components", description = "Latent numbers per token (default: 12 for grey images, else 32).")
    private int components;

    @Option(names = "--width", description = "Width of the network, a multiple of 32 (default: ${DEFAULT-VALUE}).")
    private int width = 128;

    @Option(names = "--depth", description = "Blocks; the first half is the encoder (default: ${DEFAULT-VALUE}).")
    private int depth = 4;

    /** Principal components of patches that fit the images. */
    PatchPCA.Options tokenizer(ImageShape shape) {
        int side = Math.max(shape.height(), shape.width());
        int patchSide = patch != 0 ? patch : side == 28 ? 7 : side <= 64 ? 8 : 16;
        int kept = components != 0 ? components : shape.channels() == 1 ? 12 : 32;
        return PatchPCA.patch(patchSide).components(kept);
    }

    /** Numbers of a token. */
    int width() {
        return width;
    }

    /** Plain blocks, which are not told the noise level. */
    VisionTransformer denoiser() {
        if (width < 32 || width % 32 != 0) {
            throw new IllegalArgumentException("--width: expected a multiple of 32, got " + width);
        }
        return VisionTransformer.tiny()
                .withWidth(width, width / 32)
                .withBlocks((depth + 1) / 2, depth / 2)
                .withConditioning(VisionTransformer.Conditioning.NONE);
    }
}
