package org.ldae.probe;

import java.util.Arrays;
import java.util.stream.IntStream;
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

    /** Enough to be worth a task, few enough that two threads get the same share of 12,000. */
    private static final int ROWS_A_PART = 512;

    private final INDArray features;
    private final int[] labels;
    private final boolean[] heldOut;
    private final int classes;
    private final int width;
    private final double l2;
    private final INDArray weights; // [F, K] 'c'
    private final INDArray logits; // [N, K] 'f', then their residuals
    private final INDArray gradient; // [F, K] in memory, as its transpose [K, F] 'f'
    private final float[] logitValues;
    private final float[] weightValues;
    private final int trained;
    private final Part[] parts;
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
        this.weights = Nd4j.createUninitialized(DataType.FLOAT, new long[] {width, classes}, 'c');
        this.logits = Nd4j.createUninitialized(DataType.FLOAT, new long[] {labels.length, classes}, 'f');
        this.gradient = Nd4j.createUninitialized(DataType.FLOAT, new long[] {classes, width}, 'f');
        this.logitValues = new float[labels.length * classes];
        this.weightValues = new float[width * classes];
        this.trained = Labels.where(heldOut, false).length;
        this.parts = new Part[(labels.length + ROWS_A_PART - 1) / ROWS_A_PART];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Part(i * ROWS_A_PART, Math.min(labels.length, (i + 1) * ROWS_A_PART));
        }
    }

    Score score() {
        return score;
    }

    @Override
    public double evaluate(double[] point, double[] pointGradient) {
        for (int i = 0; i < weightValues.length; i++) {
            weightValues[i] = (float) point[i];
        }
        BulkCopy.put(weightValues, weights, 0);
        features.mmuli(weights, logits);
        logits.data().asNioFloat().get(logitValues);
        double loss = residuals(point, pointGradient);
        BulkCopy.put(logitValues, logits, 0);
        logits.transpose().mmuli(features, gradient);
        gradient.data().asNioFloat().get(weightValues);
        double squares = 0;
        for (int i = 0; i < weightValues.length; i++) {
            pointGradient[i] = weightValues[i] + l2 * point[i];
            squares += point[i] * point[i];
        }
        return loss + 0.5 * l2 * squares;
    }

    /**
     * Turns logits into (p - y) / n, 0 for held-out rows; fills the bias gradient; returns the mean loss. The parts are added
     * in their order, so that the threads change no digit.
     */
    private double residuals(double[] point, double[] pointGradient) {
        IntStream.range(0, parts.length).parallel().forEach(i -> parts[i].compute(point));
        Arrays.fill(pointGradient, width * classes, pointGradient.length, 0);
        double loss = 0;
        double heldOutLoss = 0;
        double heldOutRight = 0;
        double squares = 0;
        for (Part part : parts) {
            loss += part.loss;
            heldOutLoss += part.heldOutLoss;
            heldOutRight += part.heldOutRight;
            squares += part.squares;
            for (int k = 0; k < classes; k++) {
                pointGradient[width * classes + k] += part.biasGradient[k];
            }
        }
        int out = labels.length - trained;
        score = new Score(
                heldOutRight / out, heldOutLoss / out, Math.max(LEAST_SPREAD, 1 - squares / trained) / classes);
        return loss / trained;
    }

    /** Rows that one thread looks at, and what it found in the last evaluation. */
    private final class Part {
        private final int from;
        private final int to;
        private final double[] p = new double[classes];
        private final double[] biasGradient = new double[classes];
        private double loss;
        private double heldOutLoss;
        private int heldOutRight;
        private double squares;

        Part(int from, int to) {
            this.from = from;
            this.to = to;
        }

        void compute(double[] point) {
            Arrays.fill(biasGradient, 0);
            loss = 0;
            heldOutLoss = 0;
            heldOutRight = 0;
            squares = 0;
            for (int row = from; row < to; row++) {
                double rowLoss = softmax(row, point);
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
        }

        private double softmax(int row, double[] point) {
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
    }

    @Override
    public void close() {
        weights.close();
        logits.close();
        gradient.close();
    }
}
