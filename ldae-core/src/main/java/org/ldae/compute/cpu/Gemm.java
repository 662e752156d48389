package org.ldae.compute.cpu;

import org.bytedeco.javacpp.FloatPointer;
import org.ldae.compute.Kernels.Transpose;

/** The sgemm of a native library, and what else of it is used; on the calling thread alone, be it a worker or not. */
interface Gemm {

    /**
     * {@code C = A B + beta C} of row-major matrices, with A or B transposed on request.
     *
     * @param transpose which operand's memory holds its transpose
     * @param rows of C
     * @param columns of C
     * @param inner numbers in each sum
     * @param strideA numbers from one row of A's memory to the next
     */
    void multiply(
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
            int strideC);

    /** Copies of patches on one thread, as fast as the library can. */
    default PatchCopy patchCopy() {
        return new HeapPatchCopy();
    }

    /** The library and its version, for provenance. */
    String name();
}
