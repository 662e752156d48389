package org.ldae.compute;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels.Qkv;

/** Attention on the CPU: one BLAS call a head and product, on strided views, softmax in staged rows. */
final class CpuAttention {

    private float[] scores = new float[0];
    private float[] gradients = new float[0];
    private @Nullable Tensor scratch;

    void forward(Qkv x, Tensor probabilities, Tensor y) {
        for (int image = 0; image < x.images(); image++) {
            int block = image * x.tokens() * x.heads();
            for (int h = 0; h < x.heads(); h++) {
                Head head = new Head(x, image, h);
                head.outer(x.query(), x.key(), probabilities, block + h * x.tokens()); // S = Q K'
            }
            softmax(probabilities, block, x.heads() * x.tokens(), x.factor());
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
            softmaxBackward(probabilities, block, ds, x);
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

    private void softmax(Tensor p, int row, int count, float factor) {
        int columns = p.columns();
        scores = Staging.room(scores, columns);
        int step = Staging.rowsAtOnce(columns);
        for (int r = 0; r < count; r += step) {
            int n = Math.min(step, count - r);
            Staging.load(p, row + r, n, scores);
            for (int k = 0; k < n; k++) {
                FastMath.softmax(scores, k * columns, columns, factor);
            }
            Staging.store(p, row + r, n, scores);
        }
    }

    private void softmaxBackward(Tensor p, int row, Tensor ds, Qkv x) {
        int columns = p.columns();
        float factor = x.factor();
        scores = Staging.room(scores, columns);
        gradients = Staging.room(gradients, columns);
        int step = Staging.rowsAtOnce(columns);
        for (int r = 0; r < ds.rows(); r += step) {
            int n = Math.min(step, ds.rows() - r);
            Staging.load(p, row + r, n, scores);
            Staging.load(ds, r, n, gradients);
            for (int k = 0; k < n; k++) {
                int at = k * columns;
                float dot = FastMath.dot(scores, gradients, at, columns);
                for (int j = at; j < at + columns; j++) {
                    gradients[j] = scores[j] * (gradients[j] - dot) * factor;
                }
            }
            Staging.store(ds, r, n, gradients);
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
