package org.ldae.noise;

import org.ldae.noise.NoiseLevel.Quantity;

/** The weights that {@link Weighting} names and explains; in JSON their names are all there is to write. */
enum Weightings implements Weighting {
    UNIFORM {
        @Override
        public double at(NoiseSchedule schedule, double t, Quantity target) {
            return 1;
        }
    },
    SIGNAL_SHARE {
        @Override
        public double at(NoiseSchedule schedule, double t, Quantity target) {
            double signal = schedule.gamma(t) * schedule.gamma(t);
            double noise = schedule.sigma(t) * schedule.sigma(t);
            return signal / (signal + noise);
        }
    },
    MIN_SNR_5 {
        @Override
        public double at(NoiseSchedule schedule, double t, Quantity target) {
            double logSnr = bounded(schedule, t);
            return Math.min(Math.exp(logSnr), 5) / errorRatio(schedule, t, target);
        }
    },
    MONOTONE {
        @Override
        public double at(NoiseSchedule schedule, double t, Quantity target) {
            double logSnr = bounded(schedule, t);
            double onNoise = 1 / (1 + Math.exp(logSnr - 2)) / schedule.logSnrDensity(logSnr);
            return Math.exp(logSnr) * onNoise / errorRatio(schedule, t, target);
        }

        @Override
        public boolean needsManyLevels() {
            return true;
        }
    };

    /** Beyond this logSNR, where the weights grow without bound or are as good as 0, they stay as they are here. */
    private static final double FARTHEST = 10;

    private static double bounded(NoiseSchedule schedule, double t) {
        double logSnr = Math.min(FARTHEST, Math.max(-FARTHEST, schedule.logSnr(t)));
        return Math.max(schedule.logSnr(1), Math.min(schedule.logSnr(0), logSnr));
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
