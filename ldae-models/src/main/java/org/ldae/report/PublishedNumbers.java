package org.ldae.report;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.ldae.deconstruction.Step;
import org.ldae.figures.ChartOptions;
import org.ldae.figures.Dots;
import org.ldae.figures.Figures;
import org.ldae.figures.Series;
import org.ldae.report.Figure.Panel;
import org.ldae.study.Group;

/** What the paper printed for ImageNet at 256 x 256, in panels of its own: its numbers share no axis with others. */
final class PublishedNumbers {

    private static final String ACCURACY = "linear-probe top-1 on ImageNet (%)";

    private PublishedNumbers() {}

    /** Rows of the road. */
    static Optional<Panel> accuracies(List<Step> steps) {
        return dots(
                "Published (DiT-L, 400 epochs)",
                steps.stream()
                        .flatMap(step -> step.published().stream()
                                .map(published -> Map.entry(step.name(), published.accuracy())))
                        .toList(),
                ACCURACY);
    }

    /** FID-50K of the rows that have one. */
    static Optional<Panel> fids(List<Step> steps) {
        return dots(
                "Published FID-50K",
                steps.stream()
                        .flatMap(step -> step.published().stream()
                                .flatMapToDouble(published -> published.fid().stream())
                                .mapToObj(fid -> Map.entry(step.name(), fid)))
                        .toList(),
                "FID on ImageNet (lower is better)");
    }

    /** What was printed for a group's question. */
    static Optional<Panel> of(Group group) {
        return switch (group) {
            case CONTROL ->
                dots(
                        "Published (ViT-B, 1600 epochs, Tab. 4)",
                        List.of(Map.entry("l-DAE", 66.6), Map.entry("MAE", 68.0), Map.entry("MoCo v3", 76.7)),
                        ACCURACY);
            case DIMENSION -> dimension();
            case EPOCHS ->
                lines(
                        ChartOptions.titled("Published (section 5)")
                                .withAxes("epochs", "")
                                .withLogX(),
                        List.of(line("l-DAE", new double[] {400, 800, 1600}, 65.0, 67.5, 69.6)));
            case SIZE ->
                dots(
                        "Published (section 5)",
                        List.of(Map.entry("ViT-B", 60.3), Map.entry("half of ViT-L", 65.0), Map.entry("ViT-L", 70.9)),
                        ACCURACY);
            case AUGMENTATION ->
                dots(
                        "Published (section 5)",
                        List.of(Map.entry("centre crop", 64.5), Map.entry("random resized crop", 65.0)),
                        ACCURACY);
            default -> Optional.empty();
        };
    }

    private static Optional<Panel> dimension() {
        double[] all = {8, 16, 32, 64, 128};
        double[] four = {8, 16, 32, 64};
        return lines(
                ChartOptions.titled("Published (Tab. 2)")
                        .withAxes("numbers per token, d", "")
                        .withLogX(),
                List.of(
                        line("pca", all, 56.0, 63.4, 65.1, 60.0, 53.9),
                        line("ae", four, 59.9, 64.7, 64.6, 59.9),
                        line("vae", four, 58.3, 64.9, 64.8, 56.8),
                        line("conv", all, 54.5, 63.4, 62.8, 57.0, 48.1)));
    }

    static Optional<Panel> depth() {
        double[] blocks = {9, 10, 11, 12, 13, 14, 15};
        return lines(
                ChartOptions.titled("Published (appendix)").withAxes("probe after block, of 24", ""),
                List.of(line("l-DAE", blocks, 58.5, 62.0, 64.1, 64.5, 63.6, 61.9, 59.7)));
    }

    static Optional<Panel> time() {
        double[] times = {0, 10, 20, 40, 80};
        return lines(
                ChartOptions.titled("Published (appendix)").withAxes("time t of the probe, of 1000", ""),
                List.of(
                        line("clean input", times, 64.1, 64.5, 64.1, 63.3, 62.2),
                        line("noisy input", times, 64.2, 65.0, 65.0, 65.0, 64.5)));
    }

    private static Series line(String name, double[] x, double... accuracies) {
        return Series.of(name, x, accuracies);
    }

    private static Optional<Panel> lines(ChartOptions options, List<Series> series) {
        String names = series.stream().map(Series::name).collect(Collectors.joining(", "));
        return Optional.of(new Panel(
                Figures.lines(series, options.withAxes(options.x(), ACCURACY)),
                "%s over %s: %s.".formatted(options.title(), options.x(), names)));
    }

    private static Optional<Panel> dots(String title, List<Map.Entry<String, Double>> numbers, String unit) {
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        Dots dots = Dots.published(
                "published",
                numbers.stream()
                        .map(number -> Dots.row(number.getKey(), number.getValue()))
                        .toList());
        String words = numbers.stream()
                .map(number -> number.getKey() + " " + Numbers.published(number.getValue()))
                .collect(Collectors.joining("; "));
        return Optional.of(new Panel(
                Figures.dots(dots, ChartOptions.titled(title).withAxes("", unit)),
                "%s, %s: %s.".formatted(title, unit, words)));
    }
}
