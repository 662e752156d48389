package org.ldae.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Step;
import org.ldae.models.Recipe;
import org.ldae.study.Cell;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;

/** The report's other tables: a head and rows each. */
final class Tables {

    /** ConsoleTable of an ablation; the caller's metrics come after them. */
    private static final List<Metric> COLUMNS = List.of(
            Metric.AVERAGED,
            Metric.ALL_TOKENS,
            Metric.CELLS,
            Metric.CLASSIFIER,
            Metric.FRECHET,
            Metric.BITS,
            Metric.RECONSTRUCTION,
            Metric.PARAMETERS,
            Metric.IMAGES,
            Metric.FLOPS,
            Metric.TRAINING_TIME);

    private final StudyResults results;
    private final Measured measured;

    Tables(StudyResults results) {
        this.results = results;
        this.measured = new Measured(results);
    }

    /** The controls below l-DAE, and how far l-DAE is above each. */
    List<List<String>> controls() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "control", "averaged tokens", "l-DAE minus it", "all tokens", "l-DAE minus it", "own classifier"));
        List<String> ldae = new ArrayList<>(List.of("l-DAE\nlast row of the road"));
        for (Metric metric : List.of(Metric.AVERAGED, Metric.ALL_TOKENS)) {
            ldae.add(written(measured.row(Deconstruction.LDAE, metric)));
            ldae.add(Numbers.NONE);
        }
        ldae.add(Numbers.NONE);
        if (measured.row(Deconstruction.LDAE, Metric.AVERAGED).isPresent()) {
            rows.add(ldae);
        }
        for (Cell cell : results.trials(Group.CONTROL)) {
            List<String> row = new ArrayList<>(List.of(named(cell)));
            for (Metric metric : List.of(Metric.AVERAGED, Metric.ALL_TOKENS)) {
                Optional<Point> control = measured.trial(Group.CONTROL, cell.trial(), metric);
                Optional<Point> reference = measured.row(Deconstruction.LDAE, metric);
                row.add(written(control));
                row.add(reference
                        .flatMap(point -> control.flatMap(point::over))
                        .map(Numbers::signed)
                        .orElse(Numbers.NONE));
            }
            row.add(written(measured.trial(Group.CONTROL, cell.trial(), Metric.CLASSIFIER)));
            rows.add(row);
        }
        return withoutEmptyColumns(rows);
    }

    /** All trials of a group. */
    List<List<String>> ablation(Group group) {
        List<List<String>> rows = new ArrayList<>();
        List<Cell> trials = results.trials(group);
        List<Metric> metrics = new ArrayList<>(COLUMNS);
        trials.stream()
                .flatMap(cell -> results.metrics(group, cell.trial()).stream())
                .filter(metric -> Metric.known(metric.name()).isEmpty())
                .distinct()
                .forEach(metrics::add);
        List<String> head = new ArrayList<>(List.of("trial"));
        metrics.forEach(metric -> head.add(metric.title()));
        rows.add(head);
        for (Cell cell : trials) {
            List<String> row = new ArrayList<>(List.of(named(cell)));
            for (Metric metric : metrics) {
                row.add(measured.trial(group, cell.trial(), metric)
                        .map(point -> Numbers.of(metric, point.estimate()))
                        .orElse(Numbers.NONE));
            }
            rows.add(row);
        }
        return withoutEmptyColumns(rows);
    }

    /** The same but for columns that no row has a number in. */
    private static List<List<String>> withoutEmptyColumns(List<List<String>> rows) {
        int[] kept = IntStream.range(0, rows.get(0).size())
                .filter(i -> rows.stream().skip(1).anyMatch(row -> !row.get(i).equals(Numbers.NONE)))
                .toArray();
        return rows.stream()
                .map(row -> IntStream.of(kept).mapToObj(row::get).toList())
                .toList();
    }

    /** The paper's orderings by one probe. */
    List<List<String>> orderings(Metric metric) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ordering", "published", "compared here", "verdict", "difference"));
        for (Ordering ordering : Orderings.of(results, metric)) {
            rows.add(List.of(
                    ordering.claim().words(),
                    ordering.claim().published(),
                    ordering.compared(),
                    ordering.verdict().toString(),
                    Numbers.signed(ordering.difference())));
        }
        return rows;
    }

    /** What each row changes in the recipe before it. */
    static List<List<String>> recipes(Study study) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("row", "setting", "before -> after"));
        Recipe before = study.preset().baseline();
        for (Step step : study.path()) {
            Recipe after = study.recipeAt(step);
            for (Map.Entry<String, String> change : before.diff(after).entrySet()) {
                rows.add(List.of(step.name(), change.getKey(), change.getValue()));
            }
            before = Deconstruction.PATH.contains(step) ? after : before;
        }
        return rows;
    }

    /** A trial and, where it says more, what it is. */
    private static String named(Cell cell) {
        return cell.title().equals(cell.trial()) ? cell.trial() : cell.trial() + "\n" + cell.title();
    }

    private static String written(Optional<Point> point) {
        return point.map(Point::estimate).map(Numbers::of).orElse(Numbers.NONE);
    }
}
