package org.ldae.compute.cpu;

import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;

/**
 * Gradients of a linear layer on the CPU, some rows at a time: those that the sums of the bias have just read into the
 * second-level cache.
 */
final class CpuLinearGradient {

    private static final int ROWS = 256;

    /** Numbers in a weight whose gradient costs too much to be read and written for every few rows. */
    private static final int LARGE_WEIGHT = 640 * 1024;

    private final Gemm gemm;
    private final BlasSums sums = new BlasSums();

    CpuLinearGradient(Gemm gemm) {
        this.gemm = gemm;
    }

    void gradient(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias) {
        boolean split = dWeight.size() <= LARGE_WEIGHT;
        int step = split ? ROWS : x.rows();
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            sums.addColumns(dy, r, n, dBias, 0);
            gemm.multiply(
                    Transpose.FIRST,
                    dWeight.rows(),
                    dWeight.columns(),
                    n,
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
