package org.ldae.training;

import org.ldae.compute.Tensor;

/** Cross-entropy of softmax with soft targets. Belongs to one thread. */
public final class CrossEntropy {

    private final int classes;
    private final float[] numbers;

    /**
     * For some rows of scores.
     *
     * @param rows n
     * @param classes K
     */
    public CrossEntropy(int rows, int classes) {
        this.classes = classes;
        this.numbers = new float[rows * classes];
    }

    /**
     * Turns scores into the gradient of their mean cross-entropy.
     *
     * @param scores {@code [n, K]}, overwritten
     * @param targets {@code [n, K]}; a row of zeros counts for nothing
     * @param batch rows the mean is over
     * @return these rows' part of the mean
     */
    public double backward(Tensor scores, float[] targets, int batch) {
        scores.get(numbers);
        double loss = 0;
        for (int from = 0; from < numbers.length; from += classes) {
            loss += row(targets, from, batch);
        }
        scores.put(numbers);
        return loss / batch;
    }

    private double row(float[] targets, int from, int batch) {
        double max = Double.NEGATIVE_INFINITY;
        for (int k = from; k < from + classes; k++) {
            max = Math.max(max, numbers[k]);
        }
        double sum = 0;
        double mass = 0;
        double hit = 0;
        for (int k = from; k < from + classes; k++) {
            sum += Math.exp(numbers[k] - max);
            mass += targets[k];
            hit += targets[k] * (numbers[k] - max);
        }
        for (int k = from; k < from + classes; k++) {
            numbers[k] = (float) ((mass * Math.exp(numbers[k] - max) / sum - targets[k]) / batch);
        }
        return mass * Math.log(sum) - hit;
    }
}
