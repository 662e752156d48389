package org.ldae.noise;

/** Schedules with {@code gamma^2 + sigma^2 = 1}: data of unit variance keep it at every level. */
public sealed interface VariancePreserving extends NoiseSchedule {

    /** gamma^2 = 1 - t. */
    record Linear() implements VariancePreserving {
        @Override
        public double gamma(double t) {
            return Math.sqrt(1 - Levels.requireTime(t));
        }

        @Override
        public double sigma(double t) {
            return Math.sqrt(Levels.requireTime(t));
        }

        @Override
        public double logSnrDensity(double logSnr) {
            // gamma^2 is uniform, so its logit is a standard logistic variable.
            double tail = Math.exp(-Math.abs(logSnr));
            return tail / ((1 + tail) * (1 + tail));
        }
    }

    /** gamma = cos(pi t / 2), sigma = sin(pi t / 2). */
    record Cosine() implements VariancePreserving {
        @Override
        public double gamma(double t) {
            // cos(pi / 2) is not quite 0 in floating point.
            return Levels.requireTime(t) == 1 ? 0 : Math.cos(Math.PI / 2 * t);
        }

        @Override
        public double sigma(double t) {
            return Math.sin(Math.PI / 2 * Levels.requireTime(t));
        }

        @Override
        public double logSnrDensity(double logSnr) {
            return 1 / (2 * Math.PI * Math.cosh(logSnr / 2));
        }
    }

    /**
     * gamma^2 = sigmoid(logSNR), the logSNR Laplace distributed.
     *
     * @param mean mean of the logSNR
     * @param scale b of the Laplace distribution, positive
     */
    record Laplace(double mean, double scale) implements VariancePreserving {
        /**
         * Checks the distribution.
         *
         * @param mean mean of the logSNR
         * @param scale b of the Laplace distribution, positive
         */
        public Laplace {
            if (!Double.isFinite(mean)) {
                throw new IllegalArgumentException("mean: expected a finite logSNR, got " + mean);
            }
            Levels.requirePositive("scale", scale);
        }

        @Override
        public double logSnr(double t) {
            // mean - scale sgn(1/2 - t) ln(1 - 2 |t - 1/2|)
            return Levels.requireTime(t) <= 0.5 ? mean - scale * Math.log(2 * t) : mean + scale * Math.log(2 - 2 * t);
        }

        @Override
        public double gamma(double t) {
            return 1 / Math.sqrt(1 + Math.exp(-logSnr(t)));
        }

        @Override
        public double sigma(double t) {
            return 1 / Math.sqrt(1 + Math.exp(logSnr(t)));
        }

        @Override
        public double logSnrDensity(double logSnr) {
            return Math.exp(-Math.abs(logSnr - mean) / scale) / (2 * scale);
        }
    }

    /** DDPM's 1000 steps; t = 0 is the clean image and t = 1 the last step, linear in between in gamma^2. */
    record Ddpm() implements VariancePreserving {
        @Override
        public double gamma(double t) {
            return Math.sqrt(BetaTable.gammaSquared(Levels.requireTime(t)));
        }

        @Override
        public double sigma(double t) {
            return Math.sqrt(1 - BetaTable.gammaSquared(Levels.requireTime(t)));
        }

        @Override
        public double logSnrDensity(double logSnr) {
            if (logSnr < logSnr(1)) {
                return 0;
            }
            double signal = 1 / (1 + Math.exp(-logSnr)); // gamma^2
            return signal * (1 - signal) / BetaTable.fall(timeOf(Math.min(ratio(1), Math.exp(-logSnr / 2))));
        }
    }
}
