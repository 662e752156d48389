package org.ldae.compute;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.util.Arrays;
import org.ldae.compute.CpuModulation.Groups;

/**
 * Kernels for ND4J's native backend: the sgemm ND4J itself loads, called directly (a 16 x 16 x 32 product takes 0.3
 * microseconds, against tens through {@code Nd4j.gemm}), and fused loops over rows staged in the first-level cache.
 */
final class CpuKernels implements Kernels {

    private final CpuAttention attention = new CpuAttention();
    private final CpuModulation modulation = new CpuModulation();
    private final ImageKernels images = new CpuImageKernels(this);
    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];
    private float[] d = new float[0];

    @Override
    public void gemm(Transpose transpose, Tensor x, Tensor y, float beta, Tensor z) {
        boolean first = transpose == Transpose.FIRST;
        boolean second = transpose == Transpose.SECOND;
        cblas_sgemm(
                CblasRowMajor,
                first ? CblasTrans : CblasNoTrans,
                second ? CblasTrans : CblasNoTrans,
                z.rows(),
                z.columns(),
                first ? x.rows() : x.columns(),
                1,
                x.at(0, 0),
                x.stride(),
                y.at(0, 0),
                y.stride(),
                beta,
                z.at(0, 0),
                z.stride());
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        reserve(from.columns());
        int step = Staging.rowsAtOnce(from.columns());
        for (int r = 0; r < from.rows(); r += step) {
            int n = Math.min(step, from.rows() - r);
            Staging.load(from, r, n, a);
            Staging.store(to, r, n, a);
        }
    }

    @Override
    public void fill(Tensor x, float value) {
        reserve(x.columns());
        int step = Staging.rowsAtOnce(x.columns());
        Arrays.fill(a, 0, step * x.columns(), value);
        for (int r = 0; r < x.rows(); r += step) {
            Staging.store(x, r, Math.min(step, x.rows() - r), a);
        }
    }

    @Override
    public void addScaled(float factor, Tensor x, Tensor y) {
        reserve(x.columns());
        int step = Staging.rowsAtOnce(x.columns());
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            int m = n * x.columns();
            Staging.load(x, r, n, a);
            Staging.load(y, r, n, b);
            for (int i = 0; i < m; i++) {
                b[i] += factor * a[i];
            }
            Staging.store(y, r, n, b);
        }
    }

    @Override
    public void scale(Tensor y, float factor) {
        reserve(y.columns());
        int step = Staging.rowsAtOnce(y.columns());
        for (int r = 0; r < y.rows(); r += step) {
            int n = Math.min(step, y.rows() - r);
            int m = n * y.columns();
            Staging.load(y, r, n, a);
            for (int i = 0; i < m; i++) {
                a[i] *= factor;
            }
            Staging.store(y, r, n, a);
        }
    }

    @Override
    public void tile(Tensor tile, float beta, Tensor x) {
        int columns = x.columns();
        reserve(columns);
        for (int t = 0; t < tile.rows(); t++) {
            Staging.load(tile, t, 1, a);
            for (int r = t; r < x.rows(); r += tile.rows()) {
                if (beta == 0) {
                    Staging.store(x, r, 1, a);
                    continue;
                }
                Staging.load(x, r, 1, b);
                for (int j = 0; j < columns; j++) {
                    b[j] += a[j];
                }
                Staging.store(x, r, 1, b);
            }
        }
    }

    @Override
    public void gatherRows(Tensor from, int[] rows, Tensor to) {
        for (int r = 0; r < rows.length; r++) {
            to.host().put(to.index(r), from.host(), from.index(rows[r]), to.columns());
        }
    }

    @Override
    public void scatterAddRows(Tensor from, int[] rows, Tensor to) {
        reserve(from.columns());
        for (int r = 0; r < rows.length; r++) {
            Staging.load(from, r, 1, a);
            Staging.load(to, rows[r], 1, b);
            FastMath.add(a, 0, b, from.columns());
            Staging.store(to, rows[r], 1, b);
        }
    }

    @Override
    public void addColumnSums(Tensor x, Tensor row) {
        int columns = x.columns();
        reserve(columns);
        Staging.load(row, 0, 1, b);
        int step = Staging.rowsAtOnce(columns);
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            for (int k = 0; k < n; k++) {
                FastMath.add(a, k * columns, b, columns);
            }
        }
        Staging.store(row, 0, 1, b);
    }

    @Override
    public void layerNorm(Tensor x, float epsilon, Tensor normalised, Tensor inverseDeviation) {
        int columns = x.columns();
        reserve(columns);
        int step = Staging.rowsAtOnce(columns);
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            for (int k = 0; k < n; k++) {
                int at = k * columns;
                float mean = FastMath.sum(a, at, columns) / columns;
                for (int j = at; j < at + columns; j++) {
                    a[j] -= mean;
                }
                float variance = FastMath.dot(a, a, at, columns) / columns;
                float inverse = (float) (1 / Math.sqrt(variance + epsilon));
                for (int j = at; j < at + columns; j++) {
                    a[j] *= inverse;
                }
                inverseDeviation.host().put(inverseDeviation.index(r + k), inverse);
            }
            Staging.store(normalised, r, n, a);
        }
    }

    @Override
    public void layerNormBackward(Tensor dNormalised, Tensor normalised, Tensor inverseDeviation, Tensor dx) {
        int columns = dx.columns();
        reserve(columns);
        int step = Staging.rowsAtOnce(columns);
        for (int r = 0; r < dx.rows(); r += step) {
            int n = Math.min(step, dx.rows() - r);
            Staging.load(dNormalised, r, n, a);
            Staging.load(normalised, r, n, b);
            Staging.load(dx, r, n, c);
            for (int k = 0; k < n; k++) {
                int at = k * columns;
                float inverse = inverseDeviation.host().get(inverseDeviation.index(r + k));
                float mean = FastMath.sum(a, at, columns) / columns;
                float projection = FastMath.dot(a, b, at, columns) / columns;
                for (int j = at; j < at + columns; j++) {
                    c[j] += inverse * (a[j] - mean - b[j] * projection);
                }
            }
            Staging.store(dx, r, n, c);
        }
    }

    @Override
    public void modulate(Tensor x, float base, Tensor scale, Tensor shift, Tensor y) {
        modulation.modulate(x, base, new Groups(scale, shift), y);
    }

    @Override
    public void modulateBackward(Tensor x, float base, Tensor scale, Tensor dy, Tensor dScale, Tensor dShift) {
        modulation.modulateBackward(x, base, dy, scale, new Groups(dScale, dShift));
    }

    @Override
    public void gate(Tensor x, Tensor branch, Tensor gate, Tensor y) {
        modulation.gate(x, branch, gate, y);
    }

    @Override
    public void gateBackward(Tensor dy, Tensor branch, Tensor gate, Tensor dBranch, Tensor dGate) {
        modulation.gateBackward(dy, branch, gate, dBranch, dGate);
    }

    @Override
    public void activate(Activation f, Tensor x, Tensor y) {
        reserve(x.columns());
        int step = Staging.rowsAtOnce(x.columns());
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            FastMath.activate(f, a, b, n * x.columns());
            Staging.store(y, r, n, b);
        }
    }

    @Override
    public void activateBackward(Activation f, Tensor x, Tensor gradient) {
        reserve(x.columns());
        int step = Staging.rowsAtOnce(x.columns());
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            Staging.load(gradient, r, n, b);
            FastMath.activateBackward(f, a, b, n * x.columns());
            Staging.store(gradient, r, n, b);
        }
    }

    @Override
    public void attention(Qkv qkv, Tensor probabilities, Tensor y) {
        attention.forward(qkv, probabilities, y);
    }

    @Override
    public void attentionBackward(Qkv qkv, Tensor probabilities, Tensor dy, Qkv dQkv) {
        attention.backward(qkv, probabilities, dy, dQkv);
    }

    @Override
    public void scaleRows(Tensor x, float[] weights) {
        int group = x.rows() / weights.length;
        reserve(x.columns());
        for (int r = 0; r < x.rows(); r++) {
            float w = weights[r / group];
            Staging.load(x, r, 1, a);
            for (int j = 0; j < x.columns(); j++) {
                a[j] *= w;
            }
            Staging.store(x, r, 1, a);
        }
    }

    @Override
    public double weightedSquares(Tensor x, float[] weights) {
        int group = x.rows() / weights.length;
        int step = Math.min(group, Staging.rowsAtOnce(x.columns()));
        reserve(x.columns());
        double total = 0;
        for (int g = 0; g < weights.length; g++) {
            double sum = 0;
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                Staging.load(x, r, n, a);
                sum += FastMath.sumOfSquares(a, n * x.columns());
            }
            total += weights[g] * sum;
        }
        return total;
    }

    @Override
    public void adamw(AdamStep u, AdamState state) {
        int columns = state.value().columns();
        int step = Staging.rowsAtOnce(columns);
        reserve(columns);
        for (int r = 0; r < state.value().rows(); r += step) {
            int n = Math.min(step, state.value().rows() - r);
            Staging.load(state.value(), r, n, a);
            Staging.load(state.gradient(), r, n, b);
            Staging.load(state.first(), r, n, c);
            Staging.load(state.second(), r, n, d);
            adamw(u, n * columns);
            Staging.store(state.value(), r, n, a);
            Staging.store(state.first(), r, n, c);
            Staging.store(state.second(), r, n, d);
        }
    }

    private void adamw(AdamStep u, int n) {
        float beta1 = (float) u.beta1();
        float beta2 = (float) u.beta2();
        float rest1 = (float) (1 - u.beta1());
        float rest2 = (float) (1 - u.beta2());
        float rate = (float) u.rate() * u.correction1();
        float correction = u.correction2();
        float epsilon = (float) u.epsilon();
        for (int i = 0; i < n; i++) {
            float g = b[i];
            float m = beta1 * c[i] + rest1 * g;
            float v = beta2 * d[i] + rest2 * g * g;
            c[i] = m;
            d[i] = v;
            a[i] = a[i] - rate * m / ((float) Math.sqrt(v * correction) + epsilon);
        }
    }

    @Override
    public void blend(Tensor average, Tensor value, float decay) {
        scale(average, decay);
        addScaled(1 - decay, value, average);
    }

    @Override
    public ImageKernels images() {
        return images;
    }

    private void reserve(int columns) {
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        c = Staging.room(c, columns);
        d = Staging.room(d, columns);
    }
}
