package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.inference.Patches;
import org.ldae.nn.Denoiser;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.Weighting;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;

/** Gradients of every objective against central differences of its loss. */
class ObjectiveGradientTest {

    private static final Tokenizer TOKENIZER =
            Synthetic.recipe().tokenizer().fit(Synthetic.images(30, 1), Rng.of(0), Progress.none());

    static Stream<Arguments> recipes() {
        Recipe base = Synthetic.recipe();
        VisionTransformer plain = Synthetic.network().withConditioning(Conditioning.NONE);
        return Stream.of(
                Arguments.of("original image", base),
                Arguments.of(
                        "tail 0",
                        base.withOutput(Space.IMAGE, Objective.originalImage().withTailWeight(0))),
                Arguments.of(
                        "tail 1",
                        base.withOutput(Space.IMAGE, Objective.originalImage().withTailWeight(1))),
                Arguments.of("latent from latent", latent(base)),
                Arguments.of("latent from image", latent(base).withInput(Space.IMAGE)),
                Arguments.of("latent by image", base.withOutput(Space.IMAGE, Objective.latent())),
                Arguments.of("normalised patches", base.withOutput(Space.IMAGE, Objective.normalisedPatches())),
                Arguments.of("all tokens of a masked network", masked(base)),
                Arguments.of("dropped tokens", masked(base).withDropping(Dropping.of(0.5))),
                Arguments.of(
                        "dropped tokens and visible ones",
                        latent(masked(base)).withDropping(Dropping.of(0.4).withVisibleWeight(0.3))),
                Arguments.of(
                        "dropped tokens, pooled",
                        base.withSchedule(NoiseSchedule.single(0.5))
                                .withDropping(Dropping.of(0.5))
                                .withDenoiser(MaskedTransformer.of(Synthetic.network())
                                        .withPooled(true))),
                Arguments.of("noise", noise(base).withSchedule(NoiseSchedule.ddpm())),
                Arguments.of("velocity", velocity(base).withSchedule(NoiseSchedule.cosine())),
                Arguments.of(
                        "flow",
                        base.withInput(Space.LATENT)
                                .withOutput(Space.LATENT, Objective.flow())
                                .withSchedule(NoiseSchedule.flow())),
                Arguments.of("velocity, min-SNR", weighted(velocity(base), Weighting.MIN_SNR_5)),
                Arguments.of("noise, monotone", weighted(noise(base), Weighting.MONOTONE)),
                Arguments.of("noise from image", noise(base).withInput(Space.IMAGE)),
                Arguments.of("plain", latent(base).withDenoiser(plain).withSchedule(NoiseSchedule.linear())),
                Arguments.of("single level", base.withSchedule(NoiseSchedule.single(0.5))));
    }

    private static Recipe masked(Recipe base) {
        return base.withSchedule(NoiseSchedule.single(0.5)).withDenoiser(MaskedTransformer.of(Synthetic.network()));
    }

    private static Recipe latent(Recipe base) {
        return base.withInput(Space.LATENT).withOutput(Space.LATENT, Objective.latent());
    }

    private static Recipe velocity(Recipe base) {
        return base.withInput(Space.LATENT).withOutput(Space.LATENT, Objective.velocity());
    }

    private static Recipe weighted(Recipe base, Weighting weighting) {
        return base.withOutput(base.output(), base.objective().withWeighting(weighting));
    }

    private static Recipe noise(Recipe base) {
        return base.withInput(Space.LATENT).withOutput(Space.LATENT, Objective.noise());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void gradientsAreThoseOfTheLoss(String name, Recipe recipe) {
        try (Harness harness = new Harness(recipe, TOKENIZER, 3)) {
            harness.shake(0.15);
            loss(harness, new float[] {1, 1, 1});
            float[] gradients = harness.gradients();
            Slope.check(name, harness.parameters, gradients, () -> loss(harness, new float[] {1, 1, 1}));
        }
    }

    /** As adaptive times have them: each image with a weight of its own, its loss looked at before the backward pass. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void weightedImagesHaveTheGradientsOfTheirLoss(String name, Recipe recipe) {
        float[] weights = {2.5f, 0.4f, 1};
        try (Harness harness = new Harness(recipe, TOKENIZER, 3)) {
            harness.shake(0.15);
            double loss = loss(harness, weights);
            double[] each = harness.pass.eachLoss();
            double sum = 0;
            for (int i = 0; i < each.length; i++) {
                sum += weights[i] * each[i] / (2.5 + 0.4 + 1);
            }
            assertEquals(loss, sum, 1e-5 * loss, name);
            float[] gradients = harness.gradients();
            Slope.check(name, harness.parameters, gradients, () -> loss(harness, weights));
        }
    }

    /** Corrupts the first images of a fixed list, as many as the pass holds. */
    private static double loss(Harness harness, float[] present) {
        int images = harness.pass.images();
        corrupt(harness.pass, pixels(images));
        double count = 0;
        for (float one : present) {
            count += one * harness.pass.errorsPerImage();
        }
        return harness.pass.loss(present, count);
    }

    private static float[] pixels(int images) {
        int size = Synthetic.SHAPE.size();
        float[] pixels = new float[images * size];
        float[] image = new float[size];
        for (int i = 0; i < images; i++) {
            Synthetic.images(4, 2).read(i, image, 0);
            Patches.of(TOKENIZER.grid()).gather(image, 0, pixels, i * size);
        }
        return pixels;
    }

    private static void corrupt(DenoisingPass pass, float[] pixels) {
        float[] noise = new float[pass.images() * TOKENIZER.grid().tokens() * TOKENIZER.dimension()];
        Rng.of(5).normals(noise, 0, noise.length);
        float[] times = Arrays.copyOf(new float[] {0.2f, 0.7f, 0.5f, 0.9f}, pass.images());
        pass.corrupt(pixels, noise, Denoiser.Conditions.at(times));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void paddingCountsForNothing(String name, Recipe recipe) {
        try (Harness two = new Harness(recipe, TOKENIZER, 2);
                Harness four = new Harness(recipe, TOKENIZER, 4)) {
            two.shake(0.15);
            four.shake(0.15);
            assertEquals(loss(two, new float[] {1, 1}), loss(four, new float[] {1, 1, 0, 0}), 1e-6, name);
            Expect.close(name, two.gradients(), four.gradients(), 1e-5);
        }
    }

    @Test
    void aSecondRunOfThePassGivesTheSameNumbers() {
        try (Harness harness = new Harness(Synthetic.recipe(), TOKENIZER, 3)) {
            harness.shake(0.15);
            double first = loss(harness, new float[] {1, 1, 1});
            float[] gradients = harness.gradients();
            loss(harness, new float[] {0, 1, 0});
            harness.gradients();
            assertEquals(first, loss(harness, new float[] {1, 1, 1}));
            Expect.close("gradients", gradients, harness.gradients(), 0);
        }
    }

    @Test
    void gradientsOfTwoRunsAddUp() {
        try (Harness harness = new Harness(Synthetic.recipe(), TOKENIZER, 3)) {
            harness.shake(0.15);
            loss(harness, new float[] {1, 1, 1});
            float[] once = harness.gradients();
            loss(harness, new float[] {1, 1, 1});
            harness.pass.backward();
            float[] twice = harness.work.gradients().toArray();
            for (int i = 0; i < once.length; i++) {
                once[i] *= 2;
            }
            Expect.close("sum", once, twice, 1e-5);
        }
    }
}
