package org.ldae.probe;

import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;

/**
 * Averages of tokens weighted by a softmax over their products with learnt queries, for a block of images. Belongs to one
 * thread; its memory is that of the block's weights and averages.
 */
final class AttentivePooling implements AutoCloseable {

    private final int tokens; // L
    private final int queries; // J
    private final int width; // M
    private final Tensor weights; // [n L, J]
    private final Tensor gradients; // [n L, J]
    private final Tensor pooled; // [n, J M]
    private float[] values = new float[0]; // [n L, J]
    private float[] slopes = new float[0]; // [n L, J]

    /** For up to n images. */
    AttentivePooling(AttentiveSolver.Shape shape, int images) {
        this.tokens = shape.tokens();
        this.queries = shape.queries();
        this.width = shape.width();
        this.weights = Tensor.zeros(images * tokens, queries);
        this.gradients = Tensor.zeros(images * tokens, queries);
        this.pooled = Tensor.zeros(images, queries * width);
    }

    /** Pools images {@code [n, L M]} by queries {@code [J, M]}: {@code [n, J M]}, valid until the next call. */
    Tensor forward(Kernels kernels, Tensor images, Tensor query) {
        int n = images.rows();
        Tensor scores = weights.slice(0, n * tokens, queries);
        kernels.gemm(Transpose.SECOND, images.slice(0, n * tokens, width), query, 0, scores);
        values = read(scores, values);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < queries; j++) {
                softmax(i * tokens * queries + j);
            }
        }
        scores.put(values);
        for (int i = 0; i < n; i++) {
            kernels.gemm(Transpose.FIRST, ofImage(weights, i), image(images, i), 0, ofPooled(pooled, i));
        }
        return pooled.slice(0, n, queries * width);
    }

    /** Adds the gradient of the queries, after {@link #forward}, to theirs, given that of what it returned. */
    void backward(Kernels kernels, Tensor images, Tensor dPooled, Tensor dQuery) {
        int n = images.rows();
        for (int i = 0; i < n; i++) {
            kernels.gemm(Transpose.SECOND, image(images, i), ofPooled(dPooled, i), 0, ofImage(gradients, i));
        }
        Tensor slope = gradients.slice(0, n * tokens, queries);
        slopes = read(slope, slopes);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < queries; j++) {
                softmaxBackward(i * tokens * queries + j);
            }
        }
        slope.put(slopes);
        kernels.gemm(Transpose.FIRST, slope, images.slice(0, n * tokens, width), 1, dQuery);
    }

    private Tensor image(Tensor images, int i) {
        return images.slice(i * tokens * width, tokens, width);
    }

    private Tensor ofImage(Tensor weight, int i) {
        return weight.slice(i * tokens * queries, tokens, queries);
    }

    private Tensor ofPooled(Tensor some, int i) {
        return some.slice(i * queries * width, queries, width);
    }

    private static float[] read(Tensor tensor, float[] before) {
        float[] numbers = before.length == tensor.size() ? before : new float[tensor.size()];
        tensor.get(numbers);
        return numbers;
    }

    /** Of one image and query: scores of its tokens become weights that sum to 1. */
    private void softmax(int at) {
        float most = Float.NEGATIVE_INFINITY;
        for (int t = 0; t < tokens; t++) {
            most = Math.max(most, values[at + t * queries]);
        }
        double sum = 0;
        for (int t = 0; t < tokens; t++) {
            double power = Math.exp(values[at + t * queries] - most);
            values[at + t * queries] = (float) power;
            sum += power;
        }
        for (int t = 0; t < tokens; t++) {
            values[at + t * queries] /= (float) sum;
        }
    }

    /** {@code da} becomes {@code a (da - sum of a da)}. */
    private void softmaxBackward(int at) {
        double mean = 0;
        for (int t = 0; t < tokens; t++) {
            mean += values[at + t * queries] * slopes[at + t * queries];
        }
        for (int t = 0; t < tokens; t++) {
            int i = at + t * queries;
            slopes[i] = (float) (values[i] * (slopes[i] - mean));
        }
    }

    @Override
    public void close() {
        weights.close();
        gradients.close();
        pooled.close();
    }
}
