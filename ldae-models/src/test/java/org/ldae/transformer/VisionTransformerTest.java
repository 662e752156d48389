package org.ldae.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Activation;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.models.Expect;
import org.ldae.models.Recipe;
import org.ldae.models.Slope;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.transformer.VisionTransformer.Conditioning;

/** Sizes, start values and refusals of the network. */
class VisionTransformerTest {

    private static final TokenGrid GRID = new TokenGrid(new ImageShape(1, 28, 28), 7);

    private static Denoiser.Signature signature(boolean timed) {
        return Denoiser.Signature.of(GRID, 49, 12).withTime(timed);
    }

    private static VisionTransformer network() {
        return new VisionTransformer(16, 2, 2, 1, 2, Conditioning.ADALN_ZERO, 4);
    }

    @Test
    void ditHasItsPublishedSize() {
        // DiT-L/2 on latents of 32 x 32 x 4, which predicts noise and variance: 458M (Peebles and Xie 2023, Tab. 4).
        TokenGrid latents = new TokenGrid(new ImageShape(4, 32, 32), 2);
        VisionTransformer dit = VisionTransformer.halfLarge().withConditionWidth(1024);
        Denoiser.Signature signature = Denoiser.Signature.of(latents, 16, 32).withTime(true);
        assertEquals(458e6, (double) dit.layout(signature.withClasses(1000)).count(), 0.5e6);
        long unconditional = dit.layout(signature.withClasses(0)).count();
        assertEquals(1001L * 1024, dit.layout(signature.withClasses(1000)).count() - unconditional);
    }

    @Test
    void encodersHaveThePapersSizes() {
        // ViT-B and ViT-L without class token and classifier: 85.8M and 303.3M (paper: 86M and 304M).
        assertEquals(86e6, (double) VisionTransformer.base().encoderParameters(768), 0.005 * 86e6);
        assertEquals(304e6, (double) VisionTransformer.large().encoderParameters(768), 0.005 * 304e6);
        assertEquals(85_646_592, VisionTransformer.base().encoderParameters(768));
        assertEquals(
                VisionTransformer.large().encoderParameters(768) / 2.0,
                (double) VisionTransformer.halfLarge().encoderParameters(768),
                0.005 * 152e6);
    }

    @Test
    void namedSizes() {
        assertSizes(VisionTransformer.tiny(), 192, 3, 6, 6);
        assertSizes(VisionTransformer.small(), 384, 6, 6, 6);
        assertSizes(VisionTransformer.base(), 768, 12, 12, 12);
        assertSizes(VisionTransformer.halfLarge(), 1024, 16, 12, 12);
        assertSizes(VisionTransformer.large(), 1024, 16, 24, 12);
    }

    private static void assertSizes(VisionTransformer net, int width, int heads, int encoder, int decoder) {
        assertEquals(new VisionTransformer(width, heads, encoder, decoder, 4, Conditioning.ADALN_ZERO, width / 4), net);
        assertEquals(encoder + decoder, net.blocks());
        assertEquals(64, width / heads);
    }

    @Test
    void countsOfATinyNetworkByHand() {
        VisionTransformer net = new VisionTransformer(16, 2, 2, 1, 2, Conditioning.ADALN_ZERO, 4);
        int attention = 16 * 48 + 48 + 16 * 16 + 16;
        int mlp = 16 * 32 + 32 + 32 * 16 + 16;
        int ends = 49 * 16 + 16 + 16 * 12 + 12;
        int time = 256 * 4 + 4 + 4 * 4 + 4;
        int modulations = 3 * (4 * 96 + 96) + 4 * 32 + 32;
        assertEquals(ends + 3 * (attention + mlp) + time + modulations, count(net, true));
        assertEquals(ends + 3 * (attention + mlp) + 7 * 32, count(net, false));
        assertEquals(count(net, false), count(net.withConditioning(Conditioning.NONE), true));
        assertEquals(49 * 16 + 16 + 2 * (attention + mlp) + 5 * 32, net.encoderParameters(49));
    }

    private static int count(VisionTransformer net, boolean timed) {
        try (Parameters parameters = net.layout(signature(timed)).initialise(Rng.of(1))) {
            return parameters.count();
        }
    }

