package org.ldae.deconstruction;

import java.util.List;
import java.util.stream.Stream;
import org.ldae.front.WhitenedFront;
import org.ldae.models.Dropping;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;

/**
 * Beyond the paper: from single-level l-DAE to the masked autoencoder (He et al. 2022), one change at a time, each on the recipe
 * before it, and variants of a recipe in between.
 *
 * @param channels of the images, at least 1
 */
public record Ladder(int channels) {

    /** Light noise beside dropped tokens, a quarter of the variance of the single level. */
    private static final double LIGHT = Math.sqrt(1.0 / 12);

    /** The encoder has all blocks; the decoder two of half the width. */
    private static final int DECODER_BLOCKS = 2;

    /** The single level of the first rung (paper, section 4.3). */
    private static final double SINGLE = Math.sqrt(1.0 / 3);

    /** The variant that reads overlapping windows. */
    public static final String FRONT = "whitened-front";

    /** Where the variants start. */
    private static final String FROM = "light-noise";

    /**
     * The road from single-level l-DAE, which is the first rung, to the masked autoencoder.
     *
     * @return seven steps, each on the recipe of the one before
     */
    public List<Step> rungs() {
        return List.of(
                Step.of("today", "single-level l-DAE", recipe -> recipe),
                Step.of(
                        "narrow-decoder",
                        "all blocks in the encoder, a decoder of half the width beside them",
                        Ladder::narrowDecoder),
                Step.of(
                        "normalised-targets",
                        "predict patches normalised by themselves",
                        recipe -> recipe.withOutput(Space.IMAGE, Objective.normalisedPatches())),
                Step.of(
                        "dropped-tokens",
                        "drop 75% of the tokens and predict those",
                        recipe -> recipe.withDropping(Dropping.of(0.75))),
                Step.of(
                        FROM,
                        "a quarter of the noise's variance on the others",
                        recipe -> recipe.withSchedule(NoiseSchedule.single(LIGHT))),
                Step.of("no-noise", "no noise on the others", recipe -> recipe.withSchedule(NoiseSchedule.none())),
                Step.of(
                        "all-components",
                        "all components of a patch: the masked autoencoder",
                        recipe -> recipe.withTokenizer(pixels(recipe.tokenizer().patch()))));
    }

    /**
     * What else is tried.
     *
     * @return steps, each on the rung {@code light-noise} unless it says otherwise
     */
    public List<Step> variants() {
        return List.of(
                Step.of(
                        "dropped-squares",
                        "light-noise, squares of 2 x 2 tokens dropped",
                        recipe -> recipe.withDropping(recipe.dropping().withBlocks(2))),
                Step.of(
                        "visible-too",
                        "light-noise, errors of visible tokens counted by a tenth",
                        recipe -> recipe.withDropping(recipe.dropping().withVisibleWeight(0.1))),
                Step.of(
                        "pooled-decoder",
                        "light-noise, the decoder given the mean of the encoder's tokens",
                        recipe -> recipe.withDenoiser(masked(recipe).withPooled(true))),
                Step.of(
                        "whitened",
                        "light-noise in units of each component's deviation",
                        recipe -> recipe.withTokenizer(
                                PatchPCA.patch(recipe.tokenizer().patch())
                                        .components(recipe.tokenizer().dimension())
                                        .withScale(LatentScale.PER_COMPONENT))),
                Step.of(
                        "deep-decoder",
                        "light-noise, a decoder of four blocks",
                        recipe -> recipe.withDenoiser(deepened(masked(recipe)))),
                Step.of(
                        "plain-targets",
                        "light-noise, the original image as target",
                        recipe -> recipe.withOutput(Space.IMAGE, Objective.originalImage())),
                Step.of(
                        FRONT,
                        "normalised-targets, the noised image seen through overlapping whitened windows",
                        recipe -> recipe.withDropping(Dropping.none())
                                .withSchedule(NoiseSchedule.single(SINGLE))
                                .withDenoiser(front(recipe))));
    }

    /**
     * Checks the channels.
     *
     * @param channels of the images, at least 1
     */
    public Ladder {
        if (channels < 1) {
            throw new IllegalArgumentException("ladder: expected at least 1 channel, got " + channels);
        }
    }

    /**
     * The recipe of a rung or variant.
     *
     * @param single the first rung: single-level l-DAE with a vision transformer
     * @param step name of one of {@link #rungs} or {@link #variants}
     * @return the recipe
     * @throws IllegalArgumentException if there is no such step, or the network is another one
     */
    public Recipe recipeAt(Recipe single, String step) {
        Recipe recipe = single;
        for (Step rung : rungs()) {
            recipe = rung.apply(recipe);
            if (rung.name().equals(step)) {
                return recipe;
            }
            if (rung.name().equals(FROM)) {
                for (Step variant : variants()) {
                    if (variant.name().equals(step)) {
                        return variant.apply(recipe);
                    }
                }
            }
        }
        List<String> known = Stream.concat(rungs().stream(), variants().stream())
                .map(Step::name)
                .toList();
        throw new IllegalArgumentException("ladder: expected one of %s, got %s".formatted(known, step));
    }

    private WhitenedFront front(Recipe recipe) {
        int stride = recipe.tokenizer().patch() % 2 == 0 ? 2 : 1;
        int side = stride + 4;
        WhitenedFront front = WhitenedFront.of(recipe.denoiser()).withWindows(side, stride);
        return front.withComponents(Math.min(front.components(), side * side * channels));
    }

    private static MaskedTransformer masked(Recipe recipe) {
        return recipe.denoiser().as(MaskedTransformer.class).orElseThrow();
    }

    private static MaskedTransformer deepened(MaskedTransformer masked) {
        VisionTransformer net = masked.net();
        return new MaskedTransformer(
                net.withBlocks(net.encoderBlocks(), 2 * DECODER_BLOCKS), masked.decoderWidth(), masked.pooled());
    }

    private static Recipe narrowDecoder(Recipe recipe) {
        VisionTransformer net = recipe.denoiser()
                .as(VisionTransformer.class)
                .orElseThrow(() -> new IllegalArgumentException(
                        "ladder: expected a vision transformer, got %s".formatted(recipe.denoiser())));
        int blocks = net.encoderBlocks() + net.decoderBlocks();
        return recipe.withDenoiser(MaskedTransformer.of(net.withBlocks(blocks, DECODER_BLOCKS)));
    }

    private PatchPCA.Options pixels(int patch) {
        return PatchPCA.patch(patch).components(patch * patch * channels);
    }
}
