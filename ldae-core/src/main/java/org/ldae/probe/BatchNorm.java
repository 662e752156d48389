package org.ldae.probe;

import java.util.Arrays;

/** Batch normalisation without affine: by the batch while training, by running statistics afterwards. */
final class BatchNorm {

    private static final double EPSILON = 1e-6;
    private static final double MOMENTUM = 0.1;

    private final double[] runningMean;
    private final double[] runningVariance;

    BatchNorm(int width) {
        this.runningMean = new double[width];
        this.runningVariance = new double[width];
        Arrays.fill(runningVariance, 1);
    }

    /** The rows normalised by their own statistics, {@code [B, F]}; the running statistics move towards these. */
    float[] train(FeatureRows rows) {
        int width = rows.width();
        int count = rows.count();
        float[] batch = new float[count * width];
        rows.read(0, count, batch);
        double[] mean = new double[width];
        for (int i = 0; i < batch.length; i += width) {
            for (int f = 0; f < width; f++) {
                mean[f] += batch[i + f];
            }
        }
        for (int f = 0; f < width; f++) {
            mean[f] /= count;
        }
        double[] variance = new double[width];
        for (int i = 0; i < batch.length; i += width) {
            for (int f = 0; f < width; f++) {
                double x = batch[i + f] - mean[f];
                variance[f] += x * x;
            }
        }
        for (int f = 0; f < width; f++) {
            runningMean[f] += MOMENTUM * (mean[f] - runningMean[f]);
            runningVariance[f] += MOMENTUM * (variance[f] / (count - 1) - runningVariance[f]);
            variance[f] /= count;
        }
        Standardizer normalise = new Standardizer(mean, inverseDeviations(variance));
        normalise.applyInPlace(batch);
        return batch;
    }

    /** The running statistics, as they apply after training. */
    Standardizer running() {
        return new Standardizer(runningMean.clone(), inverseDeviations(runningVariance));
    }

    private static double[] inverseDeviations(double[] variance) {
        return Arrays.stream(variance).map(v -> 1 / Math.sqrt(v + EPSILON)).toArray();
    }
}
