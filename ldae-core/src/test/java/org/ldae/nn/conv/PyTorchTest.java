package org.ldae.nn.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.ldae.compute.GradientCheck.assertClose;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Activation;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.ImageKernels;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.MapShape;
import org.ldae.compute.Operands;
import org.ldae.compute.Tensor;
import org.ldae.compute.Window;
import org.ldae.nn.Layers;
import org.ldae.nn.Parameters;
import org.ldae.testing.Golden;

/** Convolutional layers and kernels against PyTorch in float64 (src/test/python/conv.py). */
class PyTorchTest {

    private static final double TOLERANCE = 1e-5;

    static Stream<Arguments> convolutions() {
        return Stream.of(
                        Arguments.of("3x3", Window.same(3)),
                        Arguments.of("3x3_stride2", Window.same(3).withStride(2)),
                        Arguments.of("3x3_halving", Window.HALVING),
                        Arguments.of("1x1", Window.PIXEL),
                        Arguments.of("4x4_stride2", new Window(4, 2, 1, 1)),
                        Arguments.of("5x5", Window.same(5)))
                .flatMap(each -> Operands.kinds().map(kind -> Arguments.of(each.get()[0], each.get()[1], kind)));
    }

    @ParameterizedTest(name = "{0} {2}")
    @MethodSource("convolutions")
    void convolution(String name, Window window, KernelsProvider kind) {
        Golden golden = Golden.read("conv/convolution_" + name);
        ConvolutionShape shape = new ConvolutionShape(new MapShape(6, 8, 3), window, 5);
        Parameters.Layout layout = Parameters.layout();
        Convolution.declare(layout, "conv", shape, Parameters.Init.XAVIER_UNIFORM);
        try (Layers layers = new Layers(layout, kind);
                Tensor x = golden.tensor("x");
                Tensor dy = golden.tensor("dy")) {
            float[] weight = Convolution.fromPyTorch(golden.floats("weight"), shape);
            assertArrayEquals(golden.floats("weight"), Convolution.toPyTorch(weight, shape));
            layers.work.value("conv.weight").put(weight);
            layers.work.value("conv.bias").put(golden.floats("bias"));
            Convolution convolution = new Convolution(layers.work, "conv", shape);
            Tensor y = layers.garbage(dy.rows(), 5);
            Tensor dx = layers.garbage(x.rows(), 3);
            convolution.forward(x, y);
            assertClose("y", golden.floats("y"), y.toArray(), TOLERANCE);
            convolution.backward(x, dy, dx);
            assertClose("dx", golden.floats("dx"), dx.toArray(), TOLERANCE);
            float[] gradient =
                    Convolution.toPyTorch(layers.work.gradient("conv.weight").toArray(), shape);
            assertClose("dWeight", golden.floats("dWeight"), gradient, TOLERANCE);
            assertClose(
                    "dBias",
                    golden.floats("dBias"),
                    layers.work.gradient("conv.bias").toArray(),
                    TOLERANCE);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void groupNormWithEpsilonOneMillionth(KernelsProvider kind) {
        Golden golden = Golden.read("conv/group_norm");
        for (Activation f : new Activation[] {null, Activation.SILU, Activation.RELU}) {
            String end = "." + (f == null ? "none" : f);
            Parameters.Layout layout = Parameters.layout();
            GroupNorm.declare(layout, "norm", 6);
            try (Layers layers = new Layers(layout, kind);
                    Tensor x = golden.tensor("x");
                    Tensor dy = golden.tensor("dy")) {
                layers.load(golden, name -> name.substring("norm.".length()));
                GroupNorm norm =
                        new GroupNorm(layers.work, "norm", new GroupNorm.Options(2, new MapShape(4, 3, 6), 3, f));
                Tensor y = layers.garbage(24, 6);
                Tensor dx = layers.garbage(24, 6);
                norm.forward(x, y);
                assertClose("y" + end, golden.floats("y" + end), y.toArray(), TOLERANCE);
                norm.backward(x, dy, dx);
                assertClose("dx" + end, golden.floats("dx" + end), dx.toArray(), TOLERANCE);
                layers.assertGradients(golden, name -> (name.endsWith("weight") ? "dWeight" : "dBias") + end);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void upsamplingAndPooling(KernelsProvider kind) {
        Golden golden = Golden.read("conv/resampling");
        ImageKernels kernels = kind.kernels().images();
        MapShape shape = new MapShape(5, 6, 3);
        check(golden, "upsample", (x, y) -> kernels.upsample(shape, x, y), (x, dy, dx) -> {
            kernels.upsampleBackward(shape, dy, 0, dx);
        });
        check(golden, "maxPool", (x, y) -> kernels.maxPool(shape, x, y), (x, dy, dx) -> {
            kernels.maxPoolBackward(shape, x, dy, 0, dx);
        });
        check(golden, "averagePool", kernels::averagePool, (x, dy, dx) -> kernels.averagePoolBackward(dy, 0, dx));
    }

    private interface Forward {
        void run(Tensor x, Tensor y);
    }

    private interface Backward {
        void run(Tensor x, Tensor dy, Tensor dx);
    }

    private static void check(Golden golden, String name, Forward forward, Backward backward) {
        try (Tensor x = golden.tensor("x");
                Tensor y = golden.tensor(name + ".dy");
                Tensor dy = golden.tensor(name + ".dy");
                Tensor dx = golden.tensor("x")) {
            forward.run(x, y);
            assertClose(name, golden.floats(name + ".y"), y.toArray(), TOLERANCE);
            backward.run(x, dy, dx);
            assertClose(name + " gradient", golden.floats(name + ".dx"), dx.toArray(), TOLERANCE);
        }
    }
}
