package org.ldae.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ldae.figures.Bars;
import org.ldae.figures.ChartOptions;
import org.ldae.figures.Figures;
import org.ldae.figures.Series;
import org.ldae.study.Estimate;

/** Charts of points and curves; their intervals are cut where accuracies end. */
final class Charts {

    private static final String ACCURACY = "linear-probe top-1 (%)";

    private Charts() {}

    /** Bars of measured accuracies, nothing if there are none. */
    static Optional<Drawing> bars(String title, List<Point> points) {
        return bars(title, points, ACCURACY);
    }

    /** Bars of any measured quantity of at least 0. */
    static Optional<Drawing> bars(String title, List<Point> points, String unit) {
        if (points.isEmpty()) {
            return Optional.empty();
        }
        boolean intervals = points.stream().anyMatch(point -> point.estimate().n() > 1);
        double most = unit.equals(ACCURACY) ? 100 : Double.MAX_VALUE;
        Bars bars = Bars.of(intervals ? "mean over seeds, 95% interval" : "one seed", "");
        for (Point point : points) {
            Estimate estimate = point.estimate();
            bars = bars.with(Bars.bar(point.name(), estimate.mean())
                    .within(Math.max(0, estimate.low()), Math.min(most, estimate.high())));
        }
        String numbers = points.stream()
                .map(point -> point.name() + " " + Text.of(point.estimate()))
                .collect(Collectors.joining("; "));
        ChartOptions options = ChartOptions.titled(title).withAxes("", unit);
        return Optional.of(new Drawing(Figures.bars(bars, options), "%s, %s: %s.".formatted(title, unit, numbers)));
    }

    /** Lines through measured accuracies, nothing if there are none. */
    static Optional<Drawing> lines(ChartOptions options, List<Curve> curves) {
        if (curves.stream().allMatch(Curve::isEmpty)) {
            return Optional.empty();
        }
        List<Series> series = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (Curve curve : curves) {
            if (!curve.isEmpty()) {
                List<Estimate> estimates =
                        curve.points().stream().map(Point::estimate).toList();
                Series line = Series.of(
                        curve.name(),
                        curve.points().stream().mapToDouble(Point::x).toArray(),
                        estimates.stream().mapToDouble(Estimate::mean).toArray());
                series.add(
                        estimates.stream().allMatch(estimate -> estimate.n() < 2)
                                ? line
                                : line.withErrorBars(
                                        estimates.stream()
                                                .mapToDouble(estimate -> Math.max(0, estimate.low()))
                                                .toArray(),
                                        estimates.stream()
                                                .mapToDouble(estimate -> Math.min(100, estimate.high()))
                                                .toArray()));
                words.add(curve.name() + " " + numbers(curve));
            }
        }
        ChartOptions named = options.withAxes(options.x(), ACCURACY);
        String alt = "%s over %s: %s.".formatted(options.title(), options.x(), String.join("; ", words));
        return Optional.of(new Drawing(Figures.lines(series, named), alt));
    }

    private static String numbers(Curve curve) {
        return curve.points().stream()
                .map(point -> "%s at %s".formatted(Text.of(point.estimate()), Text.plain(point.x())))
                .collect(Collectors.joining(", "));
    }
}
