package org.ldae.nn.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Activation;
import org.ldae.compute.Backend;
import org.ldae.compute.GradientCheck;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.compute.Window;
import org.ldae.core.Rng;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/** Chains of layers: gradients against central differences, and the same values with less memory. */
class ConvNetTest {

    private static final int IMAGES = 3;
    private static final MapShape SHAPE = new MapShape(6, 4, 3);
    private static final Window SAME = Window.same(3);

    private static final Map<String, UnaryOperator<ConvNet>> NETS = Map.of(
            "convolutions", net -> net.convolve("b", SAME, 5).convolve("c", Window.HALVING, 4),
            "norm", net -> net.norm("n", Activation.SILU).convolve("b", SAME, 3),
            "activation", net -> net.activate(Activation.SILU).convolve("b", SAME, 3),
            "upsample", net -> net.upsample().convolve("b", SAME, 3),
            "attention", net -> net.attention("at").convolve("b", SAME, 3),
            "identity residual",
                    net -> net.residual("r", branch -> preNorm(branch, 8, SAME)).convolve("b", SAME, 2),
            "projected residual",
                    net -> net.residual("r", branch -> preNorm(branch, 12, SAME))
                            .convolve("b", SAME, 2),
            "strided residual",
                    net -> net.residual(
                                    "r",
                                    branch -> branch.convolve("p", SAME.withStride(2), 6)
                                            .activate(Activation.SILU)
                                            .convolve("q", SAME, 6))
                            .activate(Activation.SILU),
            "residuals in a row",
                    net -> net.residual("r", branch -> preNorm(branch, 12, SAME))
                            .residual("s", branch -> branch.norm("s.n", null).convolve("s.c", SAME, 12))
                            .attention("at")
                            .convolve("down", Window.HALVING, 4)
                            .residual("t", branch -> branch.norm("t.n", null).convolve("t.c", SAME, 8)));

    private static ConvNet preNorm(ConvNet branch, int outputs, Window first) {
        return branch.norm("r.n", Activation.SILU)
                .convolve("p", first, outputs)
                .norm("r.m", Activation.SILU)
                .convolve("q", SAME, outputs);
    }

    private static ConvNet net(String name) {
        ConvNet start = ConvNet.of(SHAPE).convolve("a", SAME, 8);
        return Objects.requireNonNull(NETS.get(name), name).apply(start);
    }

    static Stream<String> names() {
        return NETS.keySet().stream().sorted();
    }

    private static Parameters parameters(ConvNet net) {
        Parameters.Layout layout = Parameters.layout();
        net.declare(layout);
        Parameters parameters = layout.initialise(Rng.of(1));
        for (Parameters.Slot slot : parameters.slots()) {
            // Biases and norms too, so that no term hides behind a zero.
            parameters
                    .view(parameters.values(), slot.name())
                    .put(normals(slot.rows() * slot.columns(), 0.25, slot.name()));
        }
        return parameters;
    }

    private static float[] normals(int count, double scale, String key) {
        float[] numbers = new float[count];
        Rng.of(2).stream(key).normals(numbers, 0, count);
        for (int i = 0; i < count; i++) {
            numbers[i] *= (float) scale;
        }
        return numbers;
    }

