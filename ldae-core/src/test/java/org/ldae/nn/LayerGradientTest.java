package org.ldae.nn;

import static org.ldae.compute.GradientCheck.added;
import static org.ldae.compute.GradientCheck.dot;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Activation;
import org.ldae.compute.GradientCheck;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.Tensor;

/** Every layer's gradients, of parameters and input, against differences of its forward pass. */
class LayerGradientTest {

    private static final int ROWS = 12;

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void linear(KernelsProvider kind) {
        Parameters.Layout layout = Parameters.layout();
        Linear.declare(layout, "a", new Linear.Sides(7, 5), Parameters.Init.XAVIER_UNIFORM);
        try (Layers layers = new Layers(layout, kind)) {
            layers.randomise();
            Linear linear = new Linear(layers.work, "a");
            Tensor x = layers.matrix(ROWS, 7);
            Tensor y = layers.garbage(ROWS, 5);
            Tensor dy = layers.matrix(ROWS, 5);
            Tensor dx = layers.garbage(ROWS, 7);
            GradientCheck.Loss loss = () -> {
                linear.forward(x, y);
                return dot(dy.toArray(), y.toArray());
            };
            linear.backward(x, dy, dx);
            layers.checkGradients(loss);
            GradientCheck.check("x", x, dx.toArray(), loss);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void linearOnTopOfWhatIsThere(KernelsProvider kind) {
        Parameters.Layout layout = Parameters.layout();
        Linear.declare(layout, "a", new Linear.Sides(7, 5), Parameters.Init.XAVIER_UNIFORM);
        try (Layers layers = new Layers(layout, kind)) {
            layers.randomise();
            Linear linear = new Linear(layers.work, "a");
            Tensor x = layers.matrix(ROWS, 7);
            Tensor trunk = layers.matrix(ROWS, 5);
            Tensor y = layers.garbage(ROWS, 5);
            Tensor dy = layers.matrix(ROWS, 5);
            Tensor dx = layers.work.allocate(ROWS, 7);
            layers.work.kernels().fill(dx, 0.5f);
            layers.work.kernels().fill(layers.work.gradients(), 0.25f);
            GradientCheck.Loss loss = () -> {
                linear.forward(x, trunk, y);
                return dot(dy.toArray(), y.toArray());
            };
            linear.backward(x, dy, dx, 1);
            GradientCheck.check(
                    "weight", layers.work.value("a.weight"), added(layers.work.gradient("a.weight"), 0.25f), loss);
            GradientCheck.check(
                    "bias", layers.work.value("a.bias"), added(layers.work.gradient("a.bias"), 0.25f), loss);
            GradientCheck.check("x", x, added(dx, 0.5f), loss);
            GradientCheck.check("trunk", trunk, dy.toArray(), loss);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void affineNorm(KernelsProvider kind) {
        Parameters.Layout layout = Parameters.layout();
        Norm.declare(layout, "a", 10);
        try (Layers layers = new Layers(layout, kind)) {
            layers.randomise();
            Norm norm = Norm.affine(layers.work, "a", ROWS);
            Tensor x = layers.matrix(ROWS, 10);
            Tensor y = layers.garbage(ROWS, 10);
            Tensor dy = layers.matrix(ROWS, 10);
            Tensor dx = layers.work.allocate(ROWS, 10);
            layers.work.kernels().fill(dx, 0.5f);
            GradientCheck.Loss loss = () -> {
                norm.forward(x, y);
                return dot(dy.toArray(), y.toArray());
            };
            loss.forward();
            norm.backward(x, dy, dx);
            layers.checkGradients(loss);
            GradientCheck.check("x", x, added(dx, 0.5f), loss);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void modulatedNorm(KernelsProvider kind) {
        try (Layers layers = new Layers(Parameters.layout(), kind)) {
            Tensor condition = layers.matrix(3, 20);
            Tensor dCondition = layers.work.allocate(3, 20);
            Norm norm = Norm.modulated(
                    layers.work,
                    ROWS,
                    new Affine(condition.columns(10, 10), condition.columns(0, 10)),
                    new Affine(dCondition.columns(10, 10), dCondition.columns(0, 10)));
            Tensor x = layers.matrix(ROWS, 10);
            Tensor y = layers.garbage(ROWS, 10);
            Tensor dy = layers.matrix(ROWS, 10);
            Tensor dx = layers.work.allocate(ROWS, 10);
            GradientCheck.Loss loss = () -> {
                norm.forward(x, y);
                return dot(dy.toArray(), y.toArray());
            };
            loss.forward();
            norm.backward(x, dy, dx);
            GradientCheck.check("x", x, dx.toArray(), loss);
            GradientCheck.check("shift and scale", condition, dCondition.toArray(), loss);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void attention(KernelsProvider kind) {
        for (boolean residual : new boolean[] {false, true}) {
            Parameters.Layout layout = Parameters.layout();
            Attention.declare(layout, "a", 8);
            try (Layers layers = new Layers(layout, kind)) {
                layers.randomise();
                Attention attention = new Attention(
                        layers.work,
                        "a",
                        new Attention.Sizes(8, 2, 4),
                        new Attention.Scratch(layers.garbage(ROWS, 24), layers.garbage(ROWS, 8)));
                Tensor x = layers.matrix(ROWS, 8);
                Tensor trunk = layers.matrix(ROWS, 8);
                Tensor y = layers.garbage(ROWS, 8);
                Tensor dy = layers.matrix(ROWS, 8);
                Tensor dx = layers.garbage(ROWS, 8);
                GradientCheck.Loss loss = () -> {
                    if (residual) {
                        attention.forward(x, trunk, y);
                    } else {
                        attention.forward(x, y);
                    }
                    return dot(dy.toArray(), y.toArray());
                };
                loss.forward();
                attention.backward(x, dy, dx);
                GradientCheck.check("x", x, dx.toArray(), loss);
                checkAllButKeyBias(layers, loss);
            }
        }
    }

    /** A key's bias adds one number to a whole row of scores, so its gradient is rounding noise around zero. */
    private static void checkAllButKeyBias(Layers layers, GradientCheck.Loss loss) {
        int width = 8;
        Tensor bias = layers.work.value("a.qkv.bias");
        Tensor gradient = layers.work.gradient("a.qkv.bias");
        for (int from : new int[] {0, 2 * width}) {
            GradientCheck.check(
                    "qkv.bias",
                    bias.slice(from, 1, width),
                    gradient.slice(from, 1, width).toArray(),
                    loss);
        }
        for (String name : new String[] {"a.qkv.weight", "a.projection.weight", "a.projection.bias"}) {
            GradientCheck.check(
                    name, layers.work.value(name), layers.work.gradient(name).toArray(), loss);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void mlp(KernelsProvider kind) {
        for (Activation activation : GradientCheck.SMOOTH) {
            boolean residual = activation == Activation.GELU_ERF;
            Parameters.Layout layout = Parameters.layout();
            Mlp.declare(layout, "a", new Mlp.Sizes(6, 9, 5), Parameters.Init.XAVIER_UNIFORM);
            try (Layers layers = new Layers(layout, kind)) {
                layers.randomise();
                Mlp mlp = new Mlp(layers.work, "a", activation, layers.garbage(ROWS, 9));
                Tensor x = layers.matrix(ROWS, 6);
                Tensor trunk = layers.matrix(ROWS, 5);
                Tensor y = layers.garbage(ROWS, 5);
                Tensor dy = layers.matrix(ROWS, 5);
                Tensor dx = layers.garbage(ROWS, 6);
                GradientCheck.Loss loss = () -> {
                    if (residual) {
                        mlp.forward(x, trunk, y);
                    } else {
                        mlp.forward(x, y);
                    }
                    return dot(dy.toArray(), y.toArray());
                };
                loss.forward();
                mlp.backward(x, dy, dx);
                layers.checkGradients(loss);
                GradientCheck.check("x", x, dx.toArray(), loss);
            }
        }
    }
}
