package org.ldae.bench;

import java.util.Arrays;

/**
 * The middle and the ends of some numbers.
 *
 * @param median middle one, or the mean of the middle two
 * @param min smallest
 * @param max largest
 */
record Spread(double median, double min, double max) {

    static Spread of(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("spread: expected at least one number, got none");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[sorted.length - 1]);
    }

    /** The spread of {@code factor / x}. */
    Spread under(double factor) {
        return new Spread(factor / median, factor / max, factor / min);
    }

    /** The spread of {@code factor x}. */
    Spread times(double factor) {
        return new Spread(factor * median, factor * min, factor * max);
    }
}
