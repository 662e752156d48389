package org.ldae.training;

/**
 * Linear warm-up, then half a cosine down to zero (paper, appendix on training; as MAE).
 *
 * @param peak rate at the end of the warm-up, positive
 * @param warmupSteps steps of the warm-up, at least 0
 * @param totalSteps steps in all, more than the warm-up's
 */
public record LearningRate(double peak, long warmupSteps, long totalSteps) {

    /**
     * Checks the ranges.
     *
     * @param peak rate at the end of the warm-up, positive
     * @param warmupSteps steps of the warm-up, at least 0
     * @param totalSteps steps in all, more than the warm-up's
     */
    public LearningRate {
        if (!(peak > 0) || warmupSteps < 0 || totalSteps <= warmupSteps) {
            throw new IllegalArgumentException(
                    "learning rate: expected peak > 0 and 0 <= warm-up < total steps, got %s, %d, %d; use more epochs or a shorter warm-up"
                            .formatted(peak, warmupSteps, totalSteps));
        }
    }

    /**
     * The rate of a step.
     *
     * @param step from 1 to totalSteps
     * @return the rate, 0 beyond the last step
     */
    public double at(long step) {
        if (step <= warmupSteps) {
            return peak * step / warmupSteps;
        }
        if (step > totalSteps) {
            return 0;
        }
        double done = (double) (step - 1 - warmupSteps) / (totalSteps - warmupSteps);
        return peak * 0.5 * (1 + Math.cos(Math.PI * done));
    }
}
