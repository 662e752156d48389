package org.ldae.compute.cpu;

import org.ldae.compute.Tensor;

/** Softmax over rows of scores and its backward pass, in place. One instance belongs to one thread. */
final class Softmax {

    private final Exponential exponential = new Exponential();
    private final BlasSums sums = new BlasSums();
    private float[] a = new float[0];
    private float[] b = new float[0];

    /** Rows [row, row + count): {@code softmax(factor x)}. */
    void forward(Tensor x, int row, int count, float factor) {
        int columns = x.columns();
        a = Staging.room(a, columns);
        int step = Staging.rowsAtOnce(columns);
        for (int r = row; r < row + count; r += step) {
            int n = Math.min(step, row + count - r);
            Staging.load(x, r, n, a);
            for (int k = 0; k < n; k++) {
                int at = k * columns;
                Loops.shift(a, at, at + columns, -Loops.max(a, at, at + columns), factor);
            }
            exponential.apply(a, n * columns);
            Staging.store(x, r, n, a);
            float[] total = sums.ofRows(x, r, n);
            for (int k = 0; k < n; k++) {
                Loops.scale(a, k * columns, (k + 1) * columns, 1 / total[k]);
            }
            Staging.store(x, r, n, a);
        }
    }

    /** Turns the gradients of all rows of d, those of p's rows from row on, into those of the scores. */
    void backward(Tensor p, int row, Tensor d, float factor) {
        int columns = p.columns();
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        int step = Staging.rowsAtOnce(columns);
        for (int r = 0; r < d.rows(); r += step) {
            int n = Math.min(step, d.rows() - r);
            Staging.load(p, row + r, n, a);
            Staging.load(d, r, n, b);
            Loops.multiply(a, b, n * columns);
            Staging.store(d, r, n, b); // p d
            float[] total = sums.ofRows(d, r, n);
            for (int k = 0; k < n; k++) {
                Loops.subtractScaled(a, b, k * columns, (k + 1) * columns, total[k]);
            }
            Loops.scale(b, 0, n * columns, factor);
            Staging.store(d, r, n, b); // factor p (d - sum of p d)
        }
    }
}
