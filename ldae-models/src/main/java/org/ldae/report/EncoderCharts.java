package org.ldae.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ldae.data.Dataset;
import org.ldae.evaluation.EncoderResults;
import org.ldae.evaluation.Health;
import org.ldae.evaluation.Score;
import org.ldae.figures.ChartOptions;
import org.ldae.figures.Dots;
import org.ldae.figures.Figures;
import org.ldae.figures.Series;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The figures of an encoder's report. */
final class EncoderCharts {

    private final EncoderResults results;

    EncoderCharts(EncoderResults results) {
        this.results = results;
    }

    /** A panel for each readout: subjects with their intervals. */
    List<Figure> scores() {
        List<Optional<Figure.Panel>> panels = new ArrayList<>();
        for (String readout : results.readouts()) {
            List<Score> scores = results.scores().stream()
                    .filter(score -> score.readout().equals(readout))
                    .toList();
            List<Dots.Row> rows = scores.stream()
                    .map(score -> Dots.row(score.subject(), 100 * score.top1())
                            .within(100 * score.lower(), 100 * score.upper()))
                    .toList();
            String numbers = scores.stream()
                    .map(score -> String.format(Locale.ROOT, "%s %.1f", score.subject(), 100 * score.top1()))
                    .collect(Collectors.joining(", "));
            String title = EncoderTables.words(readout);
            panels.add(Optional.of(new Figure.Panel(
                    Figures.dots(
                            Dots.measured("Wilson's 95% interval", rows),
                            ChartOptions.titled(title).withAxes("", "top-1 (%)")),
                    title + ": " + numbers + ".")));
        }
        return Figure.of("readouts.png", "Top-1 by readout, one panel each.", panels);
    }

    /** Singular values by their rank. */
    List<Figure> spectra() {
        List<Series> series = results.health().stream()
                .filter(health -> health.spectrum().size() > 1)
                .map(EncoderCharts::spectrum)
                .toList();
        if (series.isEmpty()) {
            return List.of();
        }
        ChartOptions options = ChartOptions.titled("Spectrum of features")
                .withAxes("rank", "singular value, of the largest")
                .withLogX()
                .withLogY();
        String alt = results.health().stream()
                .map(health -> String.format(Locale.ROOT, "%s has rank %.1f", health.subject(), health.rankMe()))
                .collect(Collectors.joining("; ", "Singular values by rank: ", "."));
        return Figure.of(
                "spectrum.png",
                "A spectrum that falls early uses few of its directions.",
                List.of(Optional.of(new Figure.Panel(Figures.lines(series, options), alt))));
    }

    private static Series spectrum(Health health) {
        double[] values = health.spectrum().stream()
                .mapToDouble(value -> value)
                .takeWhile(value -> value > 1e-4)
                .toArray();
        double[] ranks =
                IntStream.rangeClosed(1, values.length).asDoubleStream().toArray();
        return Series.of(health.subject(), ranks, values);
    }

    /** Test images and those that the encoder holds most alike. */
    List<Figure> neighbours(Dataset data) {
        if (results.health().isEmpty()) {
            return List.of();
        }
        Health health = results.health().get(0);
        List<List<Integer>> rows = health.nearest();
        int[] queries = rows.stream().mapToInt(row -> row.get(0)).toArray();
        List<INDArray> others = new ArrayList<>();
        boolean[][] right = new boolean[queries.length][];
        for (int i = 0; i < queries.length; i++) {
            int[] nearest = rows.get(i).stream().skip(1).mapToInt(each -> each).toArray();
            int label = data.test().label(queries[i]);
            others.add(data.test().images(nearest));
            right[i] = new boolean[nearest.length];
            for (int j = 0; j < nearest.length; j++) {
                right[i][j] = data.test().label(nearest[j]) == label;
            }
        }
        return Figure.of(
                "neighbours.png",
                "Test images, and to their right those that %s holds most alike; frames tell whether they are of the same class."
                        .formatted(health.subject()),
                List.of(Optional.of(new Figure.Panel(
                        Figures.neighbours(data.test().images(queries), others, right),
                        "Test images beside their nearest neighbours."))));
    }
}
