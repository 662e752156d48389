package org.ldae.sampling;

import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A mixture of Gaussians with diagonal covariances, whose denoiser is known. */
final class Mixture {

    private final double[][] means;
    private final double[][] variances;
    private final double[] shares;

    Mixture(double[][] means, double[][] variances, double[] shares) {
        this.means = means;
        this.variances = variances;
        this.shares = shares;
    }

    CleanEstimate along(NoiseSchedule schedule) {
        return (noised, t) -> denoise(noised, schedule.level(t));
    }

    /** E[z_0 | z]: each component's own estimate, weighted by how likely it made z. */
    private INDArray denoise(INDArray noised, NoiseLevel level) {
        int d = means[0].length;
        float[] z = noised.dup('c').data().asFloat();
        float[] clean = new float[z.length];
        for (int from = 0; from < z.length; from += d) {
            double[] weights = weights(z, from, level);
            for (int k = 0; k < shares.length; k++) {
                for (int j = 0; j < d; j++) {
                    double gain = level.gamma() * variances[k][j] / variance(k, j, level);
                    double estimate = means[k][j] + gain * (z[from + j] - level.gamma() * means[k][j]);
                    clean[from + j] += (float) (weights[k] * estimate);
                }
            }
        }
        return Nd4j.createFromArray(clean).reshape('c', noised.shape());
    }

    private double variance(int k, int j, NoiseLevel level) {
        return level.gamma() * level.gamma() * variances[k][j] + level.sigma() * level.sigma();
    }

    private double[] weights(float[] z, int from, NoiseLevel level) {
        double[] weights = new double[shares.length];
        double sum = 0;
        for (int k = 0; k < shares.length; k++) {
            double log = Math.log(shares[k]);
            for (int j = 0; j < means[k].length; j++) {
                double off = z[from + j] - level.gamma() * means[k][j];
                double variance = variance(k, j, level);
                log -= (off * off / variance + Math.log(variance)) / 2;
            }
            weights[k] = Math.exp(log);
            sum += weights[k];
        }
        for (int k = 0; k < weights.length; k++) {
            weights[k] /= sum;
        }
        return weights;
    }
}
