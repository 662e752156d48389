package org.ldae.compute;

import org.jspecify.annotations.Nullable;

/**
 * The operations the networks are made of, forward and backward, over preallocated matrices.
 *
 * <p>One instance belongs to one thread. Rows are grouped where an image's tokens share something: a matrix of {@code G}
 * group rows goes with one of {@code G * k} rows, {@code k} consecutive rows to a group. Gradients named {@code +=} are
 * added to, others are overwritten. Sides are the caller's responsibility; layers check them once when they are built.
 */
public interface Kernels {

    /** What a product does with its operands. */
    enum Transpose {
        /** C = A B. */
        NONE,
        /** C = A^T B. */
        FIRST,
        /** C = A B^T. */
        SECOND
    }

    /**
     * Matrix product {@code c = a b + beta c}, with one operand transposed on request.
     *
     * @param transpose which operand is transposed
     * @param a first operand
     * @param b second operand
     * @param beta factor on what c holds; 0 ignores it
     * @param c result, not overlapping a or b
     */
    void gemm(Transpose transpose, Tensor a, Tensor b, float beta, Tensor c);

    /**
     * The product of a linear layer, {@code y = x W^T + beta y}. Unlike {@link #gemm}, which components and probes are fitted with, it
     * may round its factors, as {@link #linearGradient} and attention may.
     *
     * @param x input {@code [rows, in]}
     * @param weight {@code [out, in]}
     * @param beta factor on what y holds; 0 ignores it
     * @param y result {@code [rows, out]}
     */
    default void linear(Tensor x, Tensor weight, float beta, Tensor y) {
        gemm(Transpose.SECOND, x, weight, beta, y);
    }

    /**
     * The gradient of a linear layer's input, {@code dx = dy W + beta dx}.
     *
     * @param dy gradient of the result {@code [rows, out]}
     * @param weight {@code [out, in]}
     * @param beta factor on what dx holds; 0 ignores it
     * @param dx gradient of the input {@code [rows, in]}
     */
    default void linearBackward(Tensor dy, Tensor weight, float beta, Tensor dx) {
        gemm(Transpose.NONE, dy, weight, beta, dx);
    }

    /**
     * Gradients of a linear layer {@code y = x W^T + b}: {@code dWeight += dy^T x}, {@code dBias +=} the column sums of dy.
     *
     * @param x input {@code [rows, in]}
     * @param dy gradient of the result {@code [rows, out]}
     * @param dWeight {@code [out, in]}
     * @param dBias {@code [1, out]}
     */
    void linearGradient(Tensor x, Tensor dy, Tensor dWeight, Tensor dBias);

    /**
     * {@code to = from}.
     *
     * @param from source
     * @param to destination of the same shape
     */
    void copy(Tensor from, Tensor to);

    /**
     * {@code x = value}.
     *
     * @param x matrix
     * @param value number
     */
    void fill(Tensor x, float value);

    /**
     * {@code y += factor * x}.
     *
     * @param factor number
     * @param x source
     * @param y destination of the same shape
     */
    void addScaled(float factor, Tensor x, Tensor y);

    /**
     * {@code y = factor * y}.
     *
     * @param y matrix
     * @param factor number
     */
    void scale(Tensor y, float factor);

    /**
     * {@code x[r] = tile[r mod R]}: a bias (R = 1) or a table of positions (R = L) laid under every image.
     *
     * @param tile R rows
     * @param x matrix whose rows are a multiple of R
     */
    void tile(Tensor tile, Tensor x);

    /**
     * {@code y[r] = x[r] + tile[r mod R]}: a bias beside a residual.
     *
     * @param x matrix whose rows are a multiple of R
     * @param tile R rows
     * @param y result, may be x
     */
    void addTile(Tensor x, Tensor tile, Tensor y);

    /**
     * {@code to[r] = from[rows[r]]}: a choice or a permutation of rows.
     *
     * @param from source
     * @param rows for each row of the destination the source's
     * @param to destination, as many rows as are named
     */
    void gatherRows(Tensor from, int[] rows, Tensor to);

