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
        int tokens = x.tokens();
        int width = x.headWidth();
        for (int image = 0; image < x.images(); image++) {
            int row = image * tokens;
            int block = row * x.heads();
            for (int h = 0; h < x.heads(); h++) {
                int column = h * width;
                // S = Q K'
                cblas_sgemm(
                        CblasRowMajor,
                        CblasNoTrans,
                        CblasTrans,
                        tokens,
                        tokens,
                        width,
                        1,
                        x.query().at(row, column),
                        x.query().stride(),
                        x.key().at(row, column),
                        x.key().stride(),
                        0,
                        probabilities.at(block + h * tokens, 0),
                        tokens);
            }
            softmax(probabilities, block, x.heads() * tokens, x.factor());
            for (int h = 0; h < x.heads(); h++) {
                int column = h * width;
                // Y = P V
                cblas_sgemm(
                        CblasRowMajor,
                        CblasNoTrans,
                        CblasNoTrans,
                        tokens,
                        width,
                        tokens,
                        1,
                        probabilities.at(block + h * tokens, 0),
                        tokens,
                        x.value().at(row, column),
                        x.value().stride(),
                        0,
                        y.at(row, column),
                        y.stride());
            }
        }
    }

    void backward(Qkv x, Tensor probabilities, Tensor dy, Qkv dx) {
        int tokens = x.tokens();
        int width = x.headWidth();
        Tensor ds = scratch(x.heads() * tokens, tokens);
        for (int image = 0; image < x.images(); image++) {
            int row = image * tokens;
            int block = row * x.heads();
            for (int h = 0; h < x.heads(); h++) {
                int column = h * width;
                // dP = dY V', dV = P' dY
                cblas_sgemm(
                        CblasRowMajor,
                        CblasNoTrans,
                        CblasTrans,
                        tokens,
                        tokens,
                        width,
                        1,
                        dy.at(row, column),
                        dy.stride(),
                        x.value().at(row, column),
                        x.value().stride(),
                        0,
                        ds.at(h * tokens, 0),
                        tokens);
                cblas_sgemm(
                        CblasRowMajor,
                        CblasTrans,
                        CblasNoTrans,
                        tokens,
                        width,
                        tokens,
                        1,
                        probabilities.at(block + h * tokens, 0),
                        tokens,
                        dy.at(row, column),
                        dy.stride(),
                        0,
                        dx.value().at(row, column),
                        dx.value().stride());
            }
            softmaxBackward(probabilities, block, ds, x);
            for (int h = 0; h < x.heads(); h++) {
                int column = h * width;
                // dQ = dS K, dK = dS' Q
                cblas_sgemm(
                        CblasRowMajor,
                        CblasNoTrans,
                        CblasNoTrans,
                        tokens,
                        width,
                        tokens,
                        1,
                        ds.at(h * tokens, 0),
                        tokens,
                        x.key().at(row, column),
                        x.key().stride(),
                        0,
                        dx.query().at(row, column),
                        dx.query().stride());
                cblas_sgemm(
                        CblasRowMajor,
                        CblasTrans,
                        CblasNoTrans,
                        tokens,
                        width,
                        tokens,
                        1,
                        ds.at(h * tokens, 0),
                        tokens,
                        x.query().at(row, column),
                        x.query().stride(),
                        0,
                        dx.key().at(row, column),
                        dx.key().stride());
            }
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
