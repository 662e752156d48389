package org.ldae.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ldae.study.Cell;
import org.ldae.study.Group;
import org.ldae.study.StudyResults;

/** A study's accuracies in percent, as points and curves; what wasn't run is absent. */
final class Measured {

    /** Probe of the averaged tokens, as in the paper. */
    static final String AVERAGED = "top1";

    /** Probe of all tokens beside each other. */
    static final String TOKENS = "top1.tokens";

    /** Of a trial's own classifier, where labels trained one. */
    static final String OWN = "accuracy";

    /** Distance of generated images from real ones; no share. */
    static final String FRECHET = "frechet";

    static final String LDAE = "original-image";
    static final String SINGLE = "single-level";

    private final StudyResults results;

    Measured(StudyResults results) {
        this.results = results;
    }

    Optional<Point> trial(Group group, String trial, String metric) {
        Map<Long, Double> values = percent(results.values(group, trial, metric));
        return values.isEmpty() ? Optional.empty() : Optional.of(new Point(trial, Double.NaN, values));
    }

    /** A metric that is no share. */
    Optional<Point> plain(Group group, String trial, String metric) {
        Map<Long, Double> values = new TreeMap<>(results.values(group, trial, metric));
        values.values().removeIf(value -> !Double.isFinite(value));
        return values.isEmpty() ? Optional.empty() : Optional.of(new Point(trial, Double.NaN, values));
    }

    /** The trials of a group that have a metric, in the order in which they were run. */
    List<Point> trials(Group group, String metric) {
        List<Point> points = new ArrayList<>();
        for (Cell cell : results.trials(group)) {
            Map<Long, Double> values = percent(results.values(group, cell.trial(), metric));
            if (!values.isEmpty()) {
                points.add(new Point(cell.trial(), cell.x(), values));
            }
        }
        return points;
    }

    /** The trials of an ablation with an axis: a curve for each title that several share, or one for all. */
    List<Curve> curves(Group group, String metric) {
        List<Cell> cells = results.trials(group);
        boolean kinds = cells.stream().map(Cell::title).distinct().count() < cells.size();
        Map<String, List<Point>> curves = new LinkedHashMap<>();
        for (Cell cell : cells) {
            Map<Long, Double> values = percent(results.values(group, cell.trial(), metric));
            if (!values.isEmpty() && Double.isFinite(cell.x())) {
                curves.computeIfAbsent(kinds ? cell.title() : group.key(), name -> new ArrayList<>())
                        .add(new Point(cell.trial(), cell.x(), values));
            }
        }
        return curves.entrySet().stream()
                .map(each -> new Curve(each.getKey(), each.getValue()))
                .toList();
    }

    /** A row's metrics {@code prefix + number} over the number, named by number; empty if it has none. */
    Curve sweep(String step, String prefix, String name) {
        List<Point> points = new ArrayList<>();
        for (String number : results.metrics(Group.PATH, step, prefix)) {
            if (number.matches("\\d+")) {
                Map<Long, Double> values = percent(results.values(Group.PATH, step, prefix + number));
                if (!values.isEmpty()) {
                    points.add(new Point(name + number, Double.parseDouble(number), values));
                }
            }
        }
        return new Curve(name, points);
    }

    private static Map<Long, Double> percent(Map<Long, Double> shares) {
        Map<Long, Double> percent = new TreeMap<>(shares);
        percent.values().removeIf(share -> !Double.isFinite(share));
        percent.replaceAll((seed, share) -> 100 * share);
        return percent;
    }
}
