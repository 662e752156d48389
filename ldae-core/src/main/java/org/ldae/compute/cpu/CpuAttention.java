package org.ldae.compute.cpu;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;

/** Attention on the CPU: one call of sgemm a head and product, on strided views, softmax in staged rows. */
final class CpuAttention {

    private final Gemm gemm;
    private final Softmax softmax = new Softmax();
    private @Nullable Tensor scratch;
    // Of the head at work. Fields, since a record would be on the heap until the JIT compiler sees that it needn't.
    private int row;
    private int column;
    private int tokens;
    private int width;

    CpuAttention(Gemm gemm) {
        this.gemm = gemm;
    }

    void forward(Qkv x, Tensor probabilities, Tensor y) {
        int rows = x.heads() * x.tokens();
        for (int image = 0; image < x.images(); image++) {
            int block = image * rows;
            for (int h = 0; h < x.heads(); h++) {
                moveTo(x, image, h);
                outer(x.query(), x.key(), probabilities, block + h * x.tokens()); // S = Q K'
            }
            softmax.forward(probabilities, block, rows, x.factor());
            for (int h = 0; h < x.heads(); h++) {
                moveTo(x, image, h);
                mix(Transpose.NONE, probabilities, block + h * x.tokens(), x.value(), y); // Y = P V
            }
        }
    }

    void backward(Qkv x, Tensor probabilities, Tensor dy, Qkv dx) {
        Tensor ds = scratch(x.heads() * x.tokens(), x.tokens());
        for (int image = 0; image < x.images(); image++) {
            int block = image * x.tokens() * x.heads();
            for (int h = 0; h < x.heads(); h++) {
                moveTo(x, image, h);
                outer(dy, x.value(), ds, h * x.tokens()); // dP = dY V'
                mix(Transpose.FIRST, probabilities, block + h * x.tokens(), dy, dx.value()); // dV = P' dY
            }
            softmax.backward(probabilities, block, ds, x.factor());
            for (int h = 0; h < x.heads(); h++) {
                moveTo(x, image, h);
                mix(Transpose.NONE, ds, h * x.tokens(), x.key(), dx.query()); // dQ = dS K
                mix(Transpose.FIRST, ds, h * x.tokens(), x.query(), dx.key()); // dK = dS' Q
            }
        }
    }

    /** Turns to one head of one image: its block begins there in matrices {@code [n L, M]}. */
    private void moveTo(Qkv x, int image, int head) {
        row = image * x.tokens();
        column = head * x.headWidth();
        tokens = x.tokens();
        width = x.headWidth();
    }

    /** {@code result[at ..] = A B'} of the head's blocks, {@code [L, L]}. */
    private void outer(Tensor a, Tensor b, Tensor result, int at) {
        gemm.multiply(
                Transpose.SECOND,
                tokens,
                tokens,
                width,
                a.at(row, column),
                a.stride(),
                b.at(row, column),
                b.stride(),
                0,
                result.at(at, 0),
                result.stride());
    }

    /** The head's block of result: {@code P B} or {@code P' B}, P the rows of p from at, {@code [L, L]}. */
    private void mix(Transpose transpose, Tensor p, int at, Tensor b, Tensor result) {
        gemm.multiply(
                transpose,
                tokens,
                width,
                tokens,
                p.at(at, 0),
                p.stride(),
                b.at(row, column),
                b.stride(),
                0,
                result.at(row, column),
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
