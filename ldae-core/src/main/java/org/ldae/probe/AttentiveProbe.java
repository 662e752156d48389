package org.ldae.probe;

import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A classifier of all tokens of an image: learnt queries pool them, linear weights read what they pool. It shows what a
 * representation holds in the layout of its tokens, which their average loses.
 *
 * <pre>{@code
 * AttentiveProbe probe = AttentiveProbe.of(encoder.grid().tokens()).fit(tokens, labels, Rng.of(42), Progress.none());
 * }</pre>
 *
 * <p>Immutable and safe to share between threads.
 */
public final class AttentiveProbe implements Classifier {

    private final Standardizer standardizer; // of a token, [M]
    private final AttentiveSolver.Shape shape;
    private final float[] queries; // [J, M]
    private final float[] weights; // [K, J M]
    private final double[] bias;
    private final String description;

    AttentiveProbe(Standardizer standardizer, AttentiveSolver.Shape shape, double[] point, String description) {
        this.standardizer = standardizer;
        this.shape = shape;
        int pooled = shape.pooled();
        this.bias = new double[(point.length - pooled) / (pooled + 1)];
        this.queries = new float[pooled];
        this.weights = new float[bias.length * pooled];
        this.description = description;
        for (int i = 0; i < pooled; i++) {
            queries[i] = (float) point[i];
        }
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) point[pooled + i];
        }
        System.arraycopy(point, pooled + weights.length, bias, 0, bias.length);
    }

    /**
     * Four queries, the L2 chosen among five from 1 to 0.0001, at most 100 steps.
     *
     * @param tokens L of an image
     * @return options
     */
    public static AttentiveSolver of(int tokens) {
        return new AttentiveSolver(tokens, 4, L2Choice.among(1, 0.1, 0.01, 1e-3, 1e-4), 100);
    }

    @Override
    public int classes() {
        return bias.length;
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public String toString() {
        return description;
    }

    @Override
    public int[] predict(INDArray features) {
        FeatureRows rows = FeatureRows.of(features, (long) shape.tokens() * shape.width());
        int[] predicted = new int[rows.count()];
        int step = Math.min(rows.count(), rows.blockRows());
        Kernels kernels = Backend.kernels();
        Workers.withSingleThreadedBlas(() -> {
            predict(kernels, rows, step, predicted);
            return predicted;
        });
        return predicted;
    }

    private void predict(Kernels kernels, FeatureRows rows, int step, int[] predicted) {
        float[] block = new float[step * rows.width()];
        float[] scores = new float[step * bias.length];
        try (AttentivePooling pooling = new AttentivePooling(shape, step);
                Tensor images = Tensor.zeros(step, rows.width());
                Tensor query = Tensor.zeros(shape.queries(), shape.width());
                Tensor weight = Tensor.zeros(bias.length, shape.pooled());
                Tensor logits = Tensor.zeros(step, bias.length)) {
            query.put(queries);
            weight.put(weights);
            for (int from = 0; from < predicted.length; from += step) {
                int to = Math.min(predicted.length, from + step);
                rows.read(from, to, block);
                standardizer.applyInPlace(block);
                images.put(block);
                kernels.gemm(Transpose.SECOND, pooling.forward(kernels, images, query), weight, 0, logits);
                logits.get(scores);
                for (int i = from; i < to; i++) {
                    predicted[i] = best(scores, (i - from) * bias.length);
                }
            }
        }
    }

    private int best(float[] scores, int at) {
        int best = 0;
        for (int k = 1; k < bias.length; k++) {
            if (scores[at + k] + bias[k] > scores[at + best] + bias[best]) {
                best = k;
            }
        }
        return best;
    }
}