    @ParameterizedTest
    @MethodSource("names")
    void gradientsAreThoseOfDifferences(String name) {
        ConvNet net = net(name);
        try (Parameters parameters = parameters(net);
                Workspace work = Workspace.training(Backend.kernels(), parameters)) {
            MapMemory memory = MapMemory.training(work, IMAGES, net);
            ConvPass pass = net.pass(memory.differentiableInput(SHAPE), memory);
            Tensor x = pass.input().values();
            x.put(normals(x.size(), 1, "x"));
            float[] weights = normals(pass.output().values().size(), 1, "dy");
            GradientCheck.Loss loss = () -> {
                pass.forward();
                return GradientCheck.dot(pass.output().values().toArray(), weights);
            };
            loss.forward();
            pass.output().gradient().put(weights);
            pass.backward(true);
            float[] dx = pass.input().gradient().toArray();
            for (String parameter : parameters.names()) {
                GradientCheck.check(
                        parameter,
                        work.value(parameter),
                        work.gradient(parameter).toArray(),
                        loss);
            }
            GradientCheck.check("x", x, dx, loss);

            loss.forward();
            pass.output().gradient().put(weights);
            float[] before = work.gradient("a.weight").toArray();
            pass.backward(false);
            assertArrayEquals(dx, pass.input().gradient().toArray(), 1e-5f, "the input's gradient by itself");
            assertArrayEquals(before, work.gradient("a.weight").toArray(), "nothing is learnt from it");
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aPassWithoutBackwardGivesTheSameInLessMemory(String name) {
        ConvNet net = net(name);
        try (Parameters parameters = parameters(net);
                Workspace full = Workspace.training(Backend.kernels(), parameters);
                Workspace lean = Workspace.inference(Backend.kernels(), parameters)) {
            MapMemory fullMemory = MapMemory.training(full, IMAGES, net);
            MapMemory leanMemory = MapMemory.inference(lean, IMAGES, net);
            ConvPass expected = net.pass(fullMemory.input(SHAPE), fullMemory);
            ConvPass actual = net.pass(leanMemory.input(SHAPE), leanMemory);
            for (ConvPass pass : new ConvPass[] {expected, actual}) {
                Tensor x = pass.input().values();
                x.put(normals(x.size(), 1, "x"));
                pass.forward();
            }
            assertArrayEquals(
                    expected.output().values().toArray(),
                    actual.output().values().toArray());
            assertTrue(lean.allocatedBytes() < full.allocatedBytes());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void thePlannedBytesAreThoseTaken(String name) {
        ConvNet net = net(name);
        Parameters.Layout layout = Parameters.layout();
        net.declare(layout);
        try (Parameters parameters = parameters(net);
                Workspace work = Workspace.training(Backend.kernels(), parameters);
                Parameters planned = layout.planned();
                Workspace plan = Workspace.training(work.kernels(), planned)) {
            for (Workspace each : new Workspace[] {work, plan}) {
                MapMemory memory = MapMemory.training(each, IMAGES, net);
                net.pass(memory.differentiableInput(SHAPE), memory);
            }
            assertTrue(work.allocatedBytes() > 0);
            assertEquals(work.allocatedBytes(), plan.allocatedBytes());
        }
    }

    @Test
    void branchesThatAddUpToNothingAreRefused() {
        ConvNet net = ConvNet.of(SHAPE);
        refused(() -> net.residual("r", branch -> branch.convolve("a", SAME, 3)), "r: expected a branch");
        refused(
                () -> net.residual("r", branch -> branch.convolve("a", SAME, 3).activate(Activation.RELU)),
                "to a convolution");
        refused(
                () -> net.residual(
                        "r", branch -> branch.activate(Activation.RELU).convolve("a", SAME, 3)),
                "from a convolution or normalisation");
        refused(
                () -> net.residual(
                        "r",
                        branch ->
                                branch.convolve("a", new Window(3, 1, 0, 0), 3).convolve("b", SAME, 3)),
                "keeps or divides the sides");
        refused(
                () -> net.residual(
                        "r",
                        outer -> outer.convolve("a", SAME, 3)
                                .residual(
                                        "s",
                                        branch -> branch.convolve("c", SAME, 3).convolve("d", SAME, 3))
                                .convolve("b", SAME, 3)),
                "without residuals");
    }

    @Test
    void mapsOfAnotherShapeAreRefused() {
        ConvNet net = net("norm");
        try (Parameters parameters = parameters(net);
                Workspace work = Workspace.inference(Backend.kernels(), parameters)) {
            MapMemory memory = MapMemory.inference(work, 1, net);
            refused(() -> net.pass(memory.input(SHAPE.withChannels(2)), memory), "net: expected maps of");
        }
    }

    private static void refused(org.junit.jupiter.api.function.Executable call, String part) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call).getMessage());
        assertTrue(message.contains(part), message);
    }

    @Test
    void knowsItsShapes() {
        assertEquals(new MapShape(3, 2, 4), net("convolutions").output());
        assertEquals(
                new MapShape(3, 2, 4),
                ConvNet.of(SHAPE.withChannels(4)).maxPool().output());
        assertEquals(new MapShape(3, 2, 6), net("strided residual").output());
        assertEquals(4 * SHAPE.pixels() * 8, net("upsample").largest());
    }
}
