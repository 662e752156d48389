package org.ldae.unet;

import java.util.List;
import java.util.stream.IntStream;
import org.ldae.compute.MapShape;
import org.ldae.core.TokenGrid;
import org.ldae.nn.ConditionEmbedding;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * The network of Denoising Diffusion Probabilistic Models (Ho et al. 2020) on the map of an image's tokens, of which each is a
 * pixel with a channel a number: residual blocks of GroupNorm, SiLU and convolution at resolutions that are halved on the way
 * down and doubled on the way up, where the maps of the way down are joined to those of the way up.
 *
 * <pre>{@code
 * Recipe recipe = Recipe.diffusion(PatchPCA.patch(2).components(12))
 *         .withDenoiser(UNet.tiny().withChannels(64));
 * try (LatentDAE model = recipe.train(images, Rng.of(1), Progress.none())) {
 *     INDArray features = model.represent(images, Features.pooled()); // [N, M]
 * }
 * }</pre>
 *
 * <p>Time and label are added in each block. Every residual and the last convolution start at zero, so that an untrained network
 * predicts zero. There is no dropout. Blocks are counted along the way: those of the levels down, the middle (residual,
 * attention, residual), those of the levels up; tokens after a block of a lower resolution are its pixels, repeated over the
 * tokens they stand for. The representation is the block in the middle of the way up, which probes best (Xiang et al. 2023).
 *
 * @param channels C of the first level, a positive multiple of 4
 * @param multipliers channels of each level over C, from the finest on; each level has half the sides of the one before
 * @param blocksPerLevel residual blocks of each level on the way down, at least 1; there is one more on the way up
 * @param attentionLevel level, from 1, after whose blocks (and in the middle) pixels attend to each other; 0 for none anywhere
 */
