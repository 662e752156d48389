package org.ldae.figures;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Points of a line chart under one name. Immutable.
 *
 * <pre>{@code
 * Series.of("PCA", dimensions, means).withErrorBars(halves)
 * }</pre>
 */
public final class Series {

    /** How points are drawn. */
    enum Style {
        LINE,
        FAINT,
        POINTS
    }

    private final String name;
    private final double[] x;
    private final double[] y;
    private final double[] errors;
    private final Style style;

    private Series(String name, double[] x, double[] y, double[] errors, Style style) {
        this.name = name;
        this.x = x;
        this.y = y;
        this.errors = errors;
        this.style = style;
    }

    /**
     * A line through points.
     *
     * @param name its name in the legend
     * @param x positions, in the order in which the line joins them
     * @param y values, as many
     * @return the series
     * @throws IllegalArgumentException if there are none, not as many of both, or one isn't finite
     */
    public static Series of(String name, double[] x, double[] y) {
        if (x.length != y.length || x.length == 0) {
            throw new IllegalArgumentException(
                    "%s: expected as many x as y and at least one, got %d and %d".formatted(name, x.length, y.length));
        }
        requireFinite(name, "x", x);
        requireFinite(name, "y", y);
        return new Series(name, x.clone(), y.clone(), new double[0], Style.LINE);
    }

    /**
     * A line through one value a step, from step 1 on.
     *
     * @param name its name in the legend
     * @param values one a step
     * @return the series
     * @throws IllegalArgumentException if there are none or one isn't finite
     */
    public static Series ofSteps(String name, double[] values) {
        double[] steps =
                IntStream.rangeClosed(1, values.length).asDoubleStream().toArray();
        return of(name, steps, values);
    }

    /**
     * Adds an interval around each value.
     *
     * @param halves half the length of each interval, at least 0, one a point
     * @return a copy
     * @throws IllegalArgumentException if there are not as many, or one is negative or not finite
     */
    public Series withErrorBars(double[] halves) {
        if (halves.length != y.length
                || Arrays.stream(halves).anyMatch(half -> !(half >= 0) || Double.isInfinite(half))) {
            throw new IllegalArgumentException("%s: expected %d finite lengths of at least 0, one a point, got %s"
                    .formatted(name, y.length, Arrays.toString(halves)));
        }
        return new Series(name, x, y, halves.clone(), style);
    }

    /**
     * The mean of each value and those before it, for noisy curves: from the first value on that has enough before it.
     *
     * @param name its name in the legend
     * @param window how many values a mean is of, from 1 to the number of points
     * @return a shorter series without intervals
     */
    public Series runningMean(String name, int window) {
        if (window < 1 || window > y.length) {
            throw new IllegalArgumentException("window: expected 1 to %d, got %d".formatted(y.length, window));
        }
        double[] means = new double[y.length - window + 1];
        for (int i = 0; i < means.length; i++) {
            means[i] = Arrays.stream(y, i, i + window).average().orElseThrow();
        }
        return of(name, Arrays.copyOfRange(x, window - 1, x.length), means);
    }

    /**
     * The same line thin and grey, as a background of others.
     *
     * @return a copy
     */
    public Series faint() {
        return new Series(name, x, y, errors, Style.FAINT);
    }

    /**
     * The same points without the line.
     *
     * @return a copy
     */
    public Series points() {
        return new Series(name, x, y, errors, Style.POINTS);
    }

    /**
     * Its name.
     *
     * @return as in the legend
     */
    public String name() {
        return name;
    }

    double[] x() {
        return x;
    }

    double[] y() {
        return y;
    }

    /** Half the length of each interval; none if there are no intervals. */
    double[] errors() {
        return errors;
    }

    Style style() {
        return style;
    }

    private static void requireFinite(String name, String what, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new IllegalArgumentException("%s: expected finite %s, got %s at %d; leave such points out"
                        .formatted(name, what, values[i], i));
            }
        }
    }
}
