package org.ldae.compute;

import static org.ldae.compute.GradientCheck.added;
import static org.ldae.compute.GradientCheck.dot;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Kernels.Biased;
import org.ldae.compute.Kernels.LayerNorm;
import org.ldae.compute.Kernels.Qkv;

/** Every backward kernel against differences of its forward one; what is added to starts at a known number. */
class KernelsGradientTest {

    private static final float BEFORE = 0.25f;
    private static final int GROUPS = 3;
    private static final int ROWS = 15;
    private static final int COLUMNS = 26;

    private final Operands make = new Operands(3);

    @AfterEach
    void free() {
        make.close();
    }

    private Tensor copy(Kernels k, Tensor of) {
        Tensor copy = make.matrix(of.rows(), of.columns());
        k.copy(of, copy);
        return copy;
    }

    private Tensor before(int rows, int columns) {
        return make.constant(rows, columns, BEFORE);
    }

    private Tensor overwritten(int rows, int columns) {
        return make.constant(rows, columns, Float.NaN);
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void layerNorm(KernelsProvider kind) {
        Kernels k = kind.kernels();
        for (float base : new float[] {0, 1}) {
            Tensor x = make.matrix(ROWS, COLUMNS);
            Tensor both = make.matrix(GROUPS, 2 * COLUMNS);
            Tensor y = overwritten(ROWS, COLUMNS);
            Tensor dy = make.matrix(ROWS, COLUMNS);
            Tensor dBoth = before(GROUPS, 2 * COLUMNS);
            Tensor dx = before(ROWS, COLUMNS);
            LayerNorm norm = new LayerNorm(x, overwritten(ROWS, 2), halves(both), base, 0.1f);
            GradientCheck.Loss loss = () -> {
                k.layerNorm(norm, y);
                return dot(dy.toArray(), y.toArray());
            };
            loss.forward();
            k.layerNormBackward(norm, dy, halves(dBoth), dx);
            GradientCheck.check("x, base " + base, x, added(dx, BEFORE), loss);
            GradientCheck.check("shift and scale, base " + base, both, added(dBoth, BEFORE), loss);
        }
    }

    /** Shift, then scale. */
    private static Affine halves(Tensor both) {
        return new Affine(both.columns(COLUMNS, COLUMNS), both.columns(0, COLUMNS));
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void gate(KernelsProvider kind) {
        Kernels k = kind.kernels();
        Tensor x = make.matrix(ROWS, COLUMNS);
        Tensor branch = make.matrix(ROWS, COLUMNS);
        Tensor gate = make.matrix(GROUPS, COLUMNS);
        Tensor y = overwritten(ROWS, COLUMNS);
        Tensor dy = make.matrix(ROWS, COLUMNS);
        Tensor dBranch = overwritten(ROWS, COLUMNS);
        Tensor dGate = before(GROUPS, COLUMNS);
        GradientCheck.Loss loss = () -> {
            k.gate(x, branch, gate, y);
            return dot(dy.toArray(), y.toArray());
        };
        k.gateBackward(dy, branch, gate, dBranch, dGate);
        GradientCheck.check("trunk", x, dy.toArray(), loss);
        GradientCheck.check("branch", branch, dBranch.toArray(), loss);
        GradientCheck.check("gate", gate, added(dGate, BEFORE), loss);
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void activations(KernelsProvider kind) {
        Kernels k = kind.kernels();
        for (Activation f : GradientCheck.SMOOTH) {
            Tensor x = make.matrix(ROWS, COLUMNS, 2);
            Tensor y = overwritten(ROWS, COLUMNS);
            Tensor dy = make.matrix(ROWS, COLUMNS);
            GradientCheck.Loss loss = () -> {
                k.activate(f, x, y);
                return dot(dy.toArray(), y.toArray());
            };
            Tensor dx = copy(k, dy);
            k.activateBackward(f, x, dx);
            GradientCheck.check(f.name(), x, dx.toArray(), loss);
            Tensor product = copy(k, dy);
            k.activate(f, new Biased(x, make.constant(1, COLUMNS, 0)), y, x);
            k.multiply(x, product);
            GradientCheck.assertClose(f + ", slope kept", dx.toArray(), product.toArray(), 1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("org.ldae.compute.Operands#kinds")
    void attention(KernelsProvider kind) {
        Kernels k = kind.kernels();
        int tokens = 5;
        int heads = 2;
        Tensor query = make.matrix(ROWS, COLUMNS);
        Tensor key = make.matrix(ROWS, COLUMNS);
        Tensor value = make.matrix(ROWS, COLUMNS);
        Qkv qkv = new Qkv(query, key, value, tokens, heads);
        Qkv dQkv = new Qkv(
                overwritten(ROWS, COLUMNS), overwritten(ROWS, COLUMNS), overwritten(ROWS, COLUMNS), tokens, heads);
        Tensor probabilities = overwritten(ROWS * heads, tokens);
        Tensor y = overwritten(ROWS, COLUMNS);
        Tensor dy = make.matrix(ROWS, COLUMNS);
        GradientCheck.Loss loss = () -> {
            k.attention(qkv, probabilities, y);
            return dot(dy.toArray(), y.toArray());
        };
        loss.forward();
        k.attentionBackward(qkv, probabilities, dy, dQkv);
        GradientCheck.check("query", query, dQkv.query().toArray(), loss);
        GradientCheck.check("key", key, dQkv.key().toArray(), loss);
        GradientCheck.check("value", value, dQkv.value().toArray(), loss);
    }
}
