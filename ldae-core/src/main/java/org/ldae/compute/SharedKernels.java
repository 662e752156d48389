package org.ldae.compute;

import org.jspecify.annotations.Nullable;

/**
 * Kernels that split each operation over workers, for batches of fewer images than there are threads. Cut are rows, columns of
 * a product, or heads; sums over rows are made by each worker and added in their order.
 *
 * <p>Waking workers takes some microseconds, so that a small operation runs on the calling thread. So do those that take no time
 * beside products: gathering and scattering of rows, tables of positions, the loss.
 */
final class SharedKernels implements Kernels {

    /**
     * What one thread does in the time in which others wake up.
     *
     * @param product multiplications of a product
     * @param matrix numbers of a matrix passed through
     */
    record Small(long product, int matrix) {
        static final Small USUAL = new Small(1 << 23, 1 << 17);
    }

    private final Small small;
    private final Workers workers;
    private final int count;
    private final Kernels alone;
    private final Parts parts;
    private final SharedOperands operands;
    private final Workers.Task task = this::runPart;
    private final double[] squares;
    private final Tensor[] onlyX = new Tensor[1];
    private final Tensor[] onlyB = new Tensor[1];
    private final Tensor[] onlyY = new Tensor[1];

    /** A worker's part of an operation; constants, so that a call allocates nothing. */
    @FunctionalInterface
    private interface Part {
        void run(SharedKernels call, Kernels kernels, int worker);
    }

    // The call at work: its operands, cut for each worker, the one that tells which workers have a part, and numbers.
    private Part part = (call, kernels, worker) -> {};
    private Tensor[] result = new Tensor[0];
    private Tensor[] a = new Tensor[0];
    private Tensor[] b = new Tensor[0];
    private Tensor[] c = new Tensor[0];
    private Tensor[] d = new Tensor[0];
    private float number;
    private Transpose transpose = Transpose.NONE;
    private Activation activation = Activation.RELU;
    private Biased[] biased = new Biased[0];
    private LayerNorm[] norms = new LayerNorm[0];
    private Affine[] affine = new Affine[0];
    private Qkv[] qkv = new Qkv[0];
    private Qkv[] dQkv = new Qkv[0];
    private AdamState[] states = new AdamState[0];
    private AdamStep adam = new AdamStep(0.9, 0.999, 1e-8, 0);
    private Tensor[][] terms = new Tensor[0][];

    SharedKernels(Workers workers, Small small) {
        this.small = small;
        this.workers = workers;
        this.count = workers.count();
        this.alone = workers.kernels(0);
        this.parts = new Parts(count);
        this.operands = new SharedOperands(parts, count);
        this.squares = new double[count];
    }

    private void run(Part next, Tensor[] cut) {
        part = next;
        result = cut;
        workers.run(task);
    }

    private void runPart(int worker) {
        if (result[worker] != null) {
            part.run(this, workers.kernels(worker), worker);
        }
    }

    /** An operation on matrices of one shape, row by row; a small one as a single part. */
    private void eachRow(Part next, Tensor x, Tensor y) {
        if (small(y)) {
            a = onlyX;
            result = onlyY;
            onlyX[0] = x;
            onlyY[0] = y;
            next.run(this, alone, 0);
        } else {
            a = rows(x);
            run(next, rows(y));
        }
    }

    private boolean small(Tensor x) {
        return x.size() < small.matrix || x.rows() < count;
    }

    private Tensor[] rows(Tensor x) {
        return parts.rows(x, x.rows());
    }

    private Tensor[] columns(Tensor x) {
        return parts.columns(x, x.columns());
    }

    @Override
    public void gemm(Transpose how, Tensor x, Tensor y, float beta, Tensor z) {
        transpose = how;
        product((s, k, w) -> k.gemm(s.transpose, s.a[w], s.b[w], s.number, s.result[w]), how, x, y, beta, z);
    }

    @Override
    public void linear(Tensor x, Tensor weight, float beta, Tensor y) {
        product((s, k, w) -> k.linear(s.a[w], s.b[w], s.number, s.result[w]), Transpose.SECOND, x, weight, beta, y);
    }

    @Override
    public void linearBackward(Tensor dy, Tensor weight, float beta, Tensor dx) {
        product(
                (s, k, w) -> k.linearBackward(s.a[w], s.b[w], s.number, s.result[w]),
                Transpose.NONE,
                dy,
                weight,
                beta,
                dx);
    }

