package org.ldae.probe;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ldae.compute.Backend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
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

    /** Rows of a part that one thread works through. */
    private static final int ROWS = 512;

    private final INDArray features;
    private final int[] labels;
    private final boolean[] heldOut;
    private final int classes;
    private final int width;
    private final double l2;
    private final INDArray weights; // [F, K]
    private final INDArray logits; // [N, K] 'f', then the residuals
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
        this.weights = Nd4j.createUninitialized(DataType.FLOAT, new long[] {width, classes}, 'c');
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
        put(weightValues, weights);
        features.mmuli(weights, logits);
        logits.data().asNioFloat().get(logitValues);
        double loss = residuals(point, pointGradient);
        put(logitValues, logits);
        logits.transpose().mmuli(features, gradient);
        gradient.data().asNioFloat().get(weightValues);
        double squares = 0;
        for (int i = 0; i < weightValues.length; i++) {
            pointGradient[i] = weightValues[i] + l2 * point[i];
            squares += point[i] * point[i];
        }
        return loss + 0.5 * l2 * squares;
    }

    /** One bulk copy; {@code Nd4j.create} goes number by number. */
    private static void put(float[] values, INDArray array) {
        array.data().asNioFloat().put(values);
        Nd4j.getAffinityManager().tagLocation(array, AffinityManager.Location.HOST);
    }

    /** Turns logits into (p - y) / n, 0 for held-out rows; fills the bias gradient; returns the mean loss. */
    private double residuals(double[] point, double[] pointGradient) {
        IntStream starts = IntStream.iterate(0, row -> row < labels.length, row -> row + ROWS);
        // Parts are added in their order, so that the number of threads changes nothing.
        List<Part> parts = (Backend.threads() > 1 ? starts.parallel() : starts)
                .mapToObj(first -> residuals(point, first))
                .toList();
        Part all = new Part(classes);
        parts.forEach(all::add);
        System.arraycopy(all.biasGradient, 0, pointGradient, width * classes, classes);
        int out = labels.length - trained;
        double spread = Math.max(LEAST_SPREAD, 1 - all.squares / trained);
        score = new Score(all.heldOutRight / out, all.heldOutLoss / out, spread / classes);
        return all.loss / trained;
    }

    /** Some rows from the first on. */
    private Part residuals(double[] point, int first) {
        Part part = new Part(classes);
        double[] p = new double[classes];
        for (int row = first; row < Math.min(first + ROWS, labels.length); row++) {
            double rowLoss = softmax(row, point, p);
            if (heldOut[row]) {
                part.heldOutLoss += rowLoss;
                part.heldOutRight += p[labels[row]] == Arrays.stream(p).max().orElseThrow() ? 1 : 0;
            } else {
                part.loss += rowLoss;
                part.squares += Lbfgs.dot(p, p);
            }
            p[labels[row]] -= 1;
            for (int k = 0; k < classes; k++) {
                double residual = heldOut[row] ? 0 : p[k] / trained;
                part.biasGradient[k] += residual;
                logitValues[k * labels.length + row] = (float) residual;
            }
        }
        return part;
    }

    /** Sums over rows. */
    private static final class Part {
        private final double[] biasGradient;
        private double loss;
        private double squares;
        private double heldOutLoss;
        private double heldOutRight;

        Part(int classes) {
            biasGradient = new double[classes];
        }

        void add(Part other) {
            loss += other.loss;
            squares += other.squares;
            heldOutLoss += other.heldOutLoss;
            heldOutRight += other.heldOutRight;
            for (int k = 0; k < biasGradient.length; k++) {
                biasGradient[k] += other.biasGradient[k];
            }
        }
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
        weights.close();
        logits.close();
        gradient.close();
    }
}