    @Test
    void conditionedOnlyWithAdaLnAndATimedRun() {
        VisionTransformer net = VisionTransformer.tiny();
        assertTrue(net.conditioned(signature(true)));
        assertFalse(net.conditioned(signature(false)));
        assertFalse(net.withConditioning(Conditioning.NONE).conditioned(signature(true)));
    }

    @Test
    void adaLnZeroStartsAsTheIdentityAndPredictsZero() {
        VisionTransformer net = network();
        try (Parameters parameters = net.layout(signature(true)).initialise(Rng.of(1));
                Workspace work = Workspace.inference(Backend.kernels(), parameters)) {
            Denoiser.Pass pass = net.pass(work, signature(true), 2);
            fill(pass);
            Denoiser.Conditions times = Denoiser.Conditions.at(0.3f, 0.8f);
            assertArrayEquals(
                    pass.features(times, 1).toArray(), pass.features(times, 3).toArray());
            assertArrayEquals(
                    new float[2 * GRID.tokens() * 12], pass.forward(times).toArray());
        }
    }

    @Test
    void aPlainTransformerStartsAtRandom() {
        VisionTransformer net = network();
        try (Parameters parameters = net.layout(signature(false)).initialise(Rng.of(1));
                Workspace work = Workspace.inference(Backend.kernels(), parameters)) {
            Denoiser.Pass pass = net.pass(work, signature(false), 2);
            fill(pass);
            Denoiser.Conditions times = Denoiser.Conditions.at(0.3f, 0.8f);
            float[] first = pass.features(times, 1).toArray();
            assertFalse(Arrays.equals(first, pass.features(times, 2).toArray()));
            float[] prediction = pass.forward(times).toArray();
            assertFalse(Arrays.equals(new float[prediction.length], prediction));
            assertArrayEquals(
                    prediction, pass.forward(Denoiser.Conditions.at(1, 0)).toArray());
        }
    }

    @Test
    void thePlannedBytesAreThoseTaken() {
        VisionTransformer net = network();
        for (VisionTransformer each :
                List.of(net, net.withConditioning(Conditioning.NONE), net.withWidth(48, 2), net.withBlocks(2, 2))) {
            for (BiFunction<Kernels, Parameters, Workspace> mode : List.<BiFunction<Kernels, Parameters, Workspace>>of(
                    Workspace::training, Workspace::recomputing, Workspace::inference)) {
                Denoiser.Signature signature = signature(true);
                try (Parameters parameters = each.layout(signature).initialise(Rng.of(1));
                        Parameters planned = each.layout(signature).planned();
                        Workspace work = mode.apply(Backend.kernels(), parameters);
                        Workspace plan = mode.apply(work.kernels(), planned)) {
                    each.pass(work, signature, 3);
                    each.pass(plan, signature, 3);
                    assertTrue(work.allocatedBytes() > 0);
                    assertEquals(work.allocatedBytes(), plan.allocatedBytes());
                    assertEquals(parameters.values().size(), planned.values().size());
                }
            }
        }
    }

    private static void fill(Denoiser.Pass pass) {
        float[] input = new float[pass.input().size()];
        Rng.of(2).normals(input, 0, input.length);
        pass.input().put(input);
    }

    @Test
    void withersChangeOneThing() {
        VisionTransformer net = VisionTransformer.tiny();
        assertEquals(new VisionTransformer(96, 2, 6, 6, 4, Conditioning.ADALN_ZERO, 24), net.withWidth(96, 2));
        assertEquals(new VisionTransformer(192, 3, 2, 0, 4, Conditioning.ADALN_ZERO, 48), net.withBlocks(2, 0));
        assertEquals(
                new VisionTransformer(192, 3, 6, 6, 4, Conditioning.NONE, 48), net.withConditioning(Conditioning.NONE));
    }

    @Test
    void encodersOfOthersHaveTheirPublishedSize() {
        // ViT-B/16 with its classifier of 1000 classes: 86,567,656.
        TokenGrid grid = new TokenGrid(new ImageShape(3, 224, 224), 16);
        Variant form = new Variant(true, true, true, Activation.GELU_ERF, 1e-6);
        Parameters.Layout layout = Parameters.layout();
        VisionTransformer.base().withVariant(form).encoder(layout, Denoiser.Signature.of(grid, 768, 768));
        assertEquals(86_567_656, layout.count() + 768 * 1000 + 1000);
        // DiT-XL/2, which stores its 256 positions: 675M.
        TokenGrid latents = new TokenGrid(new ImageShape(4, 32, 32), 2);
        VisionTransformer dit = new VisionTransformer(1152, 16, 14, 14, 4, Conditioning.ADALN_ZERO, 1152);
        Denoiser.Signature signature =
                Denoiser.Signature.of(latents, 16, 32).withTime(true).withClasses(1000);
        assertEquals(675_129_632, dit.layout(signature).count() + 256 * 1152);
    }

