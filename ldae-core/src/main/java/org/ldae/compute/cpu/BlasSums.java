package org.ldae.compute.cpu;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;

/**
 * Sums along rows and down columns as products with a vector: BLAS adds 10 numbers a nanosecond, a Java loop 1.5, since the
 * JIT compiler keeps the order of float additions. One instance belongs to one thread.
 */
final class BlasSums {

    private float[] staged = new float[0];
    private @Nullable Tensor ones;
    private @Nullable Tensor sums;
    private @Nullable Tensor copy;

    /** Sums of rows [row, row + count), valid until the next call. */
    float[] ofRows(Tensor x, int row, int count) {
        return ofRows(x, row, count, ones(x.columns()));
    }

    /** Products of rows [row, row + count) with a weight a column, a matrix of one row; valid until the next call. */
    float[] ofRows(Tensor x, int row, int count, Tensor weights) {
        Tensor result = sums(count);
        multiply(CblasNoTrans, x, row, count, weights.at(0, 0), 0, result.at(0, 0));
        result.host().get(result.index(0), staged, 0, count);
        return staged;
    }

    /** {@code target[row] += } the sums down the columns of rows [from, from + count) of x. */
    void addColumns(Tensor x, int from, int count, Tensor target, int row) {
        multiply(CblasTrans, x, from, count, ones(count).at(0, 0), 1, target.at(row, 0));
    }

    /** {@code y = M v + beta y} of some rows M of x or what they are transposed, on this thread alone. */
    private static void multiply(
            int transpose, Tensor x, int row, int count, FloatPointer v, float beta, FloatPointer y) {
        boolean held = BlasThreads.enterOffWorkers();
        try {
            cblas_sgemv(CblasRowMajor, transpose, count, x.columns(), 1, x.at(row, 0), x.stride(), v, 1, beta, y, 1);
        } finally {
            if (held) {
                BlasThreads.leave();
            }
        }
    }

    /** {@code target[row] += } the sums down the columns of some staged rows. */
    void addColumns(float[] rows, int count, Tensor target, int row) {
        Tensor direct = room(count, target.columns());
        Staging.store(direct, 0, count, rows);
        addColumns(direct, 0, count, target, row);
    }

    /** Sums of some staged rows, valid until the next call. */
    float[] ofRows(float[] rows, int count, int columns) {
        Tensor direct = room(count, columns);
        Staging.store(direct, 0, count, rows);
        return ofRows(direct, 0, count);
    }

    /** A matrix in direct memory with room for some rows of staged numbers, the same on every call of one shape. */
    Tensor room(int rows, int columns) {
        if (copy == null || copy.rows() < rows || copy.columns() != columns) {
            close(copy);
            copy = Tensor.zeros(rows, columns);
        }
        return copy;
    }

    private Tensor ones(int count) {
        if (ones == null || ones.columns() < count) {
            close(ones);
            float[] numbers = new float[Math.max(1024, count)];
            java.util.Arrays.fill(numbers, 1);
            ones = Tensor.zeros(1, numbers.length);
            ones.put(numbers);
        }
        return ones;
    }

    private Tensor sums(int count) {
        if (sums == null || sums.columns() < count) {
            close(sums);
            sums = Tensor.zeros(1, Math.max(1024, count));
            staged = new float[sums.columns()];
        }
        return sums;
    }

    private static void close(@Nullable Tensor tensor) {
        if (tensor != null) {
            tensor.close();
        }
    }
}
