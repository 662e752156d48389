package org.ldae.noise;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** The schedules that {@link NoiseSchedule} makes. */
final class Schedules {

    private Schedules() {}

    /** As messages show it: levels such as sqrt(1/3) have no end. */
    private static double rounded(double value) {
        return new BigDecimal(value, new MathContext(4)).doubleValue();
    }

    /** The signal is kept as it is. */
    private interface Unscaled extends NoiseSchedule {
        @Override
        default double gamma(double t) {
            Levels.requireTime(t);
            return 1;
        }
    }

    /** gamma^2 = sigmoid(logSNR), and sigma^2 the rest. */
    private interface OfLogSnr extends NoiseSchedule {
        @Override
        default double gamma(double t) {
            return 1 / Math.sqrt(1 + Math.exp(-logSnr(t)));
        }

        @Override
        default double sigma(double t) {
            return 1 / Math.sqrt(1 + Math.exp(logSnr(t)));
        }
    }

    record Additive(double maxSigma) implements Unscaled {
        Additive {
            Levels.requirePositive("maxSigma", maxSigma);
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

    record Single(double level) implements Unscaled {
        Single {
            if (!(level >= 0 && level < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("sigma: expected a number of at least 0, got " + level);
            }
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

    record Geometric(double first, double last) implements Unscaled {
        Geometric {
            Levels.requirePositive("first", first);
            if (!(last > first && last < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "last: expected a finite sigma above the first, %s, got %s".formatted(first, last));
            }
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

    /** The logSNR Laplace distributed with a mean and a scale b. */
    record Laplace(double mean, double scale) implements OfLogSnr {
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
        public double logSnrDensity(double logSnr) {
            return Math.exp(-Math.abs(logSnr - mean) / scale) / (2 * scale);
        }
    }

    /** The logSNR straight between numbers at even times. */
    record Through(List<Double> knots) implements OfLogSnr {
        Through {
            knots = List.copyOf(knots);
            for (int i = 0; i < knots.size(); i++) {
                if (!Double.isFinite(knots.get(i)) || (i > 0 && !(knots.get(i) < knots.get(i - 1)))) {
                    throw new IllegalArgumentException(
                            "logSNR: expected finite numbers that fall, got %s at place %d of %s"
                                    .formatted(knots.get(i), i, knots));
                }
            }
            if (knots.size() < 2) {
                throw new IllegalArgumentException("logSNR: expected at least 2 numbers, got " + knots);
            }
        }

        @Override
        public double logSnr(double t) {
            if (t == 1) {
                return knots.get(knots.size() - 1); // the sum below may round to just outside, where no level is
            }
            double place = Levels.requireTime(t) * (knots.size() - 1);
            int before = Math.min((int) place, knots.size() - 2);
            return knots.get(before) + (place - before) * (knots.get(before + 1) - knots.get(before));
        }

        @Override
        public double ratio(double t) {
            return Math.exp(-logSnr(t) / 2);
        }

        @Override
        public double logSnrDensity(double logSnr) {
            for (int i = 1; i < knots.size(); i++) {
                if (logSnr <= knots.get(i - 1) && logSnr >= knots.get(i)) {
                    return 1 / ((knots.size() - 1) * (knots.get(i - 1) - knots.get(i)));
                }
            }
            return 0;
        }

        @Override
        public String toString() {
            return "Through[%d numbers of logSNR from %s to %s]"
                    .formatted(knots.size(), rounded(knots.get(0)), rounded(knots.get(knots.size() - 1)));
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