    /** The longer side of the result is cut: the other operand is read by all. */
    private void product(Part next, Transpose how, Tensor x, Tensor y, float beta, Tensor z) {
        number = beta;
        long inner = how == Transpose.FIRST ? x.rows() : x.columns();
        if (z.size() * inner < small.product || Math.max(z.rows(), z.columns()) < count) {
            a = onlyX;
            b = onlyB;
            result = onlyY;
            onlyX[0] = x;
            onlyB[0] = y;
            onlyY[0] = z;
            next.run(this, alone, 0);
            return;
        }
        boolean across = z.columns() > z.rows();
        if (across) {
            a = parts.whole(x);
            b = how == Transpose.SECOND ? rows(y) : columns(y);
        } else {
            a = how == Transpose.FIRST ? columns(x) : rows(x);
            b = parts.whole(y);
        }
        run(next, across ? columns(z) : rows(z));
    }

    @Override
    public void linearGradient(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        if ((long) dWeight.size() * x.rows() < small.product || dWeight.rows() < count) {
            alone.linearGradient(x, dy, dWeight, dBias);
            return;
        }
        a = parts.whole(x);
        b = columns(dy);
        c = columns(dBias);
        run((s, k, w) -> k.linearGradient(s.a[w], s.b[w], s.result[w], s.c[w]), rows(dWeight));
    }

    @Override
    public void copy(Tensor from, Tensor to) {
        eachRow((s, k, w) -> k.copy(s.a[w], s.result[w]), from, to);
    }

    @Override
    public void fill(Tensor x, float value) {
        number = value;
        eachRow((s, k, w) -> k.fill(s.result[w], s.number), x, x);
    }

    @Override
    public void addScaled(float factor, Tensor x, Tensor y) {
        number = factor;
        eachRow((s, k, w) -> k.addScaled(s.number, s.a[w], s.result[w]), x, y);
    }

    @Override
    public void scale(Tensor y, float factor) {
        number = factor;
        eachRow((s, k, w) -> k.scale(s.result[w], s.number), y, y);
    }

    @Override
    public void tile(Tensor tile, Tensor x) {
        if (small(x) || tile.rows() > 1) {
            alone.tile(tile, x);
            return;
        }
        a = parts.whole(tile);
        run((s, k, w) -> k.tile(s.a[w], s.result[w]), rows(x));
    }

    @Override
    public void addTile(Tensor x, Tensor tile, Tensor y) {
        if (small(y) || tile.rows() > 1) {
            alone.addTile(x, tile, y);
            return;
        }
        a = rows(x);
        b = parts.whole(tile);
        run((s, k, w) -> k.addTile(s.a[w], s.b[w], s.result[w]), rows(y));
    }

    @Override
    public void gatherRows(Tensor from, int[] rows, Tensor to) {
        alone.gatherRows(from, rows, to);
    }

    @Override
    public void scatterAddRows(Tensor from, int[] rows, Tensor to) {
        alone.scatterAddRows(from, rows, to);
    }

    @Override
    public void addColumnSums(Tensor x, Tensor row) {
        if (x.size() < small.matrix || x.columns() < count) {
            alone.addColumnSums(x, row);
            return;
        }
        a = columns(x);
        run((s, k, w) -> k.addColumnSums(s.a[w], s.result[w]), columns(row));
    }

    @Override
    public void layerNorm(LayerNorm norm, Tensor y) {
        if (small(y)) {
            alone.layerNorm(norm, y);
            return;
        }
        norms = operands.parts(norm);
        run((s, k, w) -> k.layerNorm(s.norms[w], s.result[w]), parts.rows(y, operands.units(norm)));
    }

    @Override
    public void layerNormBackward(LayerNorm norm, Tensor dy, Affine gradients, Tensor dx) {
        if (small(dx)) {
            alone.layerNormBackward(norm, dy, gradients, dx);
            return;
        }
        int units = operands.units(norm);
        norms = operands.parts(norm);
        a = parts.rows(dy, units);
        affine = operands.affine(gradients);
        operands.clear(alone, gradients.scale());
        operands.clear(alone, gradients.shift());
        run((s, k, w) -> k.layerNormBackward(s.norms[w], s.a[w], s.affine[w], s.result[w]), parts.rows(dx, units));
        operands.collect(alone, gradients.scale());
        operands.collect(alone, gradients.shift());
    }

