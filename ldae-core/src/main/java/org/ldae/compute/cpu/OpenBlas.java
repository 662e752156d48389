package org.ldae.compute.cpu;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;
import org.ldae.compute.Kernels.Transpose;

/** The BLAS that ND4J itself loads; there wherever its native backend is. */
final class OpenBlas implements Gemm {

    @Override
    public void multiply(
            Transpose transpose,
            int rows,
            int columns,
            int inner,
            FloatPointer a,
            int strideA,
            FloatPointer b,
            int strideB,
            float beta,
            FloatPointer c,
            int strideC) {
        boolean held = BlasThreads.enterOffWorkers();
        try {
            cblas_sgemm(
                    CblasRowMajor,
                    transpose == Transpose.FIRST ? CblasTrans : CblasNoTrans,
                    transpose == Transpose.SECOND ? CblasTrans : CblasNoTrans,
                    rows,
                    columns,
                    inner,
                    1,
                    a,
                    strideA,
                    b,
                    strideB,
                    beta,
                    c,
                    strideC);
        } finally {
            if (held) {
                BlasThreads.leave();
            }
        }
    }

    @Override
    public String name() {
        return "OpenBLAS";
    }
}
