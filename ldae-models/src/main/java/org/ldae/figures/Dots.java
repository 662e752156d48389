package org.ldae.figures;

import java.util.Arrays;
import java.util.List;

/**
 * A dot plot's rows: values on one axis, each row with its name and an interval if it has one.
 *
 * <pre>{@code
 * Dots.measured("mean of 3 seeds, 95% interval", List.of(Dots.row("patch-pca", 41.2).within(40.6, 41.8)))
 * }</pre>
 *
 * @param legend what the dots are
 * @param published whether they are numbers from elsewhere, which have a colour of their own
 * @param rows from top to bottom
 */
public record Dots(String legend, boolean published, List<Row> rows) {

    /**
     * Checks that there is a row.
     *
     * @param legend what the dots are
     * @param published whether they are numbers from elsewhere
     * @param rows from top to bottom, at least one
     */
    public Dots {
        rows = List.copyOf(rows);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("dots: expected at least one row");
        }
    }

    /**
     * Numbers that were measured here.
     *
     * @param legend what the dots are
     * @param rows from top to bottom
     * @return the dots
     */
    public static Dots measured(String legend, List<Row> rows) {
        return new Dots(legend, false, rows);
    }

    /**
     * Numbers that others printed.
     *
     * @param legend what the dots are
     * @param rows from top to bottom
     * @return the dots
     */
    public static Dots published(String legend, List<Row> rows) {
        return new Dots(legend, true, rows);
    }

    /**
     * A row without an interval.
     *
     * @param label what was measured
     * @param values a dot each, at least one, finite
     * @return the row
     */
    public static Row row(String label, double... values) {
        double low = Arrays.stream(values).min().orElse(Double.NaN);
        double high = Arrays.stream(values).max().orElse(Double.NaN);
        return new Row(label, Arrays.stream(values).boxed().toList(), low, high);
    }

    /**
     * One row.
     *
     * @param label what was measured
     * @param values a dot each
     * @param low lower end of the line behind the dots
     * @param high upper end
     */
    public record Row(String label, List<Double> values, double low, double high) {

        /**
         * Checks that the numbers are finite and lie in the interval.
         *
         * @param label what was measured
         * @param values a dot each, at least one
         * @param low lower end of the line behind the dots
         * @param high upper end
         */
        public Row {
            values = List.copyOf(values);
            if (values.isEmpty() || values.stream().anyMatch(value -> !(value >= low && value <= high))) {
                throw new IllegalArgumentException(
                        "%s: expected values in an interval, got %s and %s to %s; give the ends themselves, not their distances"
                                .formatted(label, values, low, high));
            }
            if (Double.isInfinite(low) || Double.isInfinite(high)) {
                throw new IllegalArgumentException(
                        "%s: expected finite numbers, got %s to %s; leave such rows out".formatted(label, low, high));
            }
        }

        /**
         * Sets the interval.
         *
         * @param lower at most the values
         * @param upper at least the values
         * @return a copy
         */
        public Row within(double lower, double upper) {
            return new Row(label, values, lower, upper);
        }
    }
}