    @Override
    public void gate(Tensor x, Tensor branch, Tensor gate, Tensor y) {
        if (small(y)) {
            alone.gate(x, branch, gate, y);
            return;
        }
        int units = operands.units(gate, y);
        a = parts.rows(x, units);
        b = parts.rows(branch, units);
        c = operands.perGroup(gate);
        run((s, k, w) -> k.gate(s.a[w], s.b[w], s.c[w], s.result[w]), parts.rows(y, units));
    }

    @Override
    public void gateBackward(Tensor dy, Tensor branch, Tensor gate, Tensor dBranch, Tensor dGate) {
        if (small(dy)) {
            alone.gateBackward(dy, branch, gate, dBranch, dGate);
            return;
        }
        int units = operands.units(gate, dy);
        a = parts.rows(dy, units);
        b = parts.rows(branch, units);
        c = operands.perGroup(gate);
        d = operands.sums(dGate);
        operands.clear(alone, dGate);
        run((s, k, w) -> k.gateBackward(s.a[w], s.b[w], s.c[w], s.result[w], s.d[w]), parts.rows(dBranch, units));
        operands.collect(alone, dGate);
    }

    @Override
    public void activate(Activation f, Tensor x, Tensor y) {
        activation = f;
        eachRow((s, k, w) -> k.activate(s.activation, s.a[w], s.result[w]), x, y);
    }

    @Override
    public void activate(Activation f, Biased input, Tensor y, @Nullable Tensor slope) {
        if (small(y)) {
            alone.activate(f, input, y, slope);
            return;
        }
        activation = f;
        biased = operands.parts(input);
        if (slope == null) {
            run((s, k, w) -> k.activate(s.activation, s.biased[w], s.result[w], null), rows(y));
        } else {
            a = rows(slope);
            run((s, k, w) -> k.activate(s.activation, s.biased[w], s.result[w], s.a[w]), rows(y));
        }
    }

    @Override
    public void multiply(Tensor x, Tensor y) {
        eachRow((s, k, w) -> k.multiply(s.a[w], s.result[w]), x, y);
    }

    @Override
    public void activateBackward(Activation f, Tensor x, Tensor gradient) {
        activation = f;
        eachRow((s, k, w) -> k.activateBackward(s.activation, s.a[w], s.result[w]), x, gradient);
    }

    /** One image is cut into heads, several into images. */
    @Override
    public void attention(Qkv x, Tensor probabilities, Tensor y) {
        if (x.query().size() * (long) x.tokens() < small.product) {
            alone.attention(x, probabilities, y);
            return;
        }
        qkv = operands.parts(x);
        a = operands.blocks(x, probabilities);
        run((s, k, w) -> k.attention(s.qkv[w], s.a[w], s.result[w]), operands.tokens(x, y));
    }

    @Override
    public void attentionBackward(Qkv x, Tensor probabilities, Tensor dy, Qkv dx) {
        if (x.query().size() * (long) x.tokens() < small.product) {
            alone.attentionBackward(x, probabilities, dy, dx);
            return;
        }
        qkv = operands.parts(x);
        dQkv = operands.parts(dx);
        a = operands.blocks(x, probabilities);
        run((s, k, w) -> k.attentionBackward(s.qkv[w], s.a[w], s.result[w], s.dQkv[w]), operands.tokens(x, dy));
    }

    @Override
    public void scaleRows(Tensor x, float[] weights) {
        alone.scaleRows(x, weights);
    }

    @Override
    public void squares(Tensor x, double[] sums) {
        alone.squares(x, sums);
    }

    @Override
    public double sum(Tensor[] of) {
        if (small(of[0])) {
            return alone.sum(of);
        }
        terms = operands.parts(of);
        run((s, k, w) -> s.squares[w] = k.sum(s.terms[w]), rows(of[0]));
        double total = 0;
        for (double each : squares) {
            total += each;
        }
        return total;
    }

    @Override
    public void adamw(AdamStep step, AdamState state) {
        if (small(state.value())) {
            alone.adamw(step, state);
            return;
        }
        adam = step;
        states = operands.parts(state);
        run((s, k, w) -> k.adamw(s.adam, s.states[w]), rows(state.value()));
    }

    /** Convolutions run on one thread: what uses them cuts images itself. */
    @Override
    public ImageKernels images() {
        return alone.images();
    }
}
