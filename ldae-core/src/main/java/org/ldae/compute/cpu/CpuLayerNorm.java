package org.ldae.compute.cpu;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Kernels.LayerNorm;
import org.ldae.compute.Tensor;

/** Layer normalisation on the CPU, scale and shift in the same pass over memory, in staged rows. */
final class CpuLayerNorm {

    private final BlasSums sums = new BlasSums();
    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];
    private float[] scale = new float[0];
    private float[] shift = new float[0];
    private float[] moments = new float[0];
    private float[] projections = new float[0];
    private @Nullable Tensor weights;

    void forward(LayerNorm norm, Tensor y) {
        int columns = norm.x().columns();
        reserve(columns);
        int group = norm.x().rows() / norm.groups();
        int step = Math.min(group, Staging.rowsAtOnce(columns));
        for (int g = 0; g < norm.groups(); g++) {
            Staging.loadRepeated(norm.affine().scale(), g, step, scale);
            Loops.add(scale, step * columns, norm.base());
            Staging.loadRepeated(norm.affine().shift(), g, step, shift);
            for (int r = g * group; r < (g + 1) * group; r += step) {
                forward(norm, r, Math.min(step, (g + 1) * group - r), y);
            }
        }
    }

    private void forward(LayerNorm norm, int row, int count, Tensor y) {
        int columns = y.columns();
        Staging.load(norm.x(), row, count, a);
        float[] totals = sums.ofRows(norm.x(), row, count);
        for (int k = 0; k < count; k++) {
            moments[2 * k] = totals[k] / columns;
            Loops.centre(a, b, k * columns, (k + 1) * columns, moments[2 * k]);
        }
        totals = sums.ofRows(b, count, columns); // of squares
        for (int k = 0; k < count; k++) {
            float inverse = (float) (1 / Math.sqrt(totals[k] / columns + norm.epsilon()));
            moments[2 * k + 1] = inverse;
            Loops.modulate(a, scale, shift, k * columns, (k + 1) * columns, inverse);
        }
        Staging.store(y, row, count, a);
        Staging.store(norm.moments(), row, count, moments);
    }

    void backward(LayerNorm norm, Tensor dy, Affine gradients, Tensor dx) {
        int columns = dx.columns();
        reserve(columns);
        int group = dx.rows() / norm.groups();
        int step = Math.min(group, Staging.rowsAtOnce(columns));
        for (int g = 0; g < norm.groups(); g++) {
            Staging.loadRepeated(norm.affine().scale(), g, step, scale);
            Loops.add(scale, step * columns, norm.base());
            Tensor perColumn = weights(columns);
            Staging.store(perColumn, 0, 1, scale);
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                sums.addColumns(dy, r, n, gradients.shift(), g);
                Tensor products = products(norm, r, n, dy);
                sums.addColumns(products, 0, n, gradients.scale(), g);
                System.arraycopy(sums.ofRows(products, 0, n, perColumn), 0, projections, 0, n);
                backward(sums.ofRows(dy, r, n, perColumn), r, n, dx);
            }
        }
    }

    /** Leaves dy in a, the normalised input n in b and the moments; gives {@code dy n}. */
    private Tensor products(LayerNorm norm, int row, int count, Tensor dy) {
        int columns = dy.columns();
        Staging.load(norm.x(), row, count, b);
        Staging.load(norm.moments(), row, count, moments);
        for (int k = 0; k < count; k++) {
            Loops.normalise(b, k * columns, (k + 1) * columns, moments[2 * k], moments[2 * k + 1]);
        }
        Staging.load(dy, row, count, a);
        Loops.multiply(a, b, c, count * columns);
        Tensor products = sums.room(count, columns);
        Staging.store(products, 0, count, c);
        return products;
    }

    /** {@code dx += inverse (scale dy - mean(scale dy) - n mean(scale dy n))}. */
    private void backward(float[] totals, int row, int count, Tensor dx) {
        int columns = dx.columns();
        Staging.load(dx, row, count, c);
        Loops.multiply(scale, a, count * columns);
        for (int k = 0; k < count; k++) {
            float inverse = moments[2 * k + 1];
            float mean = inverse * totals[k] / columns;
            float projection = inverse * projections[k] / columns;
            int at = k * columns;
            for (int j = at; j < at + columns; j++) {
                c[j] += inverse * a[j] - mean - projection * b[j];
            }
        }
        Staging.store(dx, row, count, c);
    }

    private Tensor weights(int columns) {
        if (weights == null || weights.columns() != columns) {
            if (weights != null) {
                weights.close();
            }
            weights = Tensor.zeros(1, columns);
        }
        return weights;
    }

    private void reserve(int columns) {
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        c = Staging.room(c, columns);
        scale = Staging.room(scale, columns);
        shift = Staging.room(shift, columns);
        moments = Staging.room(moments, columns);
        projections = Staging.room(projections, columns);
    }
}
