package org.ldae.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ldae.deconstruction.Step;
import org.ldae.study.Cell;
import org.ldae.study.Control;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.StudyResults;

/** A study's numbers as tables show them, accuracies in percent; what wasn't run is absent. */
final class Measured {

    private final StudyResults results;

    Measured(StudyResults results) {
        this.results = results;
    }

    /** A row of the road or a variant. */
    Optional<Point> row(Step step, Metric metric) {
        return trial(Group.PATH, step.name(), metric);
    }

    Optional<Point> control(Control control, Metric metric) {
        return trial(Group.CONTROL, control.key(), metric);
    }

    Optional<Point> trial(Group group, String trial, Metric metric) {
        return point(trial, Double.NaN, metric, results.values(group, trial, metric));
    }

    private static Optional<Point> point(String name, double x, Metric metric, Map<Long, Double> values) {
        Map<Long, Double> shown = new TreeMap<>(values);
        shown.values().removeIf(value -> !Double.isFinite(value));
        shown.replaceAll((seed, value) -> metric.shown(value));
        return shown.isEmpty() ? Optional.empty() : Optional.of(new Point(name, x, shown));
    }

    /** The trials of a group that have a metric, in the order in which they were run. */
    List<Point> trials(Group group, Metric metric) {
        return results.trials(group).stream()
                .flatMap(cell -> point(cell, metric).stream())
                .toList();
    }

    private Optional<Point> point(Cell cell, Metric metric) {
        Map<Long, Double> values = results.values(cell.group(), cell.trial(), metric);
        return point(cell.trial(), cell.x().orElse(Double.NaN), metric, values);
    }

    /** The trials of an ablation with an axis: a curve for each title that several share, or one for all. */
    List<Curve> curves(Group group, Metric metric) {
        List<Cell> cells = results.trials(group);
        boolean kinds = cells.stream().map(Cell::title).distinct().count() < cells.size();
        Map<String, List<Point>> curves = new LinkedHashMap<>();
        for (Cell cell : cells) {
            if (cell.x().isPresent()) {
                point(cell, metric)
                        .ifPresent(point -> curves.computeIfAbsent(
                                        kinds ? cell.title() : group.key(), name -> new ArrayList<>())
                                .add(point));
            }
        }
        return curves.entrySet().stream()
                .map(each -> new Curve(each.getKey(), each.getValue()))
                .toList();
    }

    /** A row's probes over a sweep, each named by its place; empty if it has none. */
    Curve sweep(Step step, Metric.Sweep sweep, String name) {
        List<Point> points = new ArrayList<>();
        results.sweep(Group.PATH, step.name(), sweep)
                .forEach((place, values) ->
                        point(name + place, place, sweep.at(place), values).ifPresent(points::add));
        return new Curve(name, points);
    }
}
