package org.ldae.noise;

import java.math.BigDecimal;
import java.math.MathContext;

/** The schedules that {@link NoiseSchedule} makes. */
final class Schedules {

    private Schedules() {}

    /** As messages show it: levels such as sqrt(1/3) have no end. */
    private static double rounded(double value) {
        return new BigDecimal(value, new MathContext(4)).doubleValue();
    }

    record Additive(double maxSigma) implements NoiseSchedule {
        Additive {
            Levels.requirePositive("maxSigma", maxSigma);
        }

        @Override
        public double gamma(double t) {
            Levels.requireTime(t);
            return 1;
        }

        @Override
        public double sigma(double t) {
            return maxSigma * Levels.requireTime(t);
        }

        @Override
        public double logSnrDensity(double logSnr) {
            double t = Math.exp(-logSnr / 2) / maxSigma;
            // logSnr(1) itself is in range, whatever its rounding.
            return t <= 1 + 1e-12 ? t / 2 : 0;
        }

        @Override
        public String toString() {
            return "Additive[maxSigma=%s]".formatted(rounded(maxSigma));
        }
    }

    record Single(double level) implements NoiseSchedule {
        Single {
            if (!(level >= 0 && level < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("sigma: expected a number of at least 0, got " + level);
            }
        }

        @Override
        public double gamma(double t) {
            Levels.requireTime(t);
            return 1;
        }

        @Override
        public double sigma(double t) {
            Levels.requireTime(t);
            return level;
        }

        @Override
        public String toString() {
            return "Single[level=%s]".formatted(rounded(level));
        }
    }

    record Geometric(double first, double last) implements NoiseSchedule {
        Geometric {
            Levels.requirePositive("first", first);
            if (!(last > first && last < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "last: expected a finite sigma above the first, %s, got %s".formatted(first, last));
            }
        }

        @Override
        public double gamma(double t) {
            Levels.requireTime(t);
            return 1;
        }

        @Override
        public double sigma(double t) {
            return Levels.requireTime(t) == 1 ? last : first * Math.pow(last / first, t);
        }
    }

    record Flow() implements NoiseSchedule {
        @Override
        public double gamma(double t) {
            return 1 - Levels.requireTime(t);
        }

        @Override
        public double sigma(double t) {
            return Levels.requireTime(t);
        }
    }

    record Linear() implements NoiseSchedule {
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

    record Cosine() implements NoiseSchedule {
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

    /** gamma^2 = sigmoid(logSNR), the logSNR Laplace distributed with a mean and a scale b. */
    record Laplace(double mean, double scale) implements NoiseSchedule {
        Laplace {
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
    record Ddpm() implements NoiseSchedule {
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
