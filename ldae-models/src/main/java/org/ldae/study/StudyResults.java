package org.ldae.study;

import com.google.gson.JsonParseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.ldae.core.AtomicFile;
import org.ldae.core.Csv;

/**
 * The cells of a study, asked by trial and metric.
 *
 * @param cells in the order in which they were run
 */
public record StudyResults(List<CellResult> cells) {

    /**
     * Copies the list.
     *
     * @param cells in the order in which they were run
     */
    public StudyResults {
        cells = List.copyOf(cells);
    }

    /**
     * The trials of a group, each by its first cell.
     *
     * @param group which
     * @return in the order in which they were run, empty if none was
     */
    public List<Cell> trials(Group group) {
        Map<String, Cell> first = new LinkedHashMap<>();
        for (CellResult result : cells) {
            if (result.cell().group() == group) {
                first.putIfAbsent(result.cell().trial(), result.cell());
            }
        }
        return List.copyOf(first.values());
    }

    /**
     * The seeds of the study.
     *
     * @return each once, in order
     */
    public List<Long> seeds() {
        return cells.stream()
                .map(result -> result.cell().seed())
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * A metric of a trial by seed.
     *
     * @param group the trial's
     * @param trial name within the group
     * @param metric such as {@link Metric#AVERAGED}
     * @return values of the seeds that have it, in the order of the seeds
     */
    public Map<Long, Double> values(Group group, String trial, Metric metric) {
        Map<Long, Double> values = new TreeMap<>();
        for (CellResult result : cells) {
            Double value = result.metrics().get(metric);
            if (value != null
                    && result.cell().group() == group
                    && result.cell().trial().equals(trial)) {
                values.put(result.cell().seed(), value);
            }
        }
        return values;
    }

    /**
     * Mean and interval of a metric over seeds.
     *
     * @param group the trial's
     * @param trial name within the group
     * @param metric such as {@link Metric#AVERAGED}
     * @return empty if no cell has it
     */
    public Optional<Estimate> estimate(Group group, String trial, Metric metric) {
        Map<Long, Double> values = values(group, trial, metric);
        return values.isEmpty() ? Optional.empty() : Optional.of(Estimate.of(Estimate.array(values)));
    }

    /**
     * Paired difference of a metric between two trials over the seeds that both have.
     *
     * @param after a trial
     * @param before the trial it is compared with
     * @param metric such as {@link Metric#AVERAGED}
     * @return empty if they share no seed
     */
    public Optional<Estimate> difference(Cell after, Cell before, Metric metric) {
        return Estimate.ofPairs(
                values(after.group(), after.trial(), metric), values(before.group(), before.trial(), metric));
    }

    /**
     * A trial's metrics of a sweep.
     *
     * @param group the trial's
     * @param trial name within the group
     * @param sweep over what
     * @return values by seed for each block or time, in rising order
     */
    public SortedMap<Integer, Map<Long, Double>> sweep(Group group, String trial, Metric.Sweep sweep) {
        SortedMap<Integer, Map<Long, Double>> values = new TreeMap<>();
        for (Metric metric : metrics(group, trial)) {
            sweep.place(metric).ifPresent(place -> values.put(place, values(group, trial, metric)));
        }
        return values;
    }

    /**
     * What was measured of a trial.
     *
     * @param group the trial's
     * @param trial name within the group
     * @return metrics that some cell has, by name
     */
    public SortedSet<Metric> metrics(Group group, String trial) {
        return cells.stream()
                .filter(result ->
                        result.cell().group() == group && result.cell().trial().equals(trial))
                .flatMap(result -> result.metrics().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Writes one line a cell and metric: group, trial, title, x, seed, metric, value.
     *
     * @param file replaced when the new one is complete
     * @throws IOException if it can't be written
     */
    public void writeCsv(Path file) throws IOException {
        StringBuilder lines = new StringBuilder("group,trial,title,x,seed,metric,value\n");
        for (CellResult result : cells) {
            Cell cell = result.cell();
            String start = Csv.row(
                    cell.group().key(),
                    cell.trial(),
                    cell.title(),
                    cell.x().isPresent() ? number(cell.x().getAsDouble()) : "",
                    cell.seed());
            BiConsumer<String, Double> line = (name, value) -> lines.append(start)
                    .append(',')
                    .append(Csv.row(name, number(value)))
                    .append('\n');
            result.metrics().forEach((metric, value) -> line.accept(metric.name(), value));
            line.accept("seconds", result.seconds());
        }
        write(file, lines.toString());
    }

    /**
     * Writes all cells with settings and provenance.
     *
     * @param file replaced when the new one is complete
     * @throws IOException if it can't be written
     */
    public void writeJson(Path file) throws IOException {
        write(file, CellJson.of(cells));
    }

    /**
     * Reads what {@link #writeJson} wrote: a study's {@code results.json}.
     *
     * @param file the file
     * @return the cells without pictures
     * @throws IOException if it can't be read or holds something else
     */
    public static StudyResults readJson(Path file) throws IOException {
        try {
            return new StudyResults(CellJson.readAll(Files.readString(file)));
        } catch (JsonParseException e) {
            throw new IOException(file + ": expected a study's results.json, got something else", e);
        }
    }

    /**
     * Sizes of trained runs and what came of them, for a {@link ScalingLaw}.
     *
     * @param metric a loss, or a share such as {@link Metric#AVERAGED}, of which the rest to 1 is taken: the error
     * @param groups whose cells are taken, such as {@link Group#SIZE} and {@link Group#EPOCHS}
     * @return each run once, without cells that lack a number
     */
    public List<ScalingLaw.Run> runs(Metric metric, Group... groups) {
        Set<List<Object>> seen = new HashSet<>(); // groups may share a run
        return cells.stream()
                .filter(result -> Arrays.asList(groups).contains(result.cell().group()))
                .flatMap(result -> run(result.metrics(), metric)
                        .filter(run -> seen.add(List.of(result.cell().seed(), result.settings(), run)))
                        .stream())
                .toList();
    }

    private static Optional<ScalingLaw.Run> run(Map<Metric, Double> all, Metric metric) {
        Double parameters = all.get(Metric.PARAMETERS);
        Double images = all.get(Metric.IMAGES);
        Double flops = all.get(Metric.FLOPS);
        Double value = all.get(metric);
        if (parameters == null || images == null || flops == null || value == null) {
            return Optional.empty();
        }
        double error = metric.unit() == Metric.Unit.SHARE ? 1 - value : value;
        return Optional.of(new ScalingLaw.Run(Math.round(parameters), Math.round(images), flops, error));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.7g", value);
    }

    static void write(Path file, String text) throws IOException {
        AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        long trials = cells.stream()
                .map(result -> result.cell().group() + result.cell().trial())
                .distinct()
                .count();
        return "StudyResults[%d cells of %d trials, seeds %s]".formatted(cells.size(), trials, seeds());
    }
}
