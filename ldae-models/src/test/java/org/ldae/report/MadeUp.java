package org.ldae.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.deconstruction.Preset;
import org.ldae.models.Provenance;
import org.ldae.probe.LinearProbe;
import org.ldae.study.Cell;
import org.ldae.study.CellResult;
import org.ldae.study.Group;
import org.ldae.study.LossCurve;
import org.ldae.study.Metric;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;
import org.nd4j.linalg.factory.Nd4j;

/** Results of studies that nobody ran, with known orderings. */
final class MadeUp {

    private static final int SIDE = 32;

    private MadeUp() {}

    /** Smooth grey images of two classes. */
    static Dataset data() {
        return new Dataset(images(60, 1), images(6, 2));
    }

    private static ImageSource images(int count, long seed) {
        float[] draws = new float[3 * count];
        Rng.of(seed).normals(draws, 0, draws.length);
        float[] pixels = new float[count * SIDE * SIDE];
        int[] labels = new int[count];
        for (int i = 0; i < pixels.length; i++) {
            int image = i / (SIDE * SIDE);
            double x = i % SIDE - SIDE / 2.0;
            double y = i / SIDE % SIDE - SIDE / 2.0;
            pixels[i] =
                    (float) Math.sin(0.3 * (draws[3 * image] * x + draws[3 * image + 1] * y) + draws[3 * image + 2]);
            labels[image] = image % 2;
        }
        return ImageSource.of(
                Nd4j.createFromArray(pixels).reshape('c', count, 1, SIDE, SIDE), labels, List.of("even", "odd"));
    }

    /** All trials of some groups, a cell for each seed. */
    static StudyResults results(Set<Group> groups, List<Long> seeds) {
        return new StudyResults(study(groups, seeds).cells(data()).stream()
                .map(cell -> result(cell, metrics(cell)))
                .toList());
    }

    static Study study(Set<Group> groups, List<Long> seeds) {
        return Study.of(Preset.tiny(), seeds).withGroups(groups);
    }

    static CellResult result(Cell cell, Map<Metric, Double> metrics) {
        Provenance provenance = new Provenance(
                cell.seed(), "0f".repeat(32), 60, "development", "1.0.0-M2.1", "CPU", "CPU", "17", "Linux <amd64>");
        String settings = "{\"probe\":\"%s\",\"trial\":\"%s\"}".formatted(LinearProbe.logistic(), cell.trial());
        return new CellResult(
                cell, metrics, curves(cell), Map.of(), 90, Optional.of(Instant.EPOCH), settings, provenance);
    }

    private static List<LossCurve> curves(Cell cell) {
        List<Double> losses = IntStream.range(0, 300)
                .mapToObj(i -> 0.2 + 0.01 * cell.seed() + Math.exp(-i / 40.0) + 0.03 * Math.sin(1.7 * i))
                .toList();
        return cell.trial().equals("raw-pixels") ? List.of() : List.of(LossCurve.of("train", losses));
    }

    private static Map<Metric, Double> metrics(Cell cell) {
        float[] noise = new float[40];
        Rng.of(cell.seed()).stream(cell.id()).normals(noise, 0, noise.length);
        double top1 = accuracy(cell);
        Map<Metric, Double> metrics = new TreeMap<>(Map.of(Metric.ALL_TOKENS, top1 + 0.08 + 0.004 * noise[1]));
        if (cell.trial().equals("raw-pixels")) {
            return metrics;
        }
        metrics.put(Metric.AVERAGED, top1 + 0.004 * noise[0]);
        metrics.put(Metric.RECONSTRUCTION, 0.02);
        metrics.put(Metric.PARAMETERS, 123_456.0);
        metrics.put(Metric.TRAINING_TIME, 75.0);
        if (cell.group() == Group.PATH
                && (cell.trial().equals("original-image") || cell.trial().equals("single-level"))) {
            for (int block = 1; block <= 4; block++) {
                metrics.put(
                        Metric.Sweep.BLOCK.at(block), top1 - 0.03 * Math.abs(block - 2.3) + 0.003 * noise[block + 2]);
            }
        }
        if (cell.trial().equals("original-image")) {
            for (int time : new int[] {0, 10, 20, 40, 80}) {
                metrics.put(Metric.Sweep.CLEAN_TIME.at(time), top1 - 0.0007 * time + 0.003 * noise[10 + time / 10]);
                metrics.put(Metric.Sweep.NOISY_TIME.at(time), top1 - 0.0002 * time + 0.003 * noise[20 + time / 10]);
            }
        }
        return metrics;
    }

    /** l-DAE 44 and its single-level variant 38, a peak at 16 in the dimension, and so on. */
    private static double accuracy(Cell cell) {
        return switch (cell.group()) {
            case PATH ->
                cell.trial().equals("single-level")
                        ? 0.38
                        : 0.36 + 0.08 * Math.min(1, cell.title().length() / 40.0);
            case DIMENSION -> 0.45 - 0.03 * Math.abs(Math.log(cell.x().orElseThrow() / 16));
            case RESOLUTION -> 0.3 - 0.0005 * cell.x().orElseThrow();
            case EPOCHS -> 0.4 + 0.01 * cell.x().orElseThrow();
            case CONTROL -> 0.3;
            default -> 0.41;
        };
    }
}
