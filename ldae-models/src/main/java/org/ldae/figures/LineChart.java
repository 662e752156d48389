package org.ldae.figures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Lines and points over two axes, with intervals. */
final class LineChart {

    /** Longer lines carry no marks at their points. */
    /** Beyond so many, labels between powers of ten would run into each other. */
    private static final double MOST_DECADES = 2;

    private static final int MARKED_POINTS = 40;

    private final Chart chart;
    private final List<Series> series;

    private LineChart(List<Series> series, ChartOptions options) {
        this.series = series;
        List<String> names = series.stream()
                .map(Series::name)
                .filter(name -> !name.isEmpty())
                .toList();
        chart = new Chart(options, options.width() / 2, names);
        chart.chart.setYAxisTitle(chart.lettering().cut(options.y(), options.width() / 2));
        axes(options);
        int rank = 0;
        for (int i = 0; i < series.size(); i++) {
            add(i, series.get(i).style() == Series.Style.FAINT ? 0 : rank++);
        }
    }

    static BufferedImage draw(List<Series> series, ChartOptions options) {
        if (series.isEmpty()) {
            throw new IllegalArgumentException("series: expected at least one");
        }
        return new LineChart(series, options).chart.draw();
    }

    private void axes(ChartOptions options) {
        double[] x =
                series.stream().flatMapToDouble(each -> Arrays.stream(each.x())).toArray();
        double[] y =
                series.stream().flatMapToDouble(each -> Arrays.stream(each.y())).toArray();
        requirePositive("x", options.logX(), x);
        requirePositive("y", options.logY(), y);
        chart.styler.setXAxisLogarithmic(options.logX());
        chart.styler.setXAxisLogarithmicDecadeOnly(false);
        chart.styler.setYAxisLogarithmic(options.logY());
        chart.styler.setYAxisLogarithmicDecadeOnly(false);
        if (options.logX() && decades(x) > MOST_DECADES) {
            chart.styler.setXAxisTickLabelsFormattingFunction(Chart::powers);
        }
        chart.styler.setPlotContentSize(0.95);
        if (Double.isFinite(options.low())) {
            chart.styler.setYAxisMin(options.low());
        }
        if (Double.isFinite(options.high())) {
            chart.styler.setYAxisMax(options.high());
        }
        if (!options.logX() && DoubleStream.of(x).allMatch(value -> value == Math.rint(value))) {
            chart.styler.setXAxisTickLabelsFormattingFunction(
                    value -> Math.abs(value - Math.rint(value)) < 1e-6 ? Chart.brief(value) : Chart.unseen(value));
        }
        chart.styler.setMarkerSize(
                (int) ((x.length > 400 ? 0.3 : 0.55) * chart.lettering().size()));
    }

    private static double decades(double[] values) {
        return Math.log10(DoubleStream.of(values).max().orElse(1)
                / DoubleStream.of(values).min().orElse(1));
    }

    private static void requirePositive(String axis, boolean logarithmic, double[] values) {
        Arrays.stream(values)
                .filter(value -> logarithmic && value <= 0)
                .findFirst()
                .ifPresent(value -> {
                    throw new IllegalArgumentException(
                            "%s: expected positive numbers on a logarithmic axis, got %s; leave it out or use a linear axis"
                                    .formatted(axis, value));
                });
    }

    private void add(int i, int rank) {
        Series each = series.get(i);
        Color color = each.style() == Series.Style.FAINT ? Palette.FAINT : Palette.color(rank);
        double[] x = each.x();
        double[] y = each.y();
        if (x.length > MARKED_POINTS && each.errors().length == 0 && !chart.styler.isXAxisLogarithmic()) {
            // XChart puts ticks on points that are evenly spaced, however odd their numbers.
            x = withBetween(x);
            y = withBetween(y);
        }
        // Names are keys to XChart: those without one get one that is not shown.
        String key = each.name().isEmpty() ? "series " + i : each.name();
        XYSeries drawn =
                each.errors().length == 0 ? chart.add(key, x, y, color) : chart.add(key, x, y, each.errors(), color);
        drawn.setShowInLegend(!each.name().isEmpty());
        boolean marked = each.style() == Series.Style.POINTS
                || (each.style() == Series.Style.LINE && each.x().length <= MARKED_POINTS);
        drawn.setMarker(marked ? Palette.mark(rank) : SeriesMarkers.NONE);
        if (each.style() == Series.Style.POINTS) {
            drawn.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        }
        if (each.style() == Series.Style.FAINT) {
            drawn.setLineStyle(new BasicStroke(1));
        }
    }

    /** One number more, between the first two and nearer to the first: on a line nothing changes. */
    private static double[] withBetween(double... numbers) {
        double[] more = new double[numbers.length + 1];
        more[0] = numbers[0];
        more[1] = numbers[0] + 0.4 * (numbers[1] - numbers[0]);
        System.arraycopy(numbers, 1, more, 2, numbers.length - 1);
        return more;
    }
}
