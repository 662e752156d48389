package org.ldae.figures;

import java.util.stream.IntStream;

/**
 * Points of a line chart under one name. Immutable.
 *
 * <pre>{@code
 * Series.of("PCA", dimensions, means).withBand(lower, upper)
 * }</pre>
 */
public final class Series {

    /** How the points themselves are drawn. */
    enum Style {
        LINE,
        FAINT,
        POINTS
    }

    /** How the interval around each point is drawn. */
    enum Spread {
        NONE,
        BAND,
        BARS
    }

    private final String name;
    private final double[] x;
    private final double[] y;
    private final double[] low;
    private final double[] high;
    private final Style style;
    private final Spread spread;

    private Series(String name, double[][] numbers, Style style, Spread spread) {
        this.name = name;
        this.x = numbers[0];
        this.y = numbers[1];
        this.low = numbers[2];
        this.high = numbers[3];
        this.style = style;
        this.spread = spread;
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
        return new Series(name, new double[][] {x.clone(), y.clone(), y.clone(), y.clone()}, Style.LINE, Spread.NONE);
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
     * Adds an interval around each value, drawn as a band.
     *
     * @param low lower ends, one a point
     * @param high upper ends, one a point
     * @return a copy
     * @throws IllegalArgumentException if there are not as many, or {@code low <= y <= high} doesn't hold
     */
    public Series withBand(double[] low, double[] high) {
        return withInterval(low, high, Spread.BAND);
    }

    /**
     * Adds an interval around each value, drawn as an error bar.
     *
     * @param low lower ends, one a point
     * @param high upper ends, one a point
     * @return a copy
     * @throws IllegalArgumentException if there are not as many, or {@code low <= y <= high} doesn't hold
     */
    public Series withErrorBars(double[] low, double[] high) {
        return withInterval(low, high, Spread.BARS);
    }

    /**
     * The mean of each value and those before it, for noisy curves. Intervals are dropped.
     *
     * @param name its name in the legend
     * @param window how many values a mean is of, at least 1; the first ones are of fewer
     * @return another series at the same positions
     */
    public Series runningMean(String name, int window) {
        if (window < 1) {
            throw new IllegalArgumentException("window: expected at least 1, got " + window);
        }
        double[] means = new double[y.length];
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += y[i] - (i < window ? 0 : y[i - window]);
            means[i] = sum / Math.min(i + 1, window);
        }
        return of(name, x, means);
    }

    /**
     * The same line thin and grey, as a background of others.
     *
     * @return a copy
     */
    public Series faint() {
        return new Series(name, new double[][] {x, y, low, high}, Style.FAINT, spread);
    }

    /**
     * The same points without the line.
     *
     * @return a copy
     */
    public Series points() {
        return new Series(name, new double[][] {x, y, low, high}, Style.POINTS, spread);
    }

    /**
     * Its name.
     *
     * @return as in the legend
     */
    public String name() {
        return name;
    }

    int size() {
        return x.length;
    }

    double x(int i) {
        return x[i];
    }

    double y(int i) {
        return y[i];
    }

    double low(int i) {
        return low[i];
    }

    double high(int i) {
        return high[i];
    }

    Style style() {
        return style;
    }

    Spread spread() {
        return spread;
    }

    private Series withInterval(double[] low, double[] high, Spread how) {
        if (low.length != y.length || high.length != y.length) {
            throw new IllegalArgumentException("%s: expected %d lower and upper ends, one a point, got %d and %d"
                    .formatted(name, y.length, low.length, high.length));
        }
        requireFinite(name, "low", low);
        requireFinite(name, "high", high);
        for (int i = 0; i < y.length; i++) {
            if (low[i] > y[i] || high[i] < y[i]) {
                throw new IllegalArgumentException("%s: expected low <= y <= high, got %s, %s, %s at %d; %s"
                        .formatted(name, low[i], y[i], high[i], i, "give the ends themselves, not their distances"));
            }
        }
        return new Series(name, new double[][] {x, y, low.clone(), high.clone()}, style, how);
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
