package org.ldae.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.models.Expect;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
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
