package org.ldae.compute;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels.Qkv;

/** Attention on the CPU: one BLAS call a head and product, on strided views, softmax in staged rows. */
final class CpuAttention {

    private final Softmax softmax = new Softmax();
    private @Nullable Tensor scratch;

    void forward(Qkv x, Tensor probabilities, Tensor y) {
        int rows = x.heads() * x.tokens();
        for (int image = 0; image < x.images(); image++) {
            int block = image * rows;
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                head.outer(x.query(), x.key(), probabilities, block + h * x.tokens()); // S = Q K'
            }
            softmax.forward(probabilities, block, rows, x.factor());
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                head.mix(CblasNoTrans, probabilities, block + h * x.tokens(), x.value(), y); // Y = P V
            }
        }
    }

    void backward(Qkv x, Tensor probabilities, Tensor dy, Qkv dx) {
        Tensor ds = scratch(x.heads() * x.tokens(), x.tokens());
        for (int image = 0; image < x.images(); image++) {
            int block = image * x.tokens() * x.heads();
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                head.outer(dy, x.value(), ds, h * x.tokens()); // dP = dY V'
                head.mix(CblasTrans, probabilities, block + h * x.tokens(), dy, dx.value()); // dV = P' dY
            }
            softmax.backward(probabilities, block, ds, x.factor());
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                head.mix(CblasNoTrans, ds, h * x.tokens(), x.key(), dx.query()); // dQ = dS K
                head.mix(CblasTrans, ds, h * x.tokens(), x.query(), dx.key()); // dK = dS' Q
            }
        }
    }

    /** One head of one image: rows and columns of its block in matrices {@code [n L, M]}. Escape analysis removes it. */
    private record Head(int row, int column, int tokens, int width) {

        Head(Qkv x, int image, int head) {
            this(image * x.tokens(), head * x.headWidth(), x.tokens(), x.headWidth());
        }

        /** {@code result[at ..] = A B'} of this head's blocks, {@code [L, L]}. */
        void outer(Tensor a, Tensor b, Tensor result, int at) {
            cblas_sgemm(
                    CblasRowMajor,
                    CblasNoTrans,
                    CblasTrans,
                    tokens,
                    tokens,
                    width,
                    1,
                    a.at(row, column),
                    a.stride(),
                    b.at(row, column),
                    b.stride(),
                    0,
                    result.at(at, 0),
                    result.stride());
        }

        /** This head's block of result: {@code P B} or {@code P' B}, P the rows of p from at, {@code [L, L]}. */
        void mix(int transpose, Tensor p, int at, Tensor b, Tensor result) {
            cblas_sgemm(
                    CblasRowMajor,
                    transpose,
                    CblasNoTrans,
                    tokens,
                    width,
                    tokens,
                    1,
                    p.at(at, 0),
                    p.stride(),
                    b.at(row, column),
                    b.stride(),
                    0,
                    result.at(row, column),
                    result.stride());
        }
    }

    private Tensor scratch(int rows, int columns) {
        Tensor current = scratch;
        if (current == null || current.rows() != rows || current.columns() != columns) {
            if (current != null) {
                current.close();
            }
            current = Tensor.zeros(rows, columns);
            scratch = current;
        }
        return current;
    }
}
