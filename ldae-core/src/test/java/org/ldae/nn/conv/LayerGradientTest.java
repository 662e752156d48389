package org.ldae.nn.conv;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.compute.GradientCheck.added;
import static org.ldae.compute.GradientCheck.dot;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Activation;
import org.ldae.compute.Backend;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.GradientCheck;
import org.ldae.compute.ImageKernels;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.compute.Window;
import org.ldae.nn.Layers;
import org.ldae.nn.Parameters;

/** Gradients of the convolutional layers and kernels, of parameters and input, against differences. */
class LayerGradientTest {

    private static final Window[] WINDOWS = {
        Window.PIXEL,
        Window.same(3),
        Window.same(3).withStride(2),
        Window.HALVING,
        new Window(4, 2, 1, 1),
        Window.same(5)
    };

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void convolutionOnTopOfWhatIsThere(KernelsProvider kind) {
        for (Window window : WINDOWS) {
            ConvolutionShape shape = new ConvolutionShape(new MapShape(5, 7, 3), window, 4);
            Parameters.Layout layout = Parameters.layout();
            Convolution.declare(layout, "a", shape, Parameters.Init.XAVIER_UNIFORM);
            try (Layers layers = new Layers(layout, kind)) {
                layers.randomise();
                Convolution convolution = new Convolution(layers.work, "a", shape);
                int rows = 2 * shape.output().pixels();
                Tensor x = layers.matrix(70, 3);
                Tensor trunk = layers.matrix(rows, 4);
                Tensor y = layers.garbage(rows, 4);
                Tensor dy = layers.matrix(rows, 4);
                Tensor dx = layers.garbage(70, 3);
                layers.work.kernels().fill(dx, 0.5f);
                GradientCheck.Loss loss = () -> {
                    layers.work.kernels().copy(trunk, y);
                    convolution.addForward(x, y);
                    return dot(dy.toArray(), y.toArray());
                };
                convolution.backward(x, dy, dx, 1);
                layers.checkGradients(loss);
                GradientCheck.check("x", x, added(dx, 0.5f), loss);
                GradientCheck.check("trunk", trunk, dy.toArray(), loss);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void groupNorm(KernelsProvider kind) {
        MapShape maps = new MapShape(3, 2, 6);
        for (Activation f : new Activation[] {null, Activation.SILU}) {
            Parameters.Layout layout = Parameters.layout();
            GroupNorm.declare(layout, "a", 6);
            try (Layers layers = new Layers(layout, kind)) {
                layers.randomise();
                GroupNorm norm = new GroupNorm(layers.work, "a", new GroupNorm.Options(3, maps, 2, f));
                Tensor x = layers.matrix(18, 6);
                Tensor y = layers.garbage(18, 6);
                Tensor dy = layers.matrix(18, 6);
                Tensor dx = layers.garbage(18, 6);
                layers.work.kernels().fill(dx, 0.5f);
                GradientCheck.Loss loss = () -> {
                    norm.forward(x, y);
                    return dot(dy.toArray(), y.toArray());
                };
                loss.forward();
                norm.backward(x, layers.copy(dy), dx, 1);
                layers.checkGradients(loss);
                GradientCheck.check("x", x, added(dx, 0.5f), loss);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void groupNormTurnsItsGradientIntoTheInputs(KernelsProvider kind) {
        Parameters.Layout layout = Parameters.layout();
        GroupNorm.declare(layout, "a", 4);
        try (Layers layers = new Layers(layout, kind)) {
            layers.randomise();
            GroupNorm.Options options = new GroupNorm.Options(3, new MapShape(2, 3, 4), 2, Activation.SILU);
            GroupNorm norm = new GroupNorm(layers.work, "a", options);
            Tensor x = layers.matrix(12, 4); // fewer images than the layer has room for
            Tensor y = layers.garbage(12, 4);
            Tensor dy = layers.matrix(12, 4);
            Tensor inPlace = layers.copy(dy);
            Tensor dx = layers.garbage(12, 4);
            norm.forward(x, y);
            norm.backward(x, dy, dx);
            norm.backward(x, inPlace, inPlace);
            GradientCheck.assertClose("dx", dx.toArray(), inPlace.toArray(), 0);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void upsamplingAndAveraging(KernelsProvider kind) {
        MapShape maps = new MapShape(3, 4, 5);
        try (Layers layers = new Layers(Parameters.layout(), kind)) {
            ImageKernels kernels = layers.work.kernels().images();
            Tensor x = layers.matrix(24, 5);
            Tensor large = layers.garbage(96, 5);
            Tensor mean = layers.garbage(2, 5);
            Tensor dLarge = layers.matrix(96, 5);
            Tensor dMean = layers.matrix(2, 5);
            Tensor dx = layers.garbage(24, 5);
            kernels.upsampleBackward(maps, dLarge, 0, dx);
            kernels.averagePoolBackward(dMean, 1, dx);
            GradientCheck.check("x", x, dx.toArray(), () -> {
                kernels.upsample(maps, x, large);
                kernels.averagePool(x, mean);
                return dot(dLarge.toArray(), large.toArray()) + dot(dMean.toArray(), mean.toArray());
            });
        }
    }

    @Test
    void impossibleGeometriesAreRefused() {
        MapShape maps = new MapShape(2, 8, 3);
        assertMessage(
                "at least the window's 5 pixels, got 2 x 8",
                () -> new ConvolutionShape(maps, new Window(5, 1, 1, 1), 4));
        assertMessage("at least 1 output channel, got 0", () -> new ConvolutionShape(maps, Window.PIXEL, 0));
        assertMessage("got 3 before and 0 after", () -> new Window(3, 1, 3, 0));
        assertMessage("got size 3, stride 0", () -> new Window(3, 0, 0, 0));
        assertMessage("odd size", () -> Window.same(4));
        assertMessage("[0, 1, 1]", () -> new MapShape(0, 1, 1));
        assertMessage("divides the 3 channels, got 2", () -> new GroupNorm.Options(1, maps, 2, null));
        assertMessage("at least 1 image, got 0", () -> new GroupNorm.Options(0, maps, 1, null));
    }

    @Test
    void mapsOfOtherSidesAreRefused() {
        ConvolutionShape shape = new ConvolutionShape(new MapShape(5, 7, 3), Window.same(3), 4);
        Parameters.Layout layout = Parameters.layout();
        Convolution.declare(layout, "a", shape, Parameters.Init.XAVIER_UNIFORM);
        try (Layers layers = new Layers(layout, Backend.provider())) {
            Convolution convolution = new Convolution(layers.work, "a", shape);
            Tensor y = layers.garbage(70, 4);
            assertMessage("got [69, 3] and [70, 4]", () -> convolution.forward(layers.garbage(69, 3), y));
            assertMessage("got [70, 2] and [70, 4]", () -> convolution.forward(layers.garbage(70, 2), y));
            assertMessage("got [35, 3] and [70, 4]", () -> convolution.forward(layers.garbage(35, 3), y));
            ConvolutionShape other = new ConvolutionShape(shape.input(), Window.same(5), 4);
            assertMessage(
                    "a.weight: expected [C_out, k k C_in] = [4, 75], got [4, 27]",
                    () -> new Convolution(layers.work, "a", other));
            assertMessage("4 * 27 numbers, got 5", () -> Convolution.fromPyTorch(new float[5], shape));
        }
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable action) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, action).getMessage());
        assertTrue(message.contains(part), message);
    }
}