    /**
     * Backward of {@link #gatherRows}: {@code to[rows[r]] += from[r]}.
     *
     * @param from source, as many rows as are named
     * @param rows for each row of the source the destination's
     * @param to destination, added to
     */
    void scatterAddRows(Tensor from, int[] rows, Tensor to);

    /**
     * {@code row += sum over r of x[r]}.
     *
     * @param x matrix
     * @param row one row
     */
    void addColumnSums(Tensor x, Tensor row);

    /**
     * Layer normalisation with a scale and shift a group: {@code y = (x - mean) / sqrt(variance + epsilon) (base +
     * scale[g]) + shift[g]}, mean and (biased) variance of each row.
     *
     * @param norm operands; their moments are written
     * @param y result, not overlapping x
     */
    void layerNorm(LayerNorm norm, Tensor y);

    /**
     * Backward of {@link #layerNorm}.
     *
     * @param norm as the forward pass left it
     * @param dy gradient of the result
     * @param gradients gradients of scale and shift, added to
     * @param dx gradient of the input, added to
     */
    void layerNormBackward(LayerNorm norm, Tensor dy, Affine gradients, Tensor dx);

    /**
     * {@code y = x + gate[g] branch}: adaLN-Zero's gated residual.
     *
     * @param x trunk
     * @param branch branch
     * @param gate G rows
     * @param y result
     */
    void gate(Tensor x, Tensor branch, Tensor gate, Tensor y);

    /**
     * Backward of {@link #gate} (the trunk's gradient is dy itself): {@code dBranch = ..., dGate += ...}.
     *
     * @param dy gradient of the result
     * @param branch as in the forward pass
     * @param gate as in the forward pass
     * @param dBranch gradient of the branch
     * @param dGate gradient of the gate, added to
     */
    void gateBackward(Tensor dy, Tensor branch, Tensor gate, Tensor dBranch, Tensor dGate);

    /**
     * {@code y = f(x)}.
     *
     * @param f non-linearity
     * @param x input, contiguous
     * @param y result, contiguous
     */
    void activate(Activation f, Tensor x, Tensor y);

    /**
     * {@code y = f(x + b)} and the slope {@code f'(x + b)}: cheaper together than the slope in the backward pass, where
     * {@link #multiply} applies it.
     *
     * @param f non-linearity
     * @param input product and bias
     * @param y result, contiguous
     * @param slope contiguous, may be x; null if no backward pass follows
     */
    void activate(Activation f, Biased input, Tensor y, @Nullable Tensor slope);

    /**
     * {@code y = x y}, number by number.
     *
     * @param x contiguous
     * @param y contiguous, overwritten
     */
    void multiply(Tensor x, Tensor y);

    /**
     * {@code d = d f'(x)}, in place, for layers whose input must stay as it is.
     *
     * @param f non-linearity
     * @param x the forward pass's input, contiguous
     * @param d gradient of the result, overwritten by that of the input, contiguous
     */
    void activateBackward(Activation f, Tensor x, Tensor d);

    /**
     * Multi-head attention {@code softmax(Q K^T / sqrt(M/h)) V}, head by head over column blocks.
     *
     * @param qkv queries, keys and values
     * @param probabilities {@code [n * heads * L, L]}, kept for the backward pass
     * @param y result {@code [n * L, M]}
     */
    void attention(Qkv qkv, Tensor probabilities, Tensor y);

    /**
     * Backward of {@link #attention}.
     *
     * @param qkv as in the forward pass
     * @param probabilities as the forward pass left them
     * @param dy gradient of the result
     * @param dQkv gradients of queries, keys and values
     */
    void attentionBackward(Qkv qkv, Tensor probabilities, Tensor dy, Qkv dQkv);

    /**
     * {@code x[r] = weights[g] x[r]}.
     *
     * @param x contiguous matrix
     * @param weights one number a group
     */
    void scaleRows(Tensor x, float[] weights);

