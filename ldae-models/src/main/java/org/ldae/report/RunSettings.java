package org.ldae.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ldae.data.Dataset;
import org.ldae.deconstruction.Preset;
import org.ldae.models.Provenance;
import org.ldae.study.CellResult;
import org.ldae.study.StudyResults;

/** What was run, on what, and how long it took. */
final class RunSettings {

    private RunSettings() {}

    static List<List<String>> of(StudyResults results, Preset preset, Optional<Dataset> data, String command) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("what", "value"));
        if (!command.isEmpty()) {
            rows.add(List.of("command", command));
        }
        dates(results).ifPresent(dates -> rows.add(List.of("run", dates)));
        rows.add(List.of("preset", preset.name()));
        rows.add(List.of("length", preset.baseline().training().length().toString()));
        data.ifPresent(images -> rows.add(List.of(
                "images",
                String.format(
                        Locale.ROOT,
                        "%,d for training, %,d for tests, %s, %d classes",
                        images.train().size(),
                        images.test().size(),
                        images.train().shape(),
                        images.train().classNames().size()))));
        rows.add(List.of(
                "data",
                each(
                        results,
                        from -> String.format(Locale.ROOT, "%,d, SHA-256 %s", from.trainImages(), from.dataHash()))));
        rows.add(List.of("seeds", results.seeds().stream().map(String::valueOf).collect(Collectors.joining(", "))));
        rows.add(List.of("cells", Integer.toString(results.cells().size())));
        rows.add(List.of("minutes", String.format(Locale.ROOT, "%.1f", minutes(results))));
        rows.add(List.of("probe", probes(results)));
        rows.add(List.of("machine", each(results, Provenance::machine)));
        rows.add(List.of("Java", each(results, Provenance::java)));
        rows.add(List.of("library", each(results, Provenance::library)));
        rows.add(List.of(
                "ND4J",
                each(results, from -> "%s, %s, kernels %s".formatted(from.nd4j(), from.backend(), from.kernels()))));
        return rows;
    }

    private static String each(StudyResults results, Function<Provenance, String> part) {
        return results.cells().stream()
                .map(CellResult::provenance)
                .map(part)
                .distinct()
                .collect(Collectors.joining("; "));
    }

    /** When cells ended: the first and the last. */
    private static Optional<String> dates(StudyResults results) {
        List<Instant> ends = results.cells().stream()
                .flatMap(cell -> cell.ended().stream())
                .sorted()
                .toList();
        return ends.isEmpty()
                ? Optional.empty()
                : Optional.of("%s to %s".formatted(ends.get(0), ends.get(ends.size() - 1)));
    }

    /** Time of all cells; cells of one seed and the same settings are one run. */
    static double minutes(StudyResults results) {
        Map<String, Double> runs = new TreeMap<>();
        results.cells().forEach(cell -> runs.putIfAbsent(cell.cell().seed() + cell.settings(), cell.seconds()));
        return runs.values().stream().mapToDouble(Double::doubleValue).sum() / 60;
    }

    private static String probes(StudyResults results) {
        return results.cells().stream()
                .map(CellResult::probe)
                .flatMap(Optional::stream)
                .distinct()
                .collect(Collectors.joining("; "));
    }
}
