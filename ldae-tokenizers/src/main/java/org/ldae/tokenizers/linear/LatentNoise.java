package org.ldae.tokenizers.linear;

import org.ldae.compute.Tensor;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * What makes a linear autoencoder variational (Kingma and Welling 2014): noise of variance s_k on latent k, and a weight w
 * on the KL divergence of N(V x, s) from N(0, 1).
 *
 * <p>With A = V E[x x^T] V^T and B = U U^T the expectation over the reparameterised noise is exactly
 * {@code sum_k s_k B_kk + w/2 sum_k (A_kk + s_k - 1 - ln s_k)}. The variances depend on no input, and lose nothing by it:
 * for a decoder that is linear {@code w / (w + 2 B_kk)} is best for every x (Lucas et al. 2019).
 */
final class LatentNoise {

    static final String NAME = "log-variance";

    private final double weight;
    private final Tensor values;
    private final Tensor gradients;
    private final float[] logVariances;
    private final float[] gradient;

    LatentNoise(Workspace work, double weight) {
        this.weight = weight;
        this.values = work.value(NAME);
        this.gradients = work.gradient(NAME);
        this.logVariances = new float[values.size()];
        this.gradient = new float[values.size()];
    }

    /** Log-variances start at 0: as much noise as the prior, so that leading components are found first. */
    static void declare(Parameters.Layout layout, int dimension) {
        layout.add(NAME, 1, dimension, Parameters.Init.ZEROS);
    }

    /** What it adds to the loss, given A and B {@code [d, d]}. */
    double loss(double[] a, double[] b) {
        values.get(logVariances);
        double loss = 0;
        for (int k = 0; k < logVariances.length; k++) {
            int diagonal = k * (logVariances.length + 1);
            loss += Math.exp(logVariances[k]) * b[diagonal] + weight * kl(a[diagonal], logVariances[k]);
        }
        return loss;
    }

    /**
     * Sets the gradient of the log-variances, times a factor, then adds to A and B what makes those of decoder and encoder
     * of the same form as without noise.
     */
    void backward(double[] a, double[] b, double factor) {
        for (int k = 0; k < logVariances.length; k++) {
            int diagonal = k * (logVariances.length + 1);
            double variance = Math.exp(logVariances[k]);
            gradient[k] = (float) (factor * (variance * b[diagonal] + weight / 2 * (variance - 1)));
            a[diagonal] += variance;
            b[diagonal] += weight / 2;
        }
        gradients.put(gradient);
    }

    /** Mean KL divergence of N(m, s) from N(0, 1) in nats, over means m around 0 of a known variance. */
    static double kl(double meanVariance, double logVariance) {
        return (meanVariance + Math.exp(logVariance) - 1 - logVariance) / 2;
    }
}
