package org.ldae.tokenizers;

import java.util.Arrays;

/**
 * How PCA latents are scaled before anyone adds noise to them; the paper leaves it open.
 *
 * <p>The choice decides how much a noise level hides: unscaled, the first component of natural images has a standard
 * deviation above 10, and {@code sigma = sqrt(1/3)} hardly touches it.
 */
public enum LatentScale {

    /** One factor for all components, 1 over the standard deviation of all kept latents, as latent diffusion does. */
    GLOBAL,

    /** Each component gets unit variance (whitening); needs components that vary. */
    PER_COMPONENT,

    /** Latents stay in units of pixels. */
    NONE;

    /** Variances below this part of the largest are rounding error of float32 pixels. */
    private static final double VARIANCE_FLOOR = 1e-10;

    /** The factor on each of the first {@code components} latents, given all variances in descending order. */
    double[] factors(double[] variances, int components) {
        double[] factors = new double[components];
        switch (this) {
            case GLOBAL -> {
                double variance =
                        Arrays.stream(variances, 0, components).average().orElseThrow();
                Arrays.fill(factors, 1 / Math.sqrt(variance));
            }
            case PER_COMPONENT -> {
                for (int i = 0; i < components; i++) {
                    if (variances[i] <= VARIANCE_FLOOR * variances[0]) {
                        throw new IllegalArgumentException(
                                "components: expected at most %d for LatentScale.PER_COMPONENT, got %d; the images don't vary along the rest (variance %.3g against %.3g), use fewer components or LatentScale.GLOBAL"
                                        .formatted(i, components, variances[i], variances[0]));
                    }
                    factors[i] = 1 / Math.sqrt(variances[i]);
                }
            }
            case NONE -> Arrays.fill(factors, 1);
        }
        return factors;
    }
}
