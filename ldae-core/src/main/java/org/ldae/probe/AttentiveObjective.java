package org.ldae.probe;

import java.util.Arrays;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;

/**
 * Mean cross-entropy of a linear softmax classifier on what queries pool, plus {@code l2 / 2} times all squares but the bias',
 * over the images not held out.
 *
 * <p>The point is {@code Q [J, M]}, then {@code W [K, J M]}, then the bias {@code [K]}. Products run in float32, sums over groups
 * of images in double and in one order, whatever the threads.
 */
final class AttentiveObjective implements Lbfgs.Objective, AutoCloseable {

    private final RowBlocks images;
    private final int[] labels;
    private final boolean[] heldOut;
    private final int trained;
    private final AttentiveSolver.Shape shape;
    private final double l2;
    private final Group[] groups;
    private Score score = new Score(0, 0);

    /**
     * What the last evaluation showed of held-out images.
     *
     * @param accuracy NaN without any
     * @param loss mean cross-entropy, NaN without any
     */
    record Score(double accuracy, double loss) {}

    AttentiveObjective(RowBlocks images, int[] labels, boolean[] heldOut, AttentiveSolver.Shape shape, double l2) {
        this.images = images;
        this.labels = labels;
        this.heldOut = heldOut;
        this.trained = TrainingLabels.where(heldOut, false).length;
        this.shape = shape;
        this.l2 = l2;
        this.groups = new Group[images.groups()];
        int classes = TrainingLabels.classes(labels);
        Arrays.setAll(groups, index -> new Group(index, classes));
    }

    Score score() {
        return score;
    }

    @Override
    public double evaluate(double[] point, double[] gradient) {
        images.eachGroup((kernels, index) -> groups[index].compute(kernels, point));
        Arrays.fill(gradient, 0);
        double loss = 0;
        double heldOutLoss = 0;
        int right = 0;
        for (Group group : groups) {
            loss += group.loss;
            heldOutLoss += group.heldOutLoss;
            right += group.right;
            group.addGradient(gradient);
        }
        int out = labels.length - trained;
        score = new Score((double) right / out, heldOutLoss / out);
        return loss / trained + SoftmaxObjective.penalty(l2, point.length - groups[0].classes, point, gradient);
    }

    /** The images of a group, its memory, and what it found in the last evaluation. */
    private final class Group implements AutoCloseable {
        private final int index;
        private final int classes;
        private final AttentivePooling pooling;
        private final Tensor queries; // [J, M]
        private final Tensor weights; // [K, J M]
        private final Tensor dQueries;
        private final Tensor dWeights;
        private final Tensor logits; // [n, K]
        private final Tensor dPooled; // [n, J M]
        private final float[] dBias;
        private final float[] flatQueries;
        private final float[] flatWeights;
        private final double[] p;
        private float[] values = new float[0];
        private double loss;
        private double heldOutLoss;
        private int right;

        Group(int index, int classes) {
            this.index = index;
            this.classes = classes;
            this.pooling = new AttentivePooling(shape, images.step());
            this.queries = Tensor.zeros(shape.queries(), shape.width());
            this.weights = Tensor.zeros(classes, shape.pooled());
            this.dQueries = Tensor.zeros(shape.queries(), shape.width());
            this.dWeights = Tensor.zeros(classes, shape.pooled());
            this.logits = Tensor.zeros(images.step(), classes);
            this.dPooled = Tensor.zeros(images.step(), shape.pooled());
            this.dBias = new float[classes];
            this.flatQueries = new float[queries.size()];
            this.flatWeights = new float[weights.size()];
            this.p = new double[classes];
        }

        void compute(Kernels kernels, double[] point) {
            take(point);
            loss = 0;
            heldOutLoss = 0;
            right = 0;
            Arrays.fill(dBias, 0);
            kernels.fill(dQueries, 0);
            for (int b = index; b < images.blocks(); b += images.groups()) {
                Tensor some = images.block(b);
                Tensor pooled = pooling.forward(kernels, some, queries);
                Tensor scores = logits.slice(0, some.rows(), classes);
                kernels.gemm(Transpose.SECOND, pooled, weights, 0, scores);
                values = values.length == scores.size() ? values : new float[scores.size()];
                scores.get(values);
                for (int row = 0; row < some.rows(); row++) {
                    residuals(images.first(b) + row, row * classes, point);
                }
                scores.put(values);
                kernels.gemm(Transpose.FIRST, scores, pooled, b == index ? 0 : 1, dWeights);
                Tensor back = dPooled.slice(0, some.rows(), shape.pooled());
                kernels.gemm(Transpose.NONE, scores, weights, 0, back);
                pooling.backward(kernels, some, back, dQueries);
            }
        }

        private void take(double[] point) {
            for (int i = 0; i < flatQueries.length; i++) {
                flatQueries[i] = (float) point[i];
            }
            for (int i = 0; i < flatWeights.length; i++) {
                flatWeights[i] = (float) point[flatQueries.length + i];
            }
            queries.put(flatQueries);
            weights.put(flatWeights);
        }

        /** Turns an image's logits into (p - y) / n, 0 if it is held out, and counts what they say. */
        private void residuals(int image, int at, double[] point) {
            int best = 0;
            for (int k = 0; k < classes; k++) {
                p[k] = values[at + k] + point[point.length - classes + k];
                best = p[k] > p[best] ? k : best;
            }
            double entropy = SoftmaxObjective.softmax(p, labels[image]);
            if (heldOut[image]) {
                heldOutLoss += entropy;
                right += best == labels[image] ? 1 : 0;
            } else {
                loss += entropy;
            }
            for (int k = 0; k < classes; k++) {
                double residual = p[k] - (k == labels[image] ? 1 : 0);
                values[at + k] = heldOut[image] ? 0 : (float) (residual / trained);
                dBias[k] += values[at + k];
            }
        }

        void addGradient(double[] gradient) {
            dQueries.get(flatQueries);
            dWeights.get(flatWeights);
            for (int i = 0; i < flatQueries.length; i++) {
                gradient[i] += flatQueries[i];
            }
            for (int i = 0; i < flatWeights.length; i++) {
                gradient[flatQueries.length + i] += flatWeights[i];
            }
            for (int k = 0; k < classes; k++) {
                gradient[gradient.length - classes + k] += dBias[k];
            }
        }

        @Override
        public void close() {
            pooling.close();
            queries.close();
            weights.close();
            dQueries.close();
            dWeights.close();
            logits.close();
            dPooled.close();
        }
    }

    @Override
    public void close() {
        for (Group group : groups) {
            group.close();
        }
    }
}
