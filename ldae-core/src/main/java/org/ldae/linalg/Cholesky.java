package org.ldae.linalg;

import org.bytedeco.javacpp.DoublePointer;
import org.ldae.compute.Workers;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * {@code A + shift I = L L'} in double, a panel of columns at a time, with matrix products by BLAS.
 *
 * <p>Not LAPACK's dpotrf: the one in OpenBLAS 0.3.19, which ND4J 1.0.0-M2.1 brings, factorises wrongly on processors with
 * AVX-512 beyond 32 columns.
 */
public final class Cholesky implements AutoCloseable {

    private static final int PANEL = 64;

    private final INDArray factor; // [S, S] 'f', the lower triangle
    private final int size;

    /**
     * Factorises, on the calling thread.
     *
     * @param matrix symmetric {@code [S, S]} float64, positive definite with the shift; not changed
     * @param shift added to its diagonal, at least 0
     */
    public Cholesky(INDArray matrix, double shift) {
        this.size = (int) matrix.size(0);
        this.factor = Workers.withSingleThreadedBlas(() -> factor(matrix, shift));
    }

    private static INDArray factor(INDArray matrix, double shift) {
        INDArray factor = matrix.dup('f');
        long size = matrix.size(0);
        for (long from = 0; from < size; from += PANEL) {
            long to = Math.min(size, from + PANEL);
            try (INDArray panel = updatedPanel(factor, from, to)) {
                double[] columns = new double[(int) panel.length()];
                panel.data().asNioDouble().get(columns);
                factorize(columns, (int) (size - from), (int) (to - from), shift);
                try (INDArray done = Nd4j.create(columns, panel.shape(), 'f')) {
                    block(factor, from, from, to).assign(done);
                }
            }
        }
        return factor;
    }

    /** The panel less what the columns before it account for: {@code [S - from, to - from]} 'f'. */
    private static INDArray updatedPanel(INDArray factor, long from, long to) {
        INDArray panel = block(factor, from, from, to).dup('f');
        if (from > 0) {
            INDArray across = factor.get(NDArrayIndex.interval(from, to), NDArrayIndex.interval(0, from));
            Nd4j.gemm(block(factor, from, 0, from), across, panel, false, true, -1, 1);
        }
        return panel;
    }

    /** Some columns from a row on. */
    private static INDArray block(INDArray factor, long fromRow, long fromColumn, long toColumn) {
        return factor.get(NDArrayIndex.interval(fromRow, factor.size(0)), NDArrayIndex.interval(fromColumn, toColumn));
    }

    private static void factorize(double[] columns, int height, int width, double shift) {
        for (int c = 0; c < width; c++) {
            int column = c * height;
            columns[column + c] += shift;
            for (int p = 0; p < c; p++) {
                double multiple = columns[p * height + c];
                for (int i = c; i < height; i++) {
                    columns[column + i] -= multiple * columns[p * height + i];
                }
            }
            double pivot = columns[column + c];
            if (!(pivot > 0)) {
                throw new IllegalArgumentException(
                        "l2: expected a penalty that makes the normal equations definite in double, got %s; take a larger one"
                                .formatted(shift));
            }
            double scale = 1 / Math.sqrt(pivot);
            for (int i = c; i < height; i++) {
                columns[column + i] *= scale;
            }
        }
    }

    /**
     * Solves {@code L L' X = B} in place.
     *
     * @param x B on entry and X afterwards, one right-hand side of S numbers a row
     */
    public void solve(double[][] x) {
        // A buffer of NIO's ends at 2^31 bytes.
        DoublePointer columns = new DoublePointer(factor.data().addressPointer());
        double[] column = new double[size];
        for (int j = 0; j < size; j++) {
            columns.position((long) j * size).get(column);
            scale(x[j], 1 / column[j]);
            for (int i = j + 1; i < size; i++) {
                addScaled(x[i], -column[i], x[j]);
            }
        }
        for (int j = size - 1; j >= 0; j--) {
            columns.position((long) j * size).get(column);
            for (int i = j + 1; i < size; i++) {
                addScaled(x[j], -column[i], x[i]);
            }
            scale(x[j], 1 / column[j]);
        }
    }

    private static void scale(double[] vector, double factor) {
        for (int k = 0; k < vector.length; k++) {
            vector[k] *= factor;
        }
    }

    private static void addScaled(double[] target, double factor, double[] vector) {
        for (int k = 0; k < target.length; k++) {
            target[k] += factor * vector[k];
        }
    }

    @Override
    public void close() {
        factor.close();
    }
}
