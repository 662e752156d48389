package org.ldae.tokenizers.conv;

/**
 * Gaussian posteriors of a variational autoencoder, on the heap: rows of means and log-variances {@code [rows, 2 c]}, the
 * divergence from the standard normal, samples and gradients (Kingma and Welling 2014).
 */
final class Posterior {

    /** Log-variances beyond are cut, as in latent diffusion; there they get no gradient. */
    private static final float LOWEST = -30;

    private static final float HIGHEST = 20;

    private final int channels;
    private final float[] moments;
    private final float[] noise;
    private final float[] latents;

    Posterior(int rows, int channels) {
        this.channels = channels;
        this.moments = new float[rows * 2 * channels];
        this.noise = new float[rows * channels];
        this.latents = new float[rows * channels];
    }

    /** Where the caller writes what the encoder made, {@code [rows, 2 c]}. */
    float[] moments() {
        return moments;
    }

    /** Where the caller writes standard normals, {@code [rows, c]}. */
    float[] noise() {
        return noise;
    }

    /** Means alone. */
    float[] means() {
        for (int i = 0; i < latents.length; i++) {
            latents[i] = moments[mean(i)];
        }
        return latents;
    }

    /** {@code mean + deviation * noise}, the reparameterised draw. */
    float[] draws() {
        for (int i = 0; i < latents.length; i++) {
            int mean = mean(i);
            latents[i] = moments[mean] + (float) Math.exp(0.5 * logVariance(mean)) * noise[i];
        }
        return latents;
    }

    /** Sum over some rows of {@code (mean^2 + variance - 1 - ln variance) / 2}. */
    double divergence(int fromRow, int toRow) {
        double sum = 0;
        for (int i = fromRow * channels; i < toRow * channels; i++) {
            int mean = mean(i);
            double log = logVariance(mean);
            sum += (double) moments[mean] * moments[mean] + Math.exp(log) - 1 - log;
        }
        return sum / 2;
    }

    /**
     * Turns gradients by the draws into gradients by the moments.
     *
     * @param dLatents {@code [rows, c]}
     * @param weights what the divergence of a row counts, a number an image
     * @return {@code [rows, 2 c]}, in place of the moments
     */
    float[] backward(float[] dLatents, float[] weights) {
        int perImage = dLatents.length / weights.length;
        for (int i = 0; i < dLatents.length; i++) {
            int mean = mean(i);
            int log = mean + channels;
            double weight = weights[i / perImage];
            double logVariance = logVariance(mean);
            boolean cut = moments[log] < LOWEST || moments[log] > HIGHEST;
            double deviation = Math.exp(0.5 * logVariance);
            double byLog = 0.5 * (dLatents[i] * noise[i] * deviation + weight * (deviation * deviation - 1));
            moments[mean] = (float) (dLatents[i] + weight * moments[mean]);
            moments[log] = cut ? 0 : (float) byLog;
        }
        return moments;
    }

    /** Index of the mean of a latent. */
    private int mean(int latent) {
        return latent / channels * 2 * channels + latent % channels;
    }

    private float logVariance(int mean) {
        return Math.max(LOWEST, Math.min(HIGHEST, moments[mean + channels]));
    }
}
