package org.ldae.noise;

import org.ldae.noise.NoiseLevel.Quantity;

/**
 * How errors are weighted over noise levels. One of one's own is a record with one method:
 * {@code at(schedule, t, target) -> 1 / (1 + schedule.ratio(t))}.
 */
public interface Weighting extends LevelNeeds {

    /** 1 on the target's squared error, whatever the target. */
    Weighting UNIFORM = Weightings.UNIFORM;

    /**
     * The signal's share of the variance, gamma^2 / (gamma^2 + sigma^2), on the target's squared error: gamma^2 where both
     * add up to 1, and 1 / (1 + sigma^2) where gamma is 1 (paper, Tab. 3).
     */
    Weighting SIGNAL_SHARE = Weightings.SIGNAL_SHARE;

    /**
     * The signal-to-noise ratio, at most 5, on the clean data's squared error, and what that means for other targets (Hang
     * et al. 2023, arXiv 2303.09556).
     */
    Weighting MIN_SNR_5 = Weightings.MIN_SNR_5;

    /**
     * sigmoid(2 - logSNR) on the noise's squared error for every step in logSNR, whatever the schedule, and what that means
     * for other targets: monotone in the noise (VDM++, Kingma and Gao 2023, arXiv 2303.00848). Times are taken to be drawn
     * uniformly, so that the schedule's density divides out. Not for a single level.
     */
    Weighting MONOTONE = Weightings.MONOTONE;

    /**
     * Weight on the squared error of the target.
     *
     * @param schedule the noise levels
     * @param t time in [0, 1]
     * @param target what is predicted
     * @return the weight, finite and at least 0
     */
    double at(NoiseSchedule schedule, double t, Quantity target);
}