public record UNet(int channels, List<Integer> multipliers, int blocksPerLevel, int attentionLevel)
        implements Denoiser {

    /**
     * Checks the sizes.
     *
     * @param channels C of the first level, a positive multiple of 4
     * @param multipliers channels of each level over C, from the finest on
     * @param blocksPerLevel residual blocks of each level on the way down, at least 1
     * @param attentionLevel level, from 1, whose blocks attend; 0 for none
     */
    public UNet {
        multipliers = List.copyOf(multipliers);
        if (channels < 4 || channels % 4 != 0 || blocksPerLevel < 1) {
            throw new IllegalArgumentException(
                    "unet: expected channels that are a positive multiple of 4 and at least 1 block a level, got %d and %d"
                            .formatted(channels, blocksPerLevel));
        }
        // 2^15 is the longest side an image could have.
        if (multipliers.isEmpty()
                || multipliers.size() > 15
                || multipliers.stream().anyMatch(each -> each < 1)) {
            throw new IllegalArgumentException(
                    "unet: expected 1 to 15 positive multipliers, a level each, got " + multipliers);
        }
        if (attentionLevel < 0 || attentionLevel > multipliers.size()) {
            throw new IllegalArgumentException("unet: expected an attention level in [0, %d], 0 for none, got %d"
                    .formatted(multipliers.size(), attentionLevel));
        }
    }

    /**
     * 32 channels x [1, 2, 2], one block a level, attention at the third: 1.1M parameters, for small images on a CPU.
     *
     * @return the architecture
     */
    public static UNet tiny() {
        return new UNet(32, List.of(1, 2, 2), 1, 3);
    }

    /**
     * The paper's network for CIFAR-10: 128 channels x [1, 2, 2, 2], two blocks a level, attention at the second (16 x 16
     * pixels); 35.7M parameters.
     *
     * @return the architecture
     */
    public static UNet ddpm() {
        return new UNet(128, List.of(1, 2, 2, 2), 2, 2);
    }

    /**
     * Another width.
     *
     * @param count channels of the first level
     * @return a copy
     */
    public UNet withChannels(int count) {
        return new UNet(count, multipliers, blocksPerLevel, attentionLevel);
    }

    /**
     * Other levels; attention stays at its level, or moves to the last.
     *
     * @param factors channels of each level over those of the first
     * @return a copy
     */
    public UNet withMultipliers(Integer... factors) {
        return new UNet(channels, List.of(factors), blocksPerLevel, Math.min(attentionLevel, factors.length));
    }

    /**
     * Another depth.
     *
     * @param count residual blocks of each level on the way down
     * @return a copy
     */
    public UNet withBlocksPerLevel(int count) {
        return new UNet(channels, multipliers, count, attentionLevel);
    }

    /**
     * Attention elsewhere.
     *
     * @param level from 1; 0 for none anywhere
     * @return a copy
     */
    public UNet withAttentionLevel(int level) {
        return new UNet(channels, multipliers, blocksPerLevel, level);
    }

    /**
     * As many of the levels as the sides of a token grid can be halved for.
     *
     * @param grid tokens of an image
     * @return a copy, or this if all levels fit
     */
    public UNet fitting(TokenGrid grid) {
        int fit = 1;
        while (fit < levels() && grid.rows() % (1 << fit) == 0 && grid.columns() % (1 << fit) == 0) {
            fit++;
        }
        return withMultipliers(multipliers.subList(0, fit).toArray(Integer[]::new));
    }

    /**
     * Number of levels.
     *
     * @return at least 1
     */
    public int levels() {
        return multipliers.size();
    }

    /** Channels of a level, from 1. */
    int channels(int level) {
        return Math.multiplyExact(channels, multipliers.get(level - 1));
    }

    @Override
    public int blocks() {
        return levels() * (2 * blocksPerLevel + 1) + 1;
    }

    @Override
    public int encoderBlocks() {
        return levels() * blocksPerLevel + 1 + (levels() * (blocksPerLevel + 1) + 1) / 2;
    }

    @Override
    public int width(int block) {
        int down = levels() * blocksPerLevel;
        if (block <= down) {
            return channels((block - 1) / blocksPerLevel + 1);
        }
        return block == down + 1 ? channels(levels()) : channels(levels() - (block - down - 2) / (blocksPerLevel + 1));
    }

    @Override
    public boolean takesLabels() {
        return true;
    }

    @Override
    public Parameters.Layout layout(Signature signature) {
        Parameters.Layout layout = Parameters.layout();
        if (told(signature)) {
            ConditionEmbedding.declare(layout, embedding(), signature);
        }
        units(signature).forEach(unit -> unit.net().declare(layout));
        return layout;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the sides of the token grid can't be halved as often as there are levels but one, or
     *     activations are not to be kept
     */
    @Override
    public Pass pass(Workspace work, Signature signature, int images) {
        if (work.trains() && !work.keepsActivations()) {
            throw new IllegalArgumentException(
                    "unet: expected activations that are kept, got withCheckpointActivations(true); leave it out");
        }
        return new UNetPass(this, work, signature, images);
    }

    static boolean told(Signature signature) {
        return signature.timed() || signature.classes() > 0;
    }

    /** As many sines and cosines as channels, and four times as wide (Ho et al. 2020). */
    ConditionEmbedding.Sizes embedding() {
        return new ConditionEmbedding.Sizes(channels, 4 * channels);
    }

    List<Unit> units(Signature signature) {
        TokenGrid grid = signature.grid();
        int factor = 1 << (levels() - 1);
        if (grid.rows() % factor != 0 || grid.columns() % factor != 0) {
            throw new IllegalArgumentException(
                    "unet: expected sides of the token grid that %d levels divide by %d, got %d x %d; use another patch or fewer multipliers"
                            .formatted(levels(), factor, grid.rows(), grid.columns()));
        }
        Units units = new Units(this, told(signature), new MapShape(grid.rows(), grid.columns(), signature.inputs()));
        IntStream.rangeClosed(1, levels()).forEach(units::down);
        units.middle();
        IntStream.rangeClosed(1, levels()).map(i -> levels() + 1 - i).forEach(units::up);
        return units.end(signature.outputs());
    }
}
