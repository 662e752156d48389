package org.ldae.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Measured values as bars, each with an interval and a reference to compare with, if there is one.
 *
 * <pre>{@code
 * Bars.of("here", "published").with(Bars.bar("remove the tokenizer's losses", 41.2).within(40.6, 41.8).against(59.0))
 * }</pre>
 *
 * @param measured what the bars are, in the legend
 * @param reference what the reference marks are, in the legend
 * @param bars from top to bottom
 */
public record Bars(String measured, String reference, List<Bar> bars) {

    /**
     * Copies the list.
     *
     * @param measured what the bars are, in the legend
     * @param reference what the reference marks are, in the legend
     * @param bars from top to bottom
     */
    public Bars {
        bars = List.copyOf(bars);
    }

    /**
     * No bars yet.
     *
     * @param measured what the bars are, in the legend
     * @param reference what the reference marks are, in the legend; not shown if no bar has one
     * @return to be completed by {@link #with}
     */
    public static Bars of(String measured, String reference) {
        return new Bars(measured, reference, List.of());
    }

    /**
     * A bar without interval and reference.
     *
     * @param label what it shows
     * @param value how long it is, finite
     * @return the bar
     */
    public static Bar bar(String label, double value) {
        return new Bar(label, value, value, value, OptionalDouble.empty());
    }

    /**
     * Adds a bar below the others.
     *
     * @param bar see {@link #bar}
     * @return a copy
     */
    public Bars with(Bar bar) {
        List<Bar> longer = new ArrayList<>(bars);
        longer.add(bar);
        return new Bars(measured, reference, longer);
    }

    /**
     * One bar.
     *
     * @param label what it shows
     * @param value how long it is
     * @param low lower end of the interval, equal to the value for none
     * @param high upper end of the interval, equal to the value for none
     * @param reference what to compare with
     */
    public record Bar(String label, double value, double low, double high, OptionalDouble reference) {

        /**
         * Checks that the numbers are finite and the value lies in its interval.
         *
         * @param label what it shows
         * @param value how long it is
         * @param low lower end of the interval
         * @param high upper end of the interval
         * @param reference what to compare with
         */
        public Bar {
            if (!Double.isFinite(value) || !Double.isFinite(reference.orElse(0))) {
                throw new IllegalArgumentException(
                        "%s: expected finite numbers, got value %s and reference %s; leave such bars out"
                                .formatted(label, value, reference));
            }
            if (!(Double.isFinite(low) && Double.isFinite(high) && low <= value && value <= high)) {
                throw new IllegalArgumentException(
                        "%s: expected an interval that holds the value %s, got %s to %s; give the ends themselves, not their distances"
                                .formatted(label, value, low, high));
            }
        }

        /**
         * Adds an interval.
         *
         * @param low lower end, at most the value
         * @param high upper end, at least the value
         * @return a copy
         */
        public Bar within(double low, double high) {
            return new Bar(label, value, low, high, reference);
        }

        /**
         * Adds a reference mark beside the bar.
         *
         * @param reference what to compare with, finite
         * @return a copy
         */
        public Bar against(double reference) {
            return new Bar(label, value, low, high, OptionalDouble.of(reference));
        }
    }
}
