package org.ldae.figures;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Rows of dots with intervals, on an axis cut to where they lie. */
final class DotChart {

    private DotChart() {}

    static BufferedImage draw(Dots dots, ChartOptions options) {
        if (options.logX() || options.logY()) {
            throw new IllegalArgumentException(
                    "options: expected linear axes for dots, got a logarithmic one; use Series");
        }
        List<Dots.Row> rows = dots.rows();
        int size = rows.size();
        // Values lie along the horizontal axis.
        ChartOptions turned = options.withAxes(options.y(), "");
        Chart chart = new Chart(
                turned,
                (size + 1)
                        * Math.round(1.5f * Lettering.forWidth(options.width()).size()),
                dots.legend().isEmpty() ? List.of() : List.of(dots.legend()));
        Color color = dots.published() ? Palette.VERMILION : Palette.BLUE;
        chart.styler.setYAxisMin(-1.0);
        chart.styler.setYAxisMax((double) size);
        chart.styler.setYAxisTickMarkSpacingHint(chart.lettering().size());
        chart.styler.setYAxisTickLabelsFormattingFunction(y -> {
            int row = size - 1 - (int) Math.rint(y);
            return row >= 0 && row < size && Math.abs(y - Math.rint(y)) < 1e-6
                    ? label(rows.get(row).label())
                    : Chart.unseen(y);
        });
        chart.styler.setMarkerSize((int) (0.6 * chart.lettering().size()));
        range(chart, dots, options);
        // XChart puts ticks where the first series has its points if they are evenly spaced: one in each row.
        double[] lows = rows.stream().mapToDouble(Dots.Row::low).toArray();
        double[] places =
                IntStream.range(0, size).mapToDouble(i -> size - 1.0 - i).toArray();
        hidden(chart.add("rows", lows, places, color)).setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        for (int i = 0; i < size; i++) {
            Dots.Row row = rows.get(i);
            double[] y = {size - 1 - i, size - 1 - i};
            hidden(chart.add("interval " + i, new double[] {row.low(), row.high()}, y, color));
        }
        double[] x = rows.stream()
                .flatMap(row -> row.values().stream())
                .mapToDouble(Double::doubleValue)
                .toArray();
        double[] y = IntStream.range(0, size)
                .boxed()
                .flatMap(i -> rows.get(i).values().stream().map(value -> size - 1.0 - i))
                .mapToDouble(Double::doubleValue)
                .toArray();
        XYSeries drawn = chart.add(dots.legend().isEmpty() ? "dots" : dots.legend(), x, y, color);
        drawn.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        drawn.setMarker(dots.published() ? SeriesMarkers.DIAMOND : SeriesMarkers.CIRCLE);
        return chart.draw();
    }

    private static String label(String text) {
        return text.length() <= Chart.LONGEST_LABEL ? text : text.substring(0, Chart.LONGEST_LABEL - 1) + "\u2026";
    }

    private static XYSeries hidden(XYSeries series) {
        series.setShowInLegend(false);
        series.setMarker(SeriesMarkers.NONE);
        return series;
    }

    /** Around all intervals, with some room; a single value gets some around it. */
    private static void range(Chart chart, Dots dots, ChartOptions options) {
        double low = dots.rows().stream().mapToDouble(Dots.Row::low).min().orElseThrow();
        double high = dots.rows().stream().mapToDouble(Dots.Row::high).max().orElseThrow();
        double room = high > low ? 0.06 * (high - low) : Math.max(1e-3, 0.05 * Math.abs(high));
        chart.styler.setXAxisMin(Double.isFinite(options.low()) ? options.low() : low - room);
        chart.styler.setXAxisMax(Double.isFinite(options.high()) ? options.high() : high + room);
    }
}
