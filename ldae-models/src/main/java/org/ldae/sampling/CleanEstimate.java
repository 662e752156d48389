package org.ldae.sampling;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a denoiser makes of noised data: an estimate of {@code E[z_0 | z_t]}, all that a sampler asks of a model. A trained
 * model's is {@code (z, t) -> model.estimate(z, t, labels)}.
 */
@FunctionalInterface
public interface CleanEstimate {

    /**
     * Estimates the clean data.
     *
     * @param noised {@code z_t = gamma(t) z_0 + sigma(t) eps}, {@code [N, ...]} float32; left as it is
     * @param t time in [0, 1]
     * @return the estimate of z_0, of the same shape; a new array
     */
    INDArray of(INDArray noised, double t);

    /**
     * Classifier-free guidance (Ho and Salimans 2022, arXiv 2207.12598, eq. 6): {@code u + scale (c - u)} of the
     * conditional estimate c and the unconditional u. They write it for the noise with w = scale - 1; at one noised array
     * noise and clean data are affine in each other, so the same combination holds for the clean data.
     *
     * @param conditional told the classes
     * @param unconditional not told them
     * @param scale at least 0: 0 is the unconditional estimate, 1 the conditional one, more sharpens
     * @return the guided estimate; it asks only the one it needs at scale 0 and 1
     * @throws IllegalArgumentException if the scale isn't a finite number of at least 0
     */
    static CleanEstimate guided(CleanEstimate conditional, CleanEstimate unconditional, double scale) {
        if (!(scale >= 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("guidance: expected a finite scale of at least 0, got " + scale);
        }
        if (scale == 0 || scale == 1) {
            return scale == 0 ? unconditional : conditional;
        }
        return (noised, t) -> {
            INDArray told = conditional.of(noised, t);
            INDArray untold = unconditional.of(noised, t);
            return told.muli(scale).addi(untold.muli(1 - scale));
        };
    }
}
