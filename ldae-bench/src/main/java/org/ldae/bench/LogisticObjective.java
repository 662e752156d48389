package org.ldae.bench;

import org.ldae.probe.LinearProbe;

/** Mean cross-entropy plus {@code l2 / 2 ||W||^2} on standardised features, in double, to compare solvers by. */
final class LogisticObjective {

    private final float[] features;
    private final int[] labels;
    private final double l2;
    private final int width;
    private final double[] deviation;

    /** Over {@code [N, F]} features. */
    LogisticObjective(float[] features, int[] labels, double l2) {
        this.features = features;
        this.labels = labels;
        this.l2 = l2;
        this.width = features.length / labels.length;
        this.deviation = new double[width];
        for (int f = 0; f < width; f++) {
            deviation[f] = deviation(f);
        }
    }

    private double deviation(int column) {
        double sum = 0;
        for (int i = column; i < features.length; i += width) {
            sum += features[i];
        }
        double mean = sum / labels.length;
        double squares = 0;
        for (int i = column; i < features.length; i += width) {
            squares += (features[i] - mean) * (features[i] - mean);
        }
        return Math.sqrt(squares / labels.length);
    }

    double at(LinearProbe probe) {
        float[] weights = probe.weights().data().asFloat();
        float[] bias = probe.bias().data().asFloat();
        double loss = 0;
        double[] scores = new double[bias.length];
        for (int i = 0; i < labels.length; i++) {
            double largest = Double.NEGATIVE_INFINITY;
            for (int k = 0; k < bias.length; k++) {
                scores[k] = bias[k];
                for (int f = 0; f < width; f++) {
                    scores[k] += (double) weights[k * width + f] * features[i * width + f];
                }
                largest = Math.max(largest, scores[k]);
            }
            double sum = 0;
            for (double score : scores) {
                sum += Math.exp(score - largest);
            }
            loss += largest + Math.log(sum) - scores[labels[i]];
        }
        double squares = 0;
        for (int i = 0; i < weights.length; i++) {
            double standardised = weights[i] * deviation[i % width];
            squares += standardised * standardised;
        }
        return loss / labels.length + 0.5 * l2 * squares;
    }
}
