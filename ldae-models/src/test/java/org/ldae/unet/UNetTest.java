package org.ldae.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.models.Expect;
import org.ldae.models.Slope;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.testing.Golden;

/** The UNet's sizes, numbers, gradients and refusals. */
class UNetTest {

    private static final TokenGrid GRID = new TokenGrid(new ImageShape(1, 4, 8), 1);
    private static final UNet SMALL = new UNet(8, List.of(1, 2), 1, 2);
    private static final Denoiser.Signature SIGNATURE =
            Denoiser.Signature.of(GRID, 3, 2).withTime(true).withClasses(3);

    /** Of an image large enough that its middle sees no border. */
    private static final int SIDE = 96;

    /** A net with numbers everywhere at work on two images. */
    private static final class Net implements AutoCloseable {
        private final Parameters parameters;
        private final Workspace work;
        private final Denoiser.Pass pass;
        private final Denoiser.Conditions conditions = Denoiser.Conditions.at(0.31f, 0.84f);
        private final float[] slope;

        Net(UNet net, Denoiser.Signature signature, boolean trains) {
            parameters = net.layout(signature).initialise(Rng.of(1));
            float[] numbers = parameters.values().toArray();
            float[] noise = new float[numbers.length];
            Rng.of(2).normals(noise, 0, parameters.count());
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] += 0.1f * noise[i];
            }
            parameters.values().put(numbers);
            work = trains
                    ? Workspace.training(Backend.kernels(), parameters)
                    : Workspace.inference(Backend.kernels(), parameters);
            pass = net.pass(work, signature, 2);
            conditions.labels()[0] = 2;
            slope = normals(2 * signature.grid().tokens() * signature.outputs(), 4);
            pass.input().put(normals(pass.input().size(), 3));
        }

        double loss() {
            float[] prediction = pass.forward(conditions).toArray();
            double sum = 0;
            for (int i = 0; i < prediction.length; i++) {
                sum += (double) slope[i] * prediction[i];
            }
            return sum;
        }

        float[] gradients() {
            loss();
            work.kernels().fill(work.gradients(), 0);
            Tensor d = work.allocate(slope.length, 1);
            d.put(slope);
            pass.backward(
                    d.slice(0, pass.input().rows(), slope.length / pass.input().rows()));
            return work.gradients().toArray();
        }

        @Override
        public void close() {
            work.close();
            parameters.close();
        }
    }

    private static float[] normals(int count, long seed) {
        float[] numbers = new float[count];
        Rng.of(seed).normals(numbers, 0, count);
        return numbers;
    }

    @Test
    void thePapersNetworkHasItsPublishedSize() {
        TokenGrid pixels = new TokenGrid(new ImageShape(3, 32, 32), 1);
        Denoiser.Signature signature = Denoiser.Signature.of(pixels, 3, 3).withTime(true);
        // 35.7M (Ho et al. 2020, appendix B); the exact count is that of public ports.
        assertEquals(35_746_307, UNet.ddpm().layout(signature).count());
        assertEquals(1.114e6, UNet.tiny().layout(signature).count(), 500);
    }

    @Test
    void predictionFeaturesAndEveryGradientArePyTorchs() {
        Golden golden = Golden.read("models/unet");
        try (Net net = new Net(SMALL, SIGNATURE, true)) {
            for (String name : net.parameters.names()) {
                net.work.value(name).put(golden.floats("value." + name));
            }
            assertEquals(
                    net.parameters.names().size(),
                    golden.names().stream()
                            .filter(name -> name.startsWith("value."))
                            .count());
            net.pass.input().put(golden.floats("input"));
            System.arraycopy(new int[] {2, Denoiser.Conditions.NO_LABEL}, 0, net.conditions.labels(), 0, 2);
            Expect.close(
                    "prediction",
                    golden.floats("prediction"),
                    net.pass.forward(net.conditions).toArray(),
                    2e-5);
            for (int block = SMALL.blocks(); block >= 1; block--) {
                float[] expected = golden.floats("block." + block);
                float[] tokens = net.pass.features(net.conditions, block).toArray();
                assertEquals(2 * GRID.tokens() * SMALL.width(block), tokens.length);
                Expect.close("block " + block, expected, tokens, 2e-5);
            }
            System.arraycopy(golden.floats("slope"), 0, net.slope, 0, net.slope.length);
            float[] flat = net.gradients();
            for (Parameters.Slot slot : net.parameters.slots()) {
                float[] gradient = new float[slot.rows() * slot.columns()];
                System.arraycopy(flat, slot.offset(), gradient, 0, gradient.length);
                Expect.close(slot.name(), golden.floats("gradient." + slot.name()), gradient, 5e-5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void gradientsAreThoseOfDifferences(int attentionLevel) {
        for (Denoiser.Signature signature :
                List.of(SIGNATURE, SIGNATURE.withClasses(0), Denoiser.Signature.of(GRID, 3, 2))) {
            UNet deep = new UNet(4, List.of(1, 3), 2, attentionLevel);
            try (Net net = new Net(deep, signature, true)) {
                Slope.check(deep + " " + signature, net.parameters, net.gradients(), net::loss);
            }
        }
    }

    @Test
    void gradientsAddUp() {
        try (Net net = new Net(SMALL, SIGNATURE, true)) {
            float[] once = net.gradients();
            net.loss();
            Tensor d = net.work.allocate(2 * GRID.tokens(), 2);
            d.put(net.slope);
            net.pass.backward(d);
            float[] twice = net.work.gradients().toArray();
            for (int i = 0; i < once.length; i++) {
                assertEquals(2 * once[i], twice[i], 1e-5 * Math.max(1, Math.abs(twice[i])));
            }
        }
    }

    @Test
    void anUntrainedNetworkPredictsZero() {
        try (Parameters parameters = SMALL.layout(SIGNATURE).initialise(Rng.of(1));
                Workspace work = Workspace.inference(Backend.kernels(), parameters)) {
            Denoiser.Pass pass = SMALL.pass(work, SIGNATURE, 2);
            pass.input().put(normals(pass.input().size(), 3));
            float[] prediction =
                    pass.forward(Denoiser.Conditions.at(0.3f, 0.8f)).toArray();
            assertArrayEquals(new float[2 * GRID.tokens() * 2], prediction);
        }
    }

    @Test
    void aPassWithoutBackwardGivesTheSameFromLessMemory() {
        try (Net full = new Net(SMALL, SIGNATURE, true);
                Net lean = new Net(SMALL, SIGNATURE, false)) {
            assertTrue(lean.work.allocatedBytes() < full.work.allocatedBytes());
            assertArrayEquals(
                    full.pass.forward(full.conditions).toArray(),
                    lean.pass.forward(lean.conditions).toArray());
            lean.pass.features(lean.conditions, SMALL.blocks());
            for (int block = SMALL.blocks(); block >= 1; block--) {
                float[] expected = full.pass.features(full.conditions, block).toArray();
                assertArrayEquals(
                        expected, lean.pass.earlier(lean.conditions, block).toArray());
                assertArrayEquals(
                        expected, lean.pass.features(lean.conditions, block).toArray());
            }
        }
    }

    /** Without attention a shifted image has shifted features, away from the borders that zeros are laid around. */
    @Test
    void translationByTheTotalStrideCommutes() {
        TokenGrid wide = new TokenGrid(new ImageShape(1, SIDE, SIDE), 1);
        UNet net = new UNet(4, List.of(1, 1), 1, 0);
        Denoiser.Signature signature = Denoiser.Signature.of(wide, 1, 1);
        try (Net live = new Net(net, signature, false)) {
            float[] image = new float[2 * SIDE * SIDE];
            int middle = SIDE / 2 * SIDE + SIDE / 2;
            int shift = 2 * SIDE - 2; // two pixels down, two to the left
            image[middle] = 1;
            image[SIDE * SIDE + middle + shift] = 1;
            live.pass.input().put(image);
            float[] y = live.pass.forward(live.conditions).toArray();
            for (int row = -4; row <= 4; row++) {
                for (int column = -4; column <= 4; column++) {
                    int at = middle + row * SIDE + column;
                    assertEquals(y[at], y[SIDE * SIDE + at + shift], 1e-5);
                }
            }
        }
    }

    @Test
    void aStepTakesNothingOfTheHeap() {
        try (Net net = new Net(SMALL, SIGNATURE, true)) {
            Tensor d = net.work.allocate(2 * GRID.tokens(), 2);
            d.put(net.slope);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            int steps = 200;
            long before = 0;
            for (int i = 0; i < 2 * steps; i++) {
                if (i == steps) {
                    before = threads.getCurrentThreadAllocatedBytes();
                }
                net.pass.forward(net.conditions);
                net.pass.backward(d);
            }
            long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / steps;
            int kernelCalls = 400;
            // Some hundred bytes a kernel call, where the compiler has not yet removed what escapes.
            assertTrue(bytes < 256L * kernelCalls, bytes + " bytes a step");
        }
    }

    @Test
    void thePlannedBytesAreThoseTaken() {
        try (Net net = new Net(SMALL, SIGNATURE, true);
                Parameters planned = SMALL.layout(SIGNATURE).planned();
                Workspace plan = Workspace.training(net.work.kernels(), planned)) {
            SMALL.pass(plan, SIGNATURE, 2);
            assertEquals(net.work.allocatedBytes(), plan.allocatedBytes());
        }
    }

    @Test
    void blocksAndTheirWidths() {
        UNet net = new UNet(8, List.of(1, 2, 3), 2, 0);
        int[] widths = {8, 8, 16, 16, 24, 24, 24, 24, 24, 24, 16, 16, 16, 8, 8, 8};
        assertEquals(widths.length, net.blocks());
        for (int block = 1; block <= widths.length; block++) {
            assertEquals(widths[block - 1], net.width(block), "block " + block);
        }
        assertEquals(7 + 5, net.encoderBlocks());
    }

    @Test
    void withersChangeOneThing() {
        assertEquals(new UNet(64, List.of(1, 2, 2), 1, 3), UNet.tiny().withChannels(64));
        assertEquals(new UNet(32, List.of(1, 2), 1, 2), UNet.tiny().withMultipliers(1, 2));
        assertEquals(new UNet(32, List.of(1, 2, 2), 2, 3), UNet.tiny().withBlocksPerLevel(2));
        assertEquals(new UNet(32, List.of(1, 2, 2), 1, 0), UNet.tiny().withAttentionLevel(0));
        assertEquals(
                new UNet(32, List.of(1, 2), 1, 2), UNet.tiny().fitting(new TokenGrid(new ImageShape(1, 28, 28), 2)));
        assertEquals(UNet.tiny(), UNet.tiny().fitting(new TokenGrid(new ImageShape(1, 28, 28), 7)));
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        Expect.refused(() -> UNet.tiny().withChannels(6), "multiple of 4", "6");
        Expect.refused(() -> UNet.tiny().withBlocksPerLevel(0), "at least 1 block", "0");
        Expect.refused(() -> UNet.tiny().withMultipliers(), "multipliers", "[]");
        Expect.refused(() -> UNet.tiny().withMultipliers(1, 0), "multipliers", "[1, 0]");
        Expect.refused(() -> UNet.tiny().withAttentionLevel(4), "attention level in [0, 3]", "4");
        Denoiser.Signature odd = Denoiser.Signature.of(new TokenGrid(new ImageShape(1, 28, 28), 2), 4, 4);
        Expect.refused(() -> UNet.tiny().layout(odd), "divide by 4", "14 x 14", "patch");
        try (Parameters parameters = SMALL.layout(SIGNATURE).zeros();
                Workspace work = Workspace.recomputing(Backend.kernels(), parameters)) {
            Expect.refused(() -> SMALL.pass(work, SIGNATURE, 1), "withCheckpointActivations");
        }
    }
}