    /**
     * Sums of {@code x^2} over the elements of each group, accumulated in double.
     *
     * @param x contiguous matrix
     * @param sums written to, one number a group; a single one is the sum of all squares
     */
    void squares(Tensor x, double[] sums);

    /**
     * Adds the other terms to the first, as a fixed binary tree: {@code ((0 + 1) + (2 + 3)) + ((4 + 5) + 6)}. A run of a power
     * of two of them added before gives the same bits.
     *
     * @param terms at least one, contiguous matrices of one shape
     * @return the sum of squares of what the first is then, to 1e-6
     */
    double sum(Tensor[] terms);

    /**
     * One AdamW update in place (Loshchilov and Hutter 2019): weight decay, moments, value and average in one pass.
     *
     * @param step rates and factors of this step
     * @param state parameters and what goes with them
     */
    void adamw(AdamStep step, AdamState state);

    /**
     * The operations of convolutional networks.
     *
     * @return kernels of the same implementation, for the same thread
     */
    ImageKernels images();

    /**
     * A linear layer's product before its bias is added.
     *
     * @param x {@code [rows, M]}, contiguous
     * @param bias {@code [1, M]}
     */
    record Biased(Tensor x, Tensor bias) {}

    /**
     * What a row is multiplied by after normalisation and what is added, or their gradients.
     *
     * @param scale G rows
     * @param shift G rows
     */
    record Affine(Tensor scale, Tensor shift) {}

    /**
     * Operands of a layer normalisation: adaLN's (base 1, G images) or one with learnt scale and shift (base 0, G = 1).
     *
     * @param x input {@code [G * k, M]}
     * @param moments {@code [G * k, 2]}: mean and inverse deviation of each row, for the backward pass
     * @param affine scale and shift of each group
     * @param base added to the scale
     * @param epsilon added to the variance
     */
    record LayerNorm(Tensor x, Tensor moments, Affine affine, float base, float epsilon) {

        /**
         * Number of groups that share a scale and a shift.
         *
         * @return G
         */
        public int groups() {
            return affine.scale().rows();
        }
    }

    /**
     * Queries, keys and values of n images, or their gradients.
     *
     * @param query {@code [n * L, M]}, may be a view of columns
     * @param key as query
     * @param value as query
     * @param tokens L
     * @param heads number of heads, a divisor of M
     */
    record Qkv(Tensor query, Tensor key, Tensor value, int tokens, int heads) {

        /**
         * The three thirds of one product's columns.
         *
         * @param fused {@code [n * L, 3 M]}
         * @param tokens L
         * @param heads number of heads
         * @return views of it
         */
        public static Qkv of(Tensor fused, int tokens, int heads) {
            int width = fused.columns() / 3;
            return new Qkv(
                    fused.columns(0, width),
                    fused.columns(width, width),
                    fused.columns(2 * width, width),
                    tokens,
                    heads);
        }

        /**
         * Number of images.
         *
         * @return n
         */
        public int images() {
            return query.rows() / tokens;
        }

        /**
         * Columns of one head.
         *
         * @return M / heads
         */
        public int headWidth() {
            return query.columns() / heads;
        }

        /**
         * What scores are multiplied by.
         *
         * @return one over the root of the head's width
         */
        public float factor() {
            return (float) (1 / Math.sqrt(headWidth()));
        }
    }

    /**
     * Parameters with their gradient and moments, contiguous matrices of one shape.
     *
     * @param value parameters, updated
     * @param gradient gradients
     * @param first first moment, updated
     * @param second second moment, updated
     * @param average running average of the parameters, updated; null if none is kept
     * @param decayed whether weight decay reaches these parameters
     * @param rateFactor what the step's rate is multiplied by for these parameters
     */
    record AdamState(
            Tensor value,
            Tensor gradient,
            Tensor first,
            Tensor second,
            @Nullable Tensor average,
            boolean decayed,
            float rateFactor) {}
}
