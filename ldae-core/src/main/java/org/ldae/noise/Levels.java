package org.ldae.noise;

/** What follows from a schedule's gamma and sigma alone, and checks that schedules share. */
final class Levels {

    /** Half the fall of the logSNR over which time is taken: rounding and curvature both cost some 1e-9. */
    private static final double HALF_FALL = 1e-4;

    private Levels() {}

    static double time(NoiseSchedule schedule, double ratio) {
        double largest = schedule.ratio(1);
        double smallest = schedule.ratio(0);
        if (!(ratio >= smallest && ratio <= largest)) {
            throw new IllegalArgumentException(
                    "sigma: expected a level of the schedule, in [%s, %s], got %s".formatted(smallest, largest, ratio));
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (schedule.sigma(middle) < ratio * schedule.gamma(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return schedule.timeDependent() ? high : 0;
    }

    static double density(NoiseSchedule schedule, double logSnr) {
        if (!schedule.timeDependent()) {
            throw new IllegalStateException(
                    "logSNR: has no density at the single level of %s; use a schedule of many levels"
                            .formatted(schedule));
        }
        double least = schedule.logSnr(1);
        double most = schedule.logSnr(0);
        if (!(logSnr >= least && logSnr <= most) || Double.isInfinite(logSnr)) {
            return 0;
        }
        double below = Math.max(least, logSnr - HALF_FALL);
        double above = Math.min(most, logSnr + HALF_FALL);
        // At an end the exponential may round to a level just outside.
        double later = below == least ? 1 : time(schedule, Math.exp(-below / 2));
        double earlier = above == most ? 0 : time(schedule, Math.exp(-above / 2));
        return Math.max(0, (later - earlier) / (above - below));
    }

    static double requireTime(double t) {
        if (!(t >= 0 && t <= 1)) {
            throw new IllegalArgumentException("t: expected a time in [0, 1], got " + t);
        }
        return t;
    }

    static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": expected a positive number, got " + value);
        }
    }
}
