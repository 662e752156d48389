package org.ldae.compute;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Kernels.Transpose;

/** Attention on the CPU: one call of sgemm a head and product, on strided views, softmax in staged rows. */
final class CpuAttention {

    private final Gemm gemm;
    private final Softmax softmax = new Softmax();
    private @Nullable Tensor scratch;

    CpuAttention(Gemm gemm) {
        this.gemm = gemm;
    }

    void forward(Qkv x, Tensor probabilities, Tensor y) {
        int rows = x.heads() * x.tokens();
        for (int image = 0; image < x.images(); image++) {
            int block = image * rows;
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                outer(head, x.query(), x.key(), probabilities, block + h * x.tokens()); // S = Q K'
            }
            softmax.forward(probabilities, block, rows, x.factor());
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                mix(head, Transpose.NONE, probabilities, block + h * x.tokens(), x.value(), y); // Y = P V
            }
        }
    }

    void backward(Qkv x, Tensor probabilities, Tensor dy, Qkv dx) {
        Tensor ds = scratch(x.heads() * x.tokens(), x.tokens());
        for (int image = 0; image < x.images(); image++) {
            int block = image * x.tokens() * x.heads();
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                outer(head, dy, x.value(), ds, h * x.tokens()); // dP = dY V'
                mix(head, Transpose.FIRST, probabilities, block + h * x.tokens(), dy, dx.value()); // dV = P' dY
            }
            softmax.backward(probabilities, block, ds, x.factor());
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                mix(head, Transpose.NONE, ds, h * x.tokens(), x.key(), dx.query()); // dQ = dS K
                mix(head, Transpose.FIRST, ds, h * x.tokens(), x.query(), dx.key()); // dK = dS' Q
            }
        }
    }

    /** One head of one image: rows and columns of its block in matrices {@code [n L, M]}. Escape analysis removes it. */
    private record Head(int row, int column, int tokens, int width) {

        Head(Qkv x, int image, int head) {
            this(image * x.tokens(), head * x.headWidth(), x.tokens(), x.headWidth());
        }
    }

    /** {@code result[at ..] = A B'} of a head's blocks, {@code [L, L]}. */
    private void outer(Head head, Tensor a, Tensor b, Tensor result, int at) {
        gemm.multiply(
                Transpose.SECOND,
                head.tokens,
                head.tokens,
                head.width,
                a.at(head.row, head.column),
                a.stride(),
                b.at(head.row, head.column),
                b.stride(),
                0,
                result.at(at, 0),
                result.stride());
    }

    /** A head's block of result: {@code P B} or {@code P' B}, P the rows of p from at, {@code [L, L]}. */
    private void mix(Head head, Transpose transpose, Tensor p, int at, Tensor b, Tensor result) {
        gemm.multiply(
                transpose,
                head.tokens,
                head.width,
                head.tokens,
                p.at(at, 0),
                p.stride(),
                b.at(head.row, head.column),
                b.stride(),
                0,
                result.at(head.row, head.column),
                result.stride());
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
