package org.ldae.noise;

import org.ldae.noise.NoiseLevel.Quantity;

/** How errors are weighted over noise levels. */
public enum Weighting {
    /** 1 on the target's squared error, whatever the target. */
    UNIFORM {
        @Override
        public double at(NoiseSchedule schedule, double t, Quantity target) {
            return 1;
        }
    },
    /**
     * The signal's share of the variance, gamma^2 / (gamma^2 + sigma^2), on the target's squared error: gamma^2 where both
     * add up to 1, and 1 / (1 + sigma^2) where gamma is 1 (paper, Tab. 3).
     */
    SIGNAL_SHARE {
        @Override
        public double at(NoiseSchedule schedule, double t, Quantity target) {
            double signal = schedule.gamma(t) * schedule.gamma(t);
            double noise = schedule.sigma(t) * schedule.sigma(t);
            return signal / (signal + noise);
        }
    },
    /**
     * The signal-to-noise ratio, at most 5, on the clean data's squared error, and what that means for other targets (Hang
     * et al. 2023, arXiv 2303.09556).
     */
    MIN_SNR_5 {
        @Override
        public double at(NoiseSchedule schedule, double t, Quantity target) {
            double logSnr = bounded(schedule, t);
            return Math.min(Math.exp(logSnr), 5) / errorRatio(schedule, t, target);
        }
    },
    /**
     * sigmoid(2 - logSNR) on the noise's squared error for every step in logSNR, whatever the schedule, and what that means
     * for other targets: monotone in the noise (VDM++, Kingma and Gao 2023, arXiv 2303.00848). Times are taken to be drawn
     * uniformly, so that the schedule's density divides out. Not for a single level.
     */
    MONOTONE {
        @Override
        public double at(NoiseSchedule schedule, double t, Quantity target) {
            double logSnr = bounded(schedule, t);
            double onNoise = 1 / (1 + Math.exp(logSnr - 2)) / schedule.logSnrDensity(logSnr);
            return Math.exp(logSnr) * onNoise / errorRatio(schedule, t, target);
        }
    };

    /** Beyond this logSNR, where the weights grow without bound or are as good as 0, they stay as they are here. */
    private static final double FARTHEST = 10;

    /** Weight on the squared error of the target. */
    public abstract double at(NoiseSchedule schedule, double t, Quantity target);

    private static double bounded(NoiseSchedule schedule, double t) {
        return Math.max(schedule.logSnr(1), Math.min(FARTHEST, Math.max(-FARTHEST, schedule.logSnr(t))));
    }

    /** Squared error of the target that goes with a squared error of 1 of the clean data. */
    private static double errorRatio(NoiseSchedule schedule, double t, Quantity target) {
        double logSnr = bounded(schedule, t);
        boolean inside = logSnr == schedule.logSnr(t);
        NoiseLevel level = schedule.level(inside ? t : schedule.timeOf(Math.exp(-logSnr / 2)));
        double factor = level.convert(Quantity.CLEAN, target).onGiven();
        return factor * factor;
    }
}
