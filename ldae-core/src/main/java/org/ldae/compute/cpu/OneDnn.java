package org.ldae.compute.cpu;

import static org.bytedeco.dnnl.global.dnnl.dnnl_sgemm;
import static org.bytedeco.dnnl.global.dnnl.dnnl_success;
import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.javacpp.FloatPointer;
import org.ldae.compute.Kernels.Transpose;

/**
 * oneDNN, which compiles kernels for the processor it finds: ahead of ND4J's OpenBLAS by a tenth in large products and by
 * half in those of attention heads and of patches (docs/benchmarks.md). Fails to load where its natives are not on the class path.
 */
final class OneDnn implements Gemm {

    private static final byte PLAIN = 'N';
    private static final byte TRANSPOSED = 'T';

    private final String name;

    OneDnn() {
        dnnl_version_t version = dnnl_version();
        name = "oneDNN " + version.major() + "." + version.minor() + "." + version.patch();
    }

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
        OpenMp thread = OpenMp.ofThread();
        thread.enter();
        int status;
        try {
            status = dnnl_sgemm(
                    transpose == Transpose.FIRST ? TRANSPOSED : PLAIN,
                    transpose == Transpose.SECOND ? TRANSPOSED : PLAIN,
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
            thread.leave();
        }
        if (status != dnnl_success) {
            throw new IllegalStateException(
                    "dnnl_sgemm of [%d, %d] x [%d, %d]: status %d".formatted(rows, inner, inner, columns, status));
        }
    }

    @Override
    public PatchCopy patchCopy() {
        return new OneDnnPatchCopy();
    }

    @Override
    public String name() {
        return name;
    }
}
