package org.ldae.compute;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sasum;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

/**
 * Gradients of a linear layer on the CPU, some rows at a time.
 *
 * <p>OpenBLAS packs an operand that is transposed this way in strides of a row, waiting for memory at every step: up to a
 * third of the product's time. A few rows at a time, read once from end to end, are in the second-level cache by then. The
 * sums of the bias are such a reading.
 */
final class CpuLinearGradient {

    private static final int ROWS = 128;

    /** Numbers in a weight whose gradient costs too much to be read and written for every few rows. */
    private static final int LARGE_WEIGHT = 640 * 1024;

    private final BlasSums sums = new BlasSums();

    void gradient(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        boolean split = dWeight.size() <= LARGE_WEIGHT;
        int step = split ? ROWS : x.rows();
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            sums.addColumns(dy, r, n, dBias, 0);
            if (split && x.contiguous()) {
                cblas_sasum(n * x.columns(), x.at(r, 0), 1);
            }
            cblas_sgemm(
                    CblasRowMajor,
                    CblasTrans,
                    CblasNoTrans,
                    dWeight.rows(),
                    dWeight.columns(),
                    n,
                    1,
                    dy.at(r, 0),
                    dy.stride(),
                    x.at(r, 0),
                    x.stride(),
                    1,
                    dWeight.at(0, 0),
                    dWeight.stride());
        }
    }
}
