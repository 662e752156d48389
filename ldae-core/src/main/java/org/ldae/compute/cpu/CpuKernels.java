package org.ldae.compute.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.AdamStep;
import org.ldae.compute.ImageKernels;
import org.ldae.compute.Kernels;
import org.ldae.compute.Tensor;

/**
 * Kernels for ND4J's native backend: a {@link Gemm} called directly (a 16 x 16 x 32 product takes 0.3 microseconds, against
 * tens through {@code Nd4j.gemm}), and fused loops over rows staged in the first-level cache.
 */
final class CpuKernels implements Kernels {

    /** Squares that are added in single precision before they join a sum in double. */
    private static final int CHUNKS_A_SUM = 8;

    private final Gemm gemm;
    private final Gemm ofLayers;
    private final CpuAdamW optimiser = new CpuAdamW();
    private final CpuLinearGradient linear;
    private final CpuAttention attention;
    private final CpuLayerNorm layerNorm = new CpuLayerNorm();
    private final CpuGate gates = new CpuGate();
    private final CpuActivation activation = new CpuActivation();
    private final ImageKernels images;
    private final BlasSums sums = new BlasSums();
    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];
    private final List<float[]> tree = new ArrayList<>();

    public CpuKernels(Gemm gemm) {
        this(gemm, gemm);
    }

    /**
     * Kernels with two kinds of products.
     *
     * @param gemm of whoever asks for a product
     * @param ofLayers of linear layers and attention
     */
    CpuKernels(Gemm gemm, Gemm ofLayers) {
        this.gemm = gemm;
        this.ofLayers = ofLayers;
        linear = new CpuLinearGradient(ofLayers);
        attention = new CpuAttention(ofLayers);
        images = new CpuImageKernels(this, gemm);
    }

    @Override
    public void gemm(Transpose transpose, Tensor x, Tensor y, float beta, Tensor z) {
        product(gemm, transpose, x, y, beta, z);
    }

    @Override
    public void linear(Tensor x, Tensor weight, float beta, Tensor y) {
        product(ofLayers, Transpose.SECOND, x, weight, beta, y);
    }

    @Override
    public void linearBackward(Tensor dy, Tensor weight, float beta, Tensor dx) {
        product(ofLayers, Transpose.NONE, dy, weight, beta, dx);
    }

    private static void product(Gemm by, Transpose transpose, Tensor x, Tensor y, float beta, Tensor z) {
        by.multiply(
                transpose,
                z.rows(),
                z.columns(),
                transpose == Transpose.FIRST ? x.rows() : x.columns(),
                x.at(0, 0),
                x.stride(),
                y.at(0, 0),
                y.stride(),
                beta,
                z.at(0, 0),
                z.stride());
    }

    @Override
    public void linearGradient(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        linear.gradient(x, dy, dWeight, dBias);
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
    public void tile(Tensor tile, Tensor x) {
        int columns = x.columns();
        reserve(columns);
        int step = Staging.rowsAtOnce(columns);
        int copies = Math.max(1, step / tile.rows());
        for (int first = 0; first < tile.rows(); first += step) {
            int n = loadTile(tile, first, copies);
            for (int r = first; r < x.rows(); r += copies * tile.rows()) {
                Staging.store(x, r, Math.min(n, x.rows() - r), a);
            }
        }
    }

    @Override
    public void addTile(Tensor x, Tensor tile, Tensor y) {
        int columns = x.columns();
        reserve(columns);
        int step = Staging.rowsAtOnce(columns);
        int copies = Math.max(1, step / tile.rows());
        for (int first = 0; first < tile.rows(); first += step) {
            int n = loadTile(tile, first, copies);
            for (int r = first; r < x.rows(); r += copies * tile.rows()) {
                int count = Math.min(n, x.rows() - r);
                Staging.load(x, r, count, b);
                Loops.add(a, b, count * columns);
                Staging.store(y, r, count, b);
            }
        }
    }

    /** Stages rows of a tile from the first on, several times if all fit; returns how many rows that makes. */
    private int loadTile(Tensor tile, int first, int copies) {
        int n = Math.min(Staging.rowsAtOnce(tile.columns()), tile.rows() - first);
        Staging.load(tile, first, n, a);
        Staging.repeat(a, n * tile.columns(), copies * n * tile.columns());
        return copies * n;
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
            Loops.add(a, b, from.columns());
            Staging.store(to, rows[r], 1, b);
        }
    }

    @Override
    public void addColumnSums(Tensor x, Tensor row) {
        int columns = x.columns();
        reserve(columns);
        int step = Staging.rowsAtOnce(columns);
        Arrays.fill(b, 0, step * columns, 0);
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            Loops.add(a, b, n * columns);
        }
        sums.addColumns(b, Math.min(step, x.rows()), row, 0);
    }

    @Override
    public void layerNorm(LayerNorm norm, Tensor y) {
        layerNorm.forward(norm, y);
    }

    @Override
    public void layerNormBackward(LayerNorm norm, Tensor dy, Affine gradients, Tensor dx) {
        layerNorm.backward(norm, dy, gradients, dx);
    }

    @Override
    public void gate(Tensor x, Tensor branch, Tensor gate, Tensor y) {
        gates.forward(x, branch, gate, y);
    }

    @Override
    public void gateBackward(Tensor dy, Tensor branch, Tensor gate, Tensor dBranch, Tensor dGate) {
        gates.backward(dy, branch, gate, dBranch, dGate);
    }

    @Override
    public void activate(Activation f, Tensor x, Tensor y) {
        activation.forward(f, x, y);
    }

    @Override
    public void activate(Activation f, Biased input, Tensor y, @Nullable Tensor slope) {
        activation.forward(f, input, y, slope);
    }

    @Override
    public void multiply(Tensor x, Tensor y) {
        reserve(x.columns());
        int step = Staging.rowsAtOnce(x.columns());
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            Staging.load(y, r, n, b);
            Loops.multiply(a, b, n * x.columns());
            Staging.store(y, r, n, b);
        }
    }

    @Override
    public void activateBackward(Activation f, Tensor x, Tensor d) {
        activation.backward(f, x, d);
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
    public void squares(Tensor x, double[] sums) {
        int group = x.rows() / sums.length;
        int step = Math.min(group, Staging.rowsAtOnce(x.columns()));
        reserve(x.columns());
        for (int g = 0; g < sums.length; g++) {
            double sum = 0;
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                Staging.load(x, r, n, a);
                sum += Loops.sumOfSquares(a, n * x.columns());
            }
            sums[g] = sum;
        }
    }

    @Override
    public double sum(Tensor[] terms) {
        Tensor sum = terms[0];
        int columns = sum.columns();
        int step = Staging.rowsAtOnce(columns);
        reserve(columns);
        Arrays.fill(c, 0, step * columns, 0);
        double squares = 0;
        int chunks = 0;
        for (int r = 0; r < sum.rows(); r += step) {
            int n = Math.min(step, sum.rows() - r);
            float[] total = total(terms, 0, terms.length, r, n, 0);
            if (terms.length > 1) {
                Staging.store(sum, r, n, total);
            }
            Loops.addSquares(total, c, n * columns);
            if (++chunks % CHUNKS_A_SUM == 0) {
                squares += Loops.total(c, step * columns);
                Arrays.fill(c, 0, step * columns, 0);
            }
        }
        return squares + Loops.total(c, step * columns);
    }

    /** Rows of terms [from, to) added as a tree, in the array of its depth. */
    private float[] total(Tensor[] terms, int from, int to, int row, int count, int depth) {
        int columns = terms[from].columns();
        if (depth == tree.size()) {
            tree.add(new float[0]);
        }
        if (to - from == 1) {
            float[] only = Staging.room(tree.get(depth), columns);
            tree.set(depth, only);
            Staging.load(terms[from], row, count, only);
            return only;
        }
        int middle = from + Integer.highestOneBit(to - from - 1);
        float[] left = total(terms, from, middle, row, count, depth);
        Loops.add(total(terms, middle, to, row, count, depth + 1), left, count * columns);
        return left;
    }

    @Override
    public void adamw(AdamStep step, AdamState state) {
        optimiser.update(step, state);
    }

    @Override
    public ImageKernels images() {
        return images;
    }

    private void reserve(int columns) {
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        c = Staging.room(c, columns);
    }
}
