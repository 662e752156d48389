package org.ldae.report;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ldae.figures.ChartOptions;
import org.ldae.figures.Dots;
import org.ldae.figures.Figures;
import org.ldae.figures.Series;
import org.ldae.report.Figure.Panel;
import org.ldae.study.Estimate;

/** Charts of points and curves. Intervals are drawn of three seeds and more: those of two say nothing. */
final class Charts {

    /** Seeds from which on an interval is shown; of fewer each has its own dot. */
    static final int LEAST_SEEDS = 3;

    private static final String ACCURACY = "linear-probe top-1 (%)";

    private Charts() {}

    /** Measured accuracies, nothing if there are none. */
    static Optional<Panel> dots(String title, List<Point> points) {
        return dots(title, points, ACCURACY);
    }

    /** Any measured quantity. */
    static Optional<Panel> dots(String title, List<Point> points, String unit) {
        if (points.isEmpty()) {
            return Optional.empty();
        }
        int most =
                points.stream().mapToInt(point -> point.values().size()).max().orElseThrow();
        String legend = most >= LEAST_SEEDS
                ? "mean over %s seeds, 95%% interval".formatted(most)
                : most == 1 ? "one seed" : "each of %s seeds".formatted(most);
        Dots dots = Dots.measured(legend, points.stream().map(Charts::row).toList());
        String numbers = points.stream()
                .map(point -> point.name() + " " + Numbers.of(point.estimate()))
                .collect(Collectors.joining("; "));
        BufferedImage picture = Figures.dots(dots, ChartOptions.titled(title).withAxes("", unit));
        return Optional.of(new Panel(picture, "%s, %s: %s.".formatted(title, unit, numbers)));
    }

    private static Dots.Row row(Point point) {
        Estimate estimate = point.estimate();
        return estimate.n() < LEAST_SEEDS
                ? Dots.row(
                        point.name(),
                        point.values().values().stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray())
                : Dots.row(point.name(), estimate.mean()).within(estimate.low(), estimate.high());
    }

    /** Lines through measured accuracies, nothing if there are none. */
    static Optional<Panel> lines(ChartOptions options, List<Curve> curves) {
        List<Curve> there = curves.stream().filter(curve -> !curve.isEmpty()).toList();
        if (there.isEmpty()) {
            return Optional.empty();
        }
        List<Series> series = new ArrayList<>(there.stream().map(Charts::line).toList());
        if (there.size() == 1) {
            seeds(there.get(0)).ifPresent(series::add);
        }
        List<String> words = new ArrayList<>();
        there.forEach(curve -> words.add(curve.name() + " " + numbers(curve)));
        ChartOptions named = options.withAxes(options.x(), ACCURACY);
        String alt = "%s over %s: %s.".formatted(options.title(), options.x(), String.join("; ", words));
        return Optional.of(new Panel(Figures.lines(series, named), alt));
    }

    private static Series line(Curve curve) {
        List<Estimate> estimates = curve.points().stream().map(Point::estimate).toList();
        Series line = Series.of(
                curve.name(),
                curve.points().stream().mapToDouble(Point::x).toArray(),
                estimates.stream().mapToDouble(Estimate::mean).toArray());
        boolean intervals = estimates.stream().allMatch(estimate -> estimate.n() >= LEAST_SEEDS);
        return intervals
                ? line.withErrorBars(
                        estimates.stream().mapToDouble(Estimate::half).toArray())
                : line;
    }

    /** Each seed's value where there are two; of more the interval is drawn. */
    private static Optional<Series> seeds(Curve curve) {
        if (curve.points().stream().noneMatch(point -> point.values().size() == 2)) {
            return Optional.empty();
        }
        double[] x = curve.points().stream()
                .flatMapToDouble(point -> point.values().values().stream().mapToDouble(value -> point.x()))
                .toArray();
        double[] y = curve.points().stream()
                .flatMapToDouble(point -> point.values().values().stream().mapToDouble(Double::doubleValue))
                .toArray();
        return Optional.of(Series.of("each of 2 seeds", x, y).points());
    }

    private static String numbers(Curve curve) {
        return curve.points().stream()
                .map(point -> "%s at %s".formatted(Numbers.of(point.estimate()), Numbers.plain(point.x())))
                .collect(Collectors.joining(", "));
    }
}
