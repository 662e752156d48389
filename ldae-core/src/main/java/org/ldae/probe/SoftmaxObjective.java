package org.ldae.probe;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Mean cross-entropy of a linear softmax classifier plus {@code l2 / 2 ||W||^2}, over the rows not held out.
 *
 * <p>The point is {@code W [F, K]} row-major, then the bias {@code [K]}, which is not penalised. The two products run in
 * float32 through BLAS, everything else in double. Held-out rows stay in the array and only lose their gradient: that
 * costs a tenth more arithmetic and saves a copy of the features, and the products score them on the way.
 */
final class SoftmaxObjective implements Lbfgs.Objective, AutoCloseable {

    /** Keeps the curvature away from 0 where the classes are separated. */
    private static final double LEAST_SPREAD = 1e-3;

    private final INDArray features;
    private final int[] labels;
    private final boolean[] heldOut;
    private final int classes;
    private final int width;
    private final double l2;
    private final INDArray logits; // [N, K] 'f'
    private final INDArray gradient; // [F, K] in memory, as its transpose [K, F] 'f'
    private final float[] logitValues;
    private final float[] weightValues;
    private final int trained;
    private Score score = new Score(0, 0, 0);

    /**
     * What the last evaluation showed.
     *
     * @param accuracy on the held-out rows, NaN without any
     * @param loss mean cross-entropy on the held-out rows, NaN without any
     * @param curvature mean of p (1 - p) over trained rows and classes, kept above 0
     */
    record Score(double accuracy, double loss, double curvature) {}

    SoftmaxObjective(INDArray features, int[] labels, int classes, boolean[] heldOut, double l2) {
        this.features = features;
        this.labels = labels;
        this.heldOut = heldOut;
        this.classes = classes;
        this.width = (int) features.size(1);
        this.l2 = l2;
        this.logits = Nd4j.createUninitialized(DataType.FLOAT, new long[] {labels.length, classes}, 'f');
        this.gradient = Nd4j.createUninitialized(DataType.FLOAT, new long[] {classes, width}, 'f');
        this.logitValues = new float[labels.length * classes];
        this.weightValues = new float[width * classes];
        this.trained = Labels.where(heldOut, false).length;
    }

    Score score() {
        return score;
    }

    @Override
    public double evaluate(double[] point, double[] pointGradient) {
        for (int i = 0; i < weightValues.length; i++) {
            weightValues[i] = (float) point[i];
        }
        try (INDArray weights = Nd4j.create(weightValues, new long[] {width, classes}, 'c')) {
            features.mmuli(weights, logits);
        }
        logits.data().asNioFloat().get(logitValues);
        double loss = residuals(point, pointGradient);
        try (INDArray residuals = Nd4j.create(logitValues, new long[] {labels.length, classes}, 'f')) {
            residuals.transpose().mmuli(features, gradient);
        }
        gradient.data().asNioFloat().get(weightValues);
        double squares = 0;
        for (int i = 0; i < weightValues.length; i++) {
            pointGradient[i] = weightValues[i] + l2 * point[i];
            squares += point[i] * point[i];
        }
        return loss + 0.5 * l2 * squares;
    }

    /** Turns logits into (p - y) / n, 0 for held-out rows; fills the bias gradient; returns the mean loss. */
    private double residuals(double[] point, double[] pointGradient) {
        double[] p = new double[classes];
        double[] biasGradient = new double[classes];
        double loss = 0;
        double heldOutLoss = 0;
        double heldOutRight = 0;
        double squares = 0;
        for (int row = 0; row < labels.length; row++) {
            double rowLoss = softmax(row, point, p);
            if (heldOut[row]) {
                heldOutLoss += rowLoss;
                heldOutRight += p[labels[row]] == Arrays.stream(p).max().orElseThrow() ? 1 : 0;
            } else {
                loss += rowLoss;
                squares += Lbfgs.dot(p, p);
            }
            p[labels[row]] -= 1;
            for (int k = 0; k < classes; k++) {
                double residual = heldOut[row] ? 0 : p[k] / trained;
                biasGradient[k] += residual;
                logitValues[k * labels.length + row] = (float) residual;
            }
        }
        System.arraycopy(biasGradient, 0, pointGradient, width * classes, classes);
        int out = labels.length - trained;
        score = new Score(
                heldOutRight / out, heldOutLoss / out, Math.max(LEAST_SPREAD, 1 - squares / trained) / classes);
        return loss / trained;
    }

    private double softmax(int row, double[] point, double[] p) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            p[k] = logitValues[k * labels.length + row] + point[width * classes + k];
            max = Math.max(max, p[k]);
        }
        double truth = p[labels[row]];
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            p[k] = Math.exp(p[k] - max);
            sum += p[k];
        }
        for (int k = 0; k < classes; k++) {
            p[k] /= sum;
        }
        return max + Math.log(sum) - truth;
    }

    @Override
    public void close() {
        logits.close();
        gradient.close();
    }
}
