package org.ldae.tokenizers.conv;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Sizes of a {@link ConvVAE}'s encoder and decoder, as latent diffusion counts them (Rombach et al. 2022).
 *
 * @param width channels that the multipliers multiply; a multiple of 4
 * @param multipliers one for each level from full size down, each halving the sides: one more than the halvings
 * @param blocks residual blocks of a level in the encoder, at least 0; the decoder has one more. They are what widens a
 *     level: without them the encoder's maps stay one multiplier behind
 */
public record ConvSizes(int width, List<Integer> multipliers, int blocks) {

    /**
     * Checks the ranges.
     *
     * @param width channels that the multipliers multiply; a multiple of 4
     * @param multipliers one for each level from full size down, each halving the sides: one more than the halvings
     * @param blocks residual blocks of a level in the encoder, at least 0; the decoder has one more
     */
    public ConvSizes {
        multipliers = List.copyOf(multipliers);
        boolean positive = multipliers.stream().allMatch(multiplier -> multiplier > 0);
        if (width < 4 || width % 4 != 0 || multipliers.isEmpty() || !positive || blocks < 0) {
            throw new IllegalArgumentException(
                    "conv sizes: expected a width that is a multiple of 4, positive multipliers and blocks >= 0, got %d, %s, %d"
                            .formatted(width, multipliers, blocks));
        }
    }

    /**
     * Sizes that learn within a minute or two on one core, from small images in batches of about four at a rate of about
     * 4e-3: 8 channels, doubled by the first two halvings, no blocks in the encoder's levels and one in the decoder's.
     *
     * @param factor how much smaller each side of the latent map is, a power of two
     * @return the sizes
     */
    public static ConvSizes tiny(int factor) {
        ConvVAEOptions.requirePowerOfTwo(factor);
        return new ConvSizes(8, small(factor).multipliers, 0);
    }

    /** Sizes for a CPU: 32 channels, doubled by the first two halvings, one block a level. */
    static ConvSizes small(int factor) {
        int halvings = Integer.numberOfTrailingZeros(factor);
        return new ConvSizes(
                32,
                IntStream.rangeClosed(0, halvings)
                        .mapToObj(i -> Math.min(4, 1 << i))
                        .toList(),
                1);
    }

    /** The published sizes, but attention at the lowest resolution only. */
    static ConvSizes latentDiffusion(int factor) {
        List<Integer> multipliers = switch (factor) {
            case 4 -> List.of(1, 2, 4);
            case 8 -> List.of(1, 2, 4, 4);
            case 16 -> List.of(1, 1, 2, 2, 4);
            case 32 -> List.of(1, 1, 2, 2, 4, 4);
            default ->
                throw new IllegalArgumentException(
                        "latent diffusion: expected a factor of 4, 8, 16 or 32, got %d; give sizes with withSizes"
                                .formatted(factor));
        };
        return new ConvSizes(128, multipliers, 2);
    }

    /** Channels of a level, 0 at full size. */
    int channels(int level) {
        return Math.multiplyExact(width, multipliers.get(level));
    }

    int levels() {
        return multipliers.size();
    }
}
