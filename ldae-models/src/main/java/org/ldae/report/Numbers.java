package org.ldae.report;

import java.util.Locale;
import org.ldae.study.Estimate;
import org.ldae.study.Metric;

/** How numbers are written. */
final class Numbers {

    /** Where a number is missing. */
    static final String NONE = "-";

    private Numbers() {}

    /** A mean and half the length of its interval, which fewer than three values have none of. */
    static String of(Estimate estimate) {
        return number(estimate.mean()) + spread(estimate);
    }

    /** A value of a metric: shares with their interval, others as their mean. */
    static String of(Metric metric, Estimate estimate) {
        double mean = estimate.mean();
        return switch (metric.unit()) {
            case SHARE -> of(estimate);
            case COUNT -> String.format(Locale.ROOT, "%,.0f", mean);
            case SECONDS -> String.format(Locale.ROOT, "%.1f", mean);
            case NUMBER -> String.format(Locale.ROOT, "%.4g", mean);
        };
    }

    /** As {@link #of}, with a sign. */
    static String signed(Estimate difference) {
        return signed(difference.mean()) + spread(difference);
    }

    private static String spread(Estimate estimate) {
        return estimate.n() < Charts.LEAST_SEEDS ? "" : " \u00b1 " + number(estimate.half());
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String signed(double value) {
        return String.format(Locale.ROOT, "%+.2f", value);
    }

    /** A published number, empty for none. */
    static String published(double value) {
        return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.1f", value);
    }

    /** A whole number as such, others with what digits they need. */
    static String plain(double value) {
        return value == Math.rint(value) ? "%s".formatted((long) value) : String.format(Locale.ROOT, "%.4g", value);
    }
}
