package org.ldae.tokenizers.conv;

import java.util.Arrays;
import org.ldae.core.NdArrays;
import org.ldae.tokenizers.LatentScale;

/** What a {@link ConvVAE} does to its latent channels so that they are centred and scaled. */
final class LatentNorm {

    private final double[] mean;
    private final double[] factor;

    /** Mean of each channel over images and pixels, and the positive factor on it once it is centred. */
    LatentNorm(double[] mean, double[] factor) {
        this.mean = mean;
        this.factor = factor;
    }

    /** Latents as they are. */
    static LatentNorm identity(int channels) {
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        return new LatentNorm(new double[channels], ones);
    }

    double[] mean() {
        return mean;
    }

    double[] factor() {
        return factor;
    }

    /** Moments of rows of latents, gathered a chunk at a time. */
    static final class Moments {
        private final double[] sums;
        private final double[] squares;
        private long rows;

        Moments(int channels) {
            sums = new double[channels];
            squares = new double[channels];
        }

        void add(float[] latents, int count) {
            for (int i = 0; i < count; i++) {
                sums[i % sums.length] += latents[i];
                squares[i % sums.length] += (double) latents[i] * latents[i];
            }
            rows += count / sums.length;
        }

        LatentNorm norm(LatentScale scale) {
            double[] mean = new double[sums.length];
            double[] variance = new double[sums.length];
            for (int c = 0; c < mean.length; c++) {
                mean[c] = sums[c] / rows;
                variance[c] = Math.max(0, squares[c] / rows - mean[c] * mean[c]);
            }
            return new LatentNorm(mean, scale.factors(variance));
        }
    }

    float[] scale() {
        return NdArrays.floats(factor);
    }

    float[] shift() {
        double[] shift = new double[mean.length];
        Arrays.setAll(shift, c -> -mean[c] * factor[c]);
        return NdArrays.floats(shift);
    }

    float[] inverseScale() {
        double[] inverse = new double[factor.length];
        Arrays.setAll(inverse, c -> 1 / factor[c]);
        return NdArrays.floats(inverse);
    }

    float[] centre() {
        return NdArrays.floats(mean);
    }
}
