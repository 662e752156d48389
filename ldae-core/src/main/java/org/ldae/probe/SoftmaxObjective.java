package org.ldae.probe;

import java.io.Serializable;
import java.util.Arrays;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;

/**
 * Mean cross-entropy of a linear softmax classifier plus {@code l2 / 2 ||W||^2}, over the rows not held out.
 *
 * <p>The point is {@code W [K, F]} row-major, then the bias {@code [K]}, which is not penalised. The two products run in
 * float32, everything else in double. Held-out rows stay among the features and only lose their gradient: that costs a tenth
 * more arithmetic and saves a copy of the features, and the products score them on the way.
 */
final class SoftmaxObjective implements LogisticRows.Objective {

    private final RowBlocks features;
    private final int[] labels;
    private final boolean[] heldOut;
    private final int classes;
    private final int width;
    private final double l2;
    private final Tensor weights; // [K, F]
    private final float[] weightValues;
    private final int trained;
    private final GroupSums gradient;
    private final Group[] groups;
    /** Of each block, in its group's memory; then their residuals. */
    private final Tensor[] logits;

    private LogisticRows.Score score = LogisticRows.Score.none();

    SoftmaxObjective(RowBlocks features, int[] labels, int classes, boolean[] heldOut, double l2) {
        this(features, labels, classes, heldOut, l2, TrainingLabels.where(heldOut, false).length);
    }

    /** Of some of the rows that it is the mean over: of so many trained ones in all. */
    SoftmaxObjective(RowBlocks features, int[] labels, int classes, boolean[] heldOut, double l2, int trained) {
        this.features = features;
        this.labels = labels;
        this.heldOut = heldOut;
        this.classes = classes;
        this.width = features.width();
        this.l2 = l2;
        this.weights = Tensor.zeros(classes, width);
        this.weightValues = new float[classes * width];
        this.trained = trained;
        this.gradient = new GroupSums(features, classes);
        this.groups = new Group[features.groups()];
        Arrays.setAll(groups, Group::new);
        this.logits = new Tensor[features.blocks()];
        Arrays.setAll(
                logits,
                block -> groups[block % groups.length].memory.slice(
                        0, features.block(block).rows(), classes));
    }

    @Override
    public LogisticRows.Score score() {
        return score;
    }

    @Override
    public double evaluate(double[] point, double[] pointGradient) {
        Sums sums = sums(point, pointGradient);
        score = sums.score(trained, labels.length - trained, classes);
        return sums.value(trained) + penalty(l2, classes * width, point, pointGradient);
    }

    /** Adds the penalty's gradient, and returns its value. */
    static double penalty(double l2, int weights, double[] point, double[] pointGradient) {
        double squares = 0;
        for (int i = 0; i < weights; i++) {
            pointGradient[i] += l2 * point[i];
            squares += point[i] * point[i];
        }
        return 0.5 * l2 * squares;
    }

    /** Turns a row's logits into probabilities, and returns the cross-entropy of its class. */
    static double softmax(double[] p, int label) {
        double max = Double.NEGATIVE_INFINITY;
        for (double logit : p) {
            max = Math.max(max, logit);
        }
        double truth = p[label];
        double sum = 0;
        for (int k = 0; k < p.length; k++) {
            p[k] = Math.exp(p[k] - max);
            sum += p[k];
        }
        for (int k = 0; k < p.length; k++) {
            p[k] /= sum;
        }
        return max + Math.log(sum) - truth;
    }

    /** Fills the gradient, all but the penalty's, and sums what the rows say. */
    Sums sums(double[] point, double[] pointGradient) {
        for (int i = 0; i < weightValues.length; i++) {
            weightValues[i] = (float) point[i];
        }
        weights.put(weightValues);
        features.eachGroup((kernels, group) -> groups[group].compute(kernels, point));
        gradient.total(pointGradient);
        Arrays.fill(pointGradient, width * classes, pointGradient.length, 0);
        Sums sums = Sums.none();
        for (Group group : groups) {
            sums = sums.plus(new Sums(group.loss, group.heldOutLoss, group.heldOutRight, group.squares));
            for (int k = 0; k < classes; k++) {
                pointGradient[width * classes + k] += group.biasGradient[k];
            }
        }
        return sums;
    }

    /** What rows add up to: losses, right predictions of held-out ones, squared probabilities of the others. */
    record Sums(double loss, double heldOutLoss, long heldOutRight, double squares) implements Serializable {

        /** Keeps the curvature away from 0 where the classes are separated. */
        private static final double LEAST_SPREAD = 1e-3;

        static Sums none() {
            return new Sums(0, 0, 0, 0);
        }

        Sums plus(Sums more) {
            return new Sums(
                    loss + more.loss,
                    heldOutLoss + more.heldOutLoss,
                    heldOutRight + more.heldOutRight,
                    squares + more.squares);
        }

        double value(int trained) {
            return loss / trained;
        }

        LogisticRows.Score score(int trained, int out, int classes) {
            return new LogisticRows.Score(
                    (double) heldOutRight / out,
                    heldOutLoss / out,
                    Math.max(LEAST_SPREAD, 1 - squares / trained) / classes);
        }
    }

    /** The rows of a group, and what it found in the last evaluation. */
    private final class Group {
        private final int index;
        /** A view of its own: pointers belong to one thread. */
        private final Tensor seenWeights = weights.slice(0, classes, width);

        private final Tensor memory = Tensor.zeros(features.step(), classes);
        private float[] values = new float[0];
        private final double[] p = new double[classes];
        private final double[] biasGradient = new double[classes];
        private double loss;
        private double heldOutLoss;
        private int heldOutRight;
        private double squares;

        Group(int index) {
            this.index = index;
        }

        void compute(Kernels kernels, double[] point) {
            Arrays.fill(biasGradient, 0);
            loss = 0;
            heldOutLoss = 0;
            heldOutRight = 0;
            squares = 0;
            for (int block = index; block < features.blocks(); block += features.groups()) {
                Tensor scores = logits[block];
                kernels.gemm(Transpose.SECOND, features.block(block), seenWeights, 0, scores);
                if (values.length != scores.size()) {
                    values = new float[scores.size()];
                }
                scores.get(values);
                for (int row = 0; row < scores.rows(); row++) {
                    residuals(features.first(block) + row, row * classes, point);
                }
                scores.put(values);
                gradient.add(kernels, block, scores);
            }
        }

        /** Turns a row's logits into (p - y) / n, 0 for held-out rows, and counts what they say. */
        private void residuals(int row, int at, double[] point) {
            for (int k = 0; k < classes; k++) {
                p[k] = values[at + k] + point[width * classes + k];
            }
            double rowLoss = softmax(p, labels[row]);
            if (heldOut[row]) {
                heldOutLoss += rowLoss;
                heldOutRight += mostLikely(labels[row]) ? 1 : 0;
            } else {
                loss += rowLoss;
                squares += Lbfgs.dot(p, p);
            }
            p[labels[row]] -= 1;
            for (int k = 0; k < classes; k++) {
                double residual = heldOut[row] ? 0 : p[k] / trained;
                biasGradient[k] += residual;
                values[at + k] = (float) residual;
            }
        }

        private boolean mostLikely(int label) {
            boolean most = true;
            for (double other : p) {
                most &= p[label] >= other;
            }
            return most;
        }
    }

    @Override
    public void close() {
        weights.close();
        gradient.close();
        for (Group group : groups) {
            group.memory.close();
        }
    }
}