    @Test
    void aVariantThatDiffersInNothingIsNone() {
        VisionTransformer net = network();
        assertEquals(net, net.withVariant(Variant.none()));
        assertEquals(net, net.withVariant(Variant.none().withLastNorm(true).withLastNorm(false)));
        assertFalse(Recipe.latentDAE(PatchPCA.patch(7).components(4)).toJson().contains("variant"));
        Recipe erf = Recipe.latentDAE(PatchPCA.patch(7).components(4))
                .withDenoiser(net.withVariant(
                        Variant.none().withActivation(Activation.GELU_ERF).withLearntPositions(true)));
        assertEquals(erf, Recipe.fromJson(erf.toJson()));
    }

    @Test
    void aDenoiserHasNoClassToken() {
        VisionTransformer net = network().withVariant(Variant.none().withClassToken(true));
        Expect.refused(() -> net.layout(signature(true)), "without class token");
        Expect.refused(() -> MaskedTransformer.of(net), "without a class token");
        Expect.refused(() -> Variant.none().withEpsilon(0), "epsilon", "0.0");
    }

    @Test
    void learntPositionsOfADenoiserHaveTheLosssGradient() {
        VisionTransformer net =
                network().withVariant(Variant.none().withLearntPositions(true).withActivation(Activation.GELU_ERF));
        Denoiser.Signature signature = signature(true);
        Denoiser.Conditions conditions = Denoiser.Conditions.at(0.2f, 0.7f);
        float[] given = new float[2 * 16 * 49];
        Rng.of(2).normals(given, 0, given.length);
        try (Parameters parameters = net.layout(signature).initialise(Rng.of(1))) {
            float[] shaken = parameters.values().toArray();
            float[] noise = new float[parameters.count()];
            Rng.of(4).normals(noise, 0, noise.length);
            for (int i = 0; i < noise.length; i++) {
                shaken[i] += 0.15f * noise[i];
            }
            parameters.values().put(shaken);
            try (Workspace work = Workspace.training(Backend.kernels(), parameters)) {
                Denoiser.Pass pass = net.pass(work, signature, 2);
                pass.input().put(given);
                float[] weights = new float[2 * 16 * 12];
                Rng.of(5).normals(weights, 0, weights.length);
                Tensor d = work.allocate(2 * 16, 12);
                d.put(weights);
                pass.forward(conditions);
                pass.backward(d);
                Slope.check("positions", parameters, work.gradients().toArray(), () -> {
                    float[] prediction = pass.forward(conditions).toArray();
                    double sum = 0;
                    for (int i = 0; i < weights.length; i++) {
                        sum += (double) weights[i] * prediction[i];
                    }
                    return sum;
                });
            }
        }
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        VisionTransformer net = VisionTransformer.tiny();
        Expect.refused(() -> net.withWidth(190, 2), "width 190");
        Expect.refused(() -> net.withWidth(192, 5), "width 192", "heads 5");
        Expect.refused(() -> net.withWidth(192, 0), "heads 0");
        Expect.refused(() -> net.withWidth(0, 1), "width 0");
        Expect.refused(() -> net.withBlocks(0, 1), "encoder blocks", "0, 1");
        Expect.refused(() -> net.withBlocks(1, -1), "decoder blocks", "1, -1");
        Expect.refused(() -> new VisionTransformer(16, 2, 1, 1, Double.NaN, Conditioning.NONE, 4), "MLP ratio", "NaN");
        Expect.refused(() -> new VisionTransformer(16, 2, 1, 1, 0.01, Conditioning.NONE, 4), "MLP ratio", "0.01");
        Expect.refused(
                () -> new VisionTransformer(16, 2, 1, 1, Double.POSITIVE_INFINITY, Conditioning.NONE, 4),
                "MLP ratio",
                "Infinity");
        Expect.refused(() -> net.withConditionWidth(3), "condition width", "3");
    }
}
