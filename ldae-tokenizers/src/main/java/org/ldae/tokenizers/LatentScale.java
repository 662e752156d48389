package org.ldae.tokenizers;

import java.util.Arrays;

/**
 * How latents are scaled before anyone adds noise to them; the paper leaves it open.
 *
 * <p>The choice decides how much a noise level hides: unscaled, the first component of natural images has a standard
 * deviation above 10, and {@code sigma = sqrt(1/3)} hardly touches it.
 */
public enum LatentScale {

    /** One factor for all components, 1 over the standard deviation of all kept latents, as latent diffusion does. */
    GLOBAL,

    /** Each component gets unit variance (whitening); needs components that vary. */
    PER_COMPONENT,

    /** Latents stay as they are: those of PCA in units of pixels, those of an autoencoder in units of its own. */
    NONE;

    /** Variances below this part of the largest are rounding error of float32 pixels. */
    private static final double VARIANCE_FLOOR = 1e-10;

    /**
     * The factor on each latent.
     *
     * @param variances of each latent, at least 0
     * @return as many positive factors
     * @throws IllegalArgumentException if none varies, or some doesn't and each is scaled by its own
     */
    public double[] factors(double[] variances) {
        double largest = Arrays.stream(variances).max().orElseThrow();
        if (largest == 0 && this != NONE) {
            throw new IllegalArgumentException(
                    "latents: expected some that vary, got %d constant ones; are the images blank, or the KL weight too large?"
                            .formatted(variances.length));
        }
        double[] factors = new double[variances.length];
        switch (this) {
            case GLOBAL ->
                Arrays.fill(
                        factors,
                        1 / Math.sqrt(Arrays.stream(variances).average().orElseThrow()));
            case PER_COMPONENT -> {
                requireAllVary(variances, VARIANCE_FLOOR * largest);
                Arrays.setAll(factors, i -> 1 / Math.sqrt(variances[i]));
            }
            case NONE -> Arrays.fill(factors, 1);
        }
        return factors;
    }

    private static void requireAllVary(double[] variances, double floor) {
        long varying =
                Arrays.stream(variances).filter(variance -> variance > floor).count();
        if (varying < variances.length) {
            throw new IllegalArgumentException(
                    "components: expected at most %d for LatentScale.PER_COMPONENT, got %d; the rest don't vary (at most %.3g each), use fewer components or LatentScale.GLOBAL"
                            .formatted(varying, variances.length, floor));
        }
    }
}
