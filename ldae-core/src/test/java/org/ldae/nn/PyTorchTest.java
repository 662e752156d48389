package org.ldae.nn;

import static org.ldae.compute.GradientCheck.assertClose;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Activation;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.Tensor;
import org.ldae.testing.Golden;

/** Layers and kernels against PyTorch in float64 (src/test/python/nn.py). */
class PyTorchTest {

    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void layerNormWithEpsilonOneMillionth(KernelsProvider kind) {
        Golden golden = Golden.read("nn/layer_norm");
        Parameters.Layout layout = Parameters.layout();
        Norm.declare(layout, "Norm", 20);
        try (Layers layers = new Layers(layout, kind);
                Tensor x = golden.tensor("x");
                Tensor dy = golden.tensor("dy")) {
            layers.work.value("Norm.weight").put(golden.floats("weight"));
            layers.work.value("Norm.bias").put(golden.floats("bias"));
            Tensor y = layers.garbage(6, 20);
            Tensor dx = layers.work.allocate(6, 20);
            Norm plain = Norm.modulated(layers.work, 6, zeros(layers), zeros(layers));
            plain.forward(x, y);
            assertClose("plain", golden.floats("plain"), y.toArray(), TOLERANCE);
            Norm norm = Norm.affine(layers.work, "Norm", 6);
            norm.forward(x, y);
            assertClose("y", golden.floats("y"), y.toArray(), TOLERANCE);
            norm.backward(x, dy, dx);
            assertClose("dx", golden.floats("dx"), dx.toArray(), TOLERANCE);
            layers.assertGradients(golden, name -> name.equals("Norm.weight") ? "dWeight" : "dBias");
        }
    }

    private static Affine zeros(Layers layers) {
        return new Affine(layers.work.allocate(1, 20), layers.work.allocate(1, 20));
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void activations(KernelsProvider kind) {
        Golden golden = Golden.read("nn/activations");
        Kernels kernels = kind.kernels();
        for (Activation f : Activation.values()) {
            try (Tensor x = golden.tensor("x");
                    Tensor y = Tensor.zeros(x.rows(), x.columns())) {
                kernels.activate(f, x, y);
                assertClose(f.name(), golden.floats(f.name()), y.toArray(), 1e-6);
                kernels.fill(y, 1);
                kernels.activateBackward(f, x, y);
                assertClose("slope of " + f, golden.floats("d" + f), y.toArray(), TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void multiHeadAttention(KernelsProvider kind) {
        Golden golden = Golden.read("nn/attention");
        Parameters.Layout layout = Parameters.layout();
        Attention.declare(layout, "attention", 16);
        try (Layers layers = new Layers(layout, kind);
                Tensor x = golden.tensor("x");
                Tensor dy = golden.tensor("dy")) {
            layers.load(golden, name -> name.substring("attention.".length()));
            Attention attention = new Attention(
                    layers.work,
                    "attention",
                    new Attention.Sizes(16, 2, 5),
                    new Attention.Scratch(layers.garbage(10, 48), layers.garbage(10, 16)));
            Tensor y = layers.garbage(10, 16);
            Tensor dx = layers.garbage(10, 16);
            attention.forward(x, y);
            assertClose("y", golden.floats("y"), y.toArray(), TOLERANCE);
            attention.backward(x, dy, dx);
            assertClose("dx", golden.floats("dx"), dx.toArray(), TOLERANCE);
            layers.assertGradients(golden, name -> "d." + name.substring("attention.".length()));
            assertProbabilities(golden, layers, x);
        }
    }

    private static void assertProbabilities(Golden golden, Layers layers, Tensor x) {
        Tensor fused = layers.garbage(10, 48);
        Tensor probabilities = layers.garbage(20, 5);
        new Linear(layers.work, "attention.qkv").forward(x, fused);
        layers.work.kernels().attention(Qkv.of(fused, 5, 2), probabilities, layers.garbage(10, 16));
        assertClose("probabilities", golden.floats("probabilities"), probabilities.toArray(), TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void mlpOnAResidual(KernelsProvider kind) {
        Golden golden = Golden.read("nn/mlp");
        for (Activation f : Activation.values()) {
            Parameters.Layout layout = Parameters.layout();
            Mlp.declare(layout, "mlp", new Mlp.Sizes(6, 9, 5), Parameters.Init.XAVIER_UNIFORM);
            try (Layers layers = new Layers(layout, kind);
                    Tensor x = golden.tensor("x");
                    Tensor y = golden.tensor("trunk");
                    Tensor dy = golden.tensor("dy")) {
                layers.load(golden, name -> name.substring("mlp.".length()));
                Mlp mlp = new Mlp(layers.work, "mlp", f, layers.garbage(7, 9));
                Tensor dx = layers.garbage(7, 6);
                mlp.forward(x, y, y);
                assertClose("y", golden.floats("y." + f), y.toArray(), TOLERANCE);
                mlp.backward(x, dy, dx);
                assertClose("dx", golden.floats("d.x." + f), dx.toArray(), TOLERANCE);
                layers.assertGradients(golden, name -> "d." + name.substring("mlp.".length()) + "." + f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void adaptiveModulationAndGate(KernelsProvider kind) {
        Golden golden = Golden.read("nn/modulation");
        try (Layers layers = new Layers(Parameters.layout(), kind);
                Tensor x = golden.tensor("x");
                Tensor branch = golden.tensor("branch");
                Tensor condition = golden.tensor("condition");
                Tensor dy = golden.tensor("dy");
                Tensor dModulated = golden.tensor("dModulated")) {
            Kernels kernels = layers.work.kernels();
            Tensor dCondition = layers.work.allocate(3, 30);
            Norm norm = Norm.modulated(
                    layers.work,
                    12,
                    new Affine(condition.columns(10, 10), condition.columns(0, 10)),
                    new Affine(dCondition.columns(10, 10), dCondition.columns(0, 10)));
            Tensor y = layers.garbage(12, 10);
            norm.forward(x, y);
            assertClose("modulated", golden.floats("modulated"), y.toArray(), TOLERANCE);
            kernels.gate(x, branch, condition.columns(20, 10), y);
            assertClose("y", golden.floats("y"), y.toArray(), TOLERANCE);

            Tensor dBranch = layers.garbage(12, 10);
            kernels.gateBackward(dy, branch, condition.columns(20, 10), dBranch, dCondition.columns(20, 10));
            assertClose("dBranch", golden.floats("dBranch"), dBranch.toArray(), TOLERANCE);
            norm.backward(x, dModulated, dy);
            assertClose("dx, the trunk's gradient included", golden.floats("dx"), dy.toArray(), TOLERANCE);
            assertClose("dCondition", golden.floats("dCondition"), dCondition.toArray(), TOLERANCE);
        }
    }
}
