package org.ldae.probe;

import org.ldae.core.NdArrays;
import org.ldae.core.Shapes;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A linear classifier on fixed features: the measure of a representation (paper, section 3).
 *
 * <pre>{@code
 * LinearProbe probe = LinearProbe.logistic().fit(features, labels, Rng.of(42), Progress.none());
 * double top1 = probe.accuracy(testFeatures, testLabels);
 * }</pre>
 *
 * <p>Features are standardised per column by the training set's statistics, which the probe keeps. Immutable and safe to
 * share between threads.
 */
public final class LinearProbe implements Classifier {

    private final Standardizer standardizer;
    private final float[] weights; // [K, F], on standardised features
    private final double[] bias;
    private final String description;

    LinearProbe(Standardizer standardizer, double[] weights, double[] bias, String description) {
        this(standardizer, NdArrays.floats(weights), bias, description);
    }

    private LinearProbe(Standardizer standardizer, float[] weights, double[] bias, String description) {
        this.standardizer = standardizer;
        this.weights = weights;
        this.bias = bias.clone();
        this.description = description;
    }

    /**
     * A classifier with given weights: {@code scores = features weights' + bias}.
     *
     * @param weights {@code [K, F]} float32, finite, K at least 2
     * @param bias {@code [K]} float32, finite
     * @param description one line for reports, such as how the weights were found
     * @return the classifier of raw features; see {@link #withStandardization} for weights of standardised ones
     * @throws IllegalArgumentException if the shapes don't fit or a number is NaN or infinite
     */
    public static LinearProbe of(INDArray weights, INDArray bias, String description) {
        Shapes.require("weights", weights, "K F", Shapes.ANY, Shapes.ANY);
        if (weights.size(0) < 2) {
            throw new IllegalArgumentException(
                    "weights: expected [K, F] with K at least 2, got one row; a class has a row");
        }
        Shapes.require("bias", bias, "K", weights.size(0));
        double[] w =
                Standardizer.requireFinite("weights", weights.dup('c').data().asDouble());
        double[] b = Standardizer.requireFinite("bias", bias.dup('c').data().asDouble());
        return new LinearProbe(Standardizer.none((int) weights.size(1)), w, b, description);
    }

    /**
     * Applies the weights to standardised features: {@code scores = ((features - mean) / deviation) weights' + bias}.
     *
     * @param mean {@code [F]} subtracted from each column, finite
     * @param deviation {@code [F]} what each column is divided by, finite and at least 0; 0 leaves a column out
     * @return a copy
     * @throws IllegalArgumentException if a length differs or a number is out of range
     */
    public LinearProbe withStandardization(double[] mean, double[] deviation) {
        return new LinearProbe(Standardizer.of(mean, deviation, width()), weights, bias, description);
    }

    /**
     * Multinomial logistic regression by full-batch L-BFGS: deterministic, no learning rate; the one to use by default.
     *
     * @return its options
     */
    public static LogisticSolver logistic() {
        return LogisticSolver.defaults();
    }

    /**
     * Least squares on one-hot targets in closed form, in double: the quickest for narrow features.
     *
     * @return its options
     */
    public static RidgeSolver ridge() {
        return new RidgeSolver(L2Choice.standardGrid());
    }

    /**
     * Mini-batch gradient descent on batch-normalised features, as MAE probes: to compare with published numbers.
     *
     * @return its options
     */
    public static SgdSolver sgd() {
        return SgdSolver.defaults();
    }

    @Override
    public int classes() {
        return bias.length;
    }

    /**
     * Width of the features it was fitted on.
     *
     * @return F
     */
    public int width() {
        return standardizer.width();
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public int[] predict(INDArray features) {
        FeatureRows rows = FeatureRows.of(features, width());
        int[] predicted = new int[rows.count()];
        for (int from = 0; from < predicted.length; from += rows.blockRows()) {
            int to = Math.min(predicted.length, from + rows.blockRows());
            float[] scores = scores(rows.range(from, to));
            for (int i = from; i < to; i++) {
                predicted[i] = argmax(scores, (i - from) * bias.length, bias.length);
            }
        }
        return predicted;
    }

    /**
     * The linear scores of each row; of the logistic and SGD probes, softmax turns them into probabilities.
     *
     * @param features {@code [N, F]} float32
     * @return {@code [N, K]} float32, new
     * @throws IllegalArgumentException as {@link #predict}
     */
    public INDArray scores(INDArray features) {
        float[] scores = scores(FeatureRows.of(features, width()));
        return Nd4j.create(scores, new long[] {features.size(0), bias.length}, 'c');
    }

    /** Standardises and scores a few megabytes at a time: raw features can have means too large for float32 sums. */
    float[] scores(FeatureRows rows) {
        float[] scores = new float[Math.multiplyExact(rows.count(), bias.length)];
        try (INDArray matrix = Nd4j.create(weights, new long[] {bias.length, width()}, 'c')) {
            rows.eachBlock(rows.blockRows(), (from, to) -> {
                try (INDArray block = standardizer.apply(rows.range(from, to));
                        INDArray product = Nd4j.createUninitialized(
                                DataType.FLOAT, new long[] {block.size(0), bias.length}, 'c')) {
                    matrix.mmuli(block.transpose(), product.transpose());
                    product.data().asNioFloat().get(scores, from * bias.length, (int) product.length());
                }
            });
        }
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) (scores[i] + bias[i % bias.length]);
        }
        return scores;
    }

    /**
     * The weights as they apply to raw features, for drawing what the probe looks at.
     *
     * @return {@code [K, F]} float32, new
     */
    public INDArray weights() {
        float[] raw = new float[weights.length];
        for (int k = 0; k < bias.length; k++) {
            for (int f = 0; f < width(); f++) {
                raw[k * width() + f] = (float) (weights[k * width() + f] * standardizer.scale(f));
            }
        }
        return Nd4j.create(raw, new long[] {bias.length, width()}, 'c');
    }

    /**
     * The bias as it applies to raw features: {@code scores = features weights' + bias}.
     *
     * @return {@code [K]} float32, new
     */
    public INDArray bias() {
        float[] raw = new float[bias.length];
        for (int k = 0; k < bias.length; k++) {
            double sum = bias[k];
            for (int f = 0; f < width(); f++) {
                sum -= weights[k * width() + f] * standardizer.scale(f) * standardizer.mean(f);
            }
            raw[k] = (float) sum;
        }
        return Nd4j.create(raw, new long[] {bias.length}, 'c');
    }

    @Override
    public String toString() {
        return description;
    }

    /** Index, from 0, of the largest of some neighbouring values. */
    static int argmax(float[] values, int offset, int length) {
        int best = 0;
        for (int k = 1; k < length; k++) {
            if (values[offset + k] > values[offset + best]) {
                best = k;
            }
        }
        return best;
    }
}
