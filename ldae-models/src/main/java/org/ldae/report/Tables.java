package org.ldae.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Preset;
import org.ldae.deconstruction.Step;
import org.ldae.models.Recipe;
import org.ldae.study.Cell;
import org.ldae.study.Group;
import org.ldae.study.StudyResults;

/** The report's other tables: a head and rows each. */
final class Tables {

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
                "control",
                "what it is",
                "averaged tokens",
                "l-DAE minus it",
                "all tokens",
                "l-DAE minus it",
                "own classifier"));
        List<String> ldae = new ArrayList<>(List.of("l-DAE", "last row of the road"));
        for (String metric : List.of(Measured.AVERAGED, Measured.TOKENS)) {
            ldae.add(written(measured.trial(Group.PATH, Measured.LDAE, metric)));
            ldae.add(Text.NONE);
        }
        ldae.add(Text.NONE);
        rows.add(ldae);
        for (Cell cell : results.trials(Group.CONTROL)) {
            List<String> row = new ArrayList<>(List.of(cell.trial(), cell.title()));
            for (String metric : List.of(Measured.AVERAGED, Measured.TOKENS)) {
                Optional<Point> control = measured.trial(Group.CONTROL, cell.trial(), metric);
                Optional<Point> reference = measured.trial(Group.PATH, Measured.LDAE, metric);
                row.add(written(control));
                row.add(reference
                        .flatMap(point -> control.flatMap(point::over))
                        .map(Text::signed)
                        .orElse(Text.NONE));
            }
            row.add(written(measured.trial(Group.CONTROL, cell.trial(), Measured.OWN)));
            rows.add(row);
        }
        return rows;
    }

    /** All trials of a group. */
    List<List<String>> ablation(Group group) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "trial", "what it is", "averaged tokens", "all tokens", "reconstruction", "parameters", "minutes"));
        for (Cell cell : results.trials(group)) {
            rows.add(List.of(
                    cell.trial(),
                    cell.title(),
                    written(measured.trial(group, cell.trial(), Measured.AVERAGED)),
                    written(measured.trial(group, cell.trial(), Measured.TOKENS)),
                    mean(cell, "reconstruction", 1, "%.4f"),
                    mean(cell, "parameters", 1, "%,.0f"),
                    mean(cell, "seconds.train", 60, "%.1f")));
        }
        return rows;
    }

    private String mean(Cell cell, String metric, double unit, String format) {
        return measured.plain(cell.group(), cell.trial(), metric)
                .map(point -> String.format(java.util.Locale.ROOT, format, point.mean() / unit))
                .orElse(Text.NONE);
    }

    /** The paper's orderings by one probe. */
    List<List<String>> orderings(String metric) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("ordering", "published", "compared here", "verdict", "difference"));
        for (Ordering ordering : Orderings.of(results, metric)) {
            rows.add(List.of(
                    ordering.claim().words(),
                    ordering.claim().published(),
                    ordering.compared(),
                    ordering.verdict().toString(),
                    Text.signed(ordering.difference())));
        }
        return rows;
    }

    /** What each row changes in the recipe before it. */
    static List<List<String>> recipes(Preset preset) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("row", "setting", "before -> after"));
        Recipe before = preset.baseline();
        for (Step step : Deconstruction.all()) {
            Recipe after = step.apply(before);
            for (Map.Entry<String, String> change : before.diff(after).entrySet()) {
                rows.add(List.of(step.name(), change.getKey(), change.getValue()));
            }
            before = after;
        }
        return rows;
    }

    private static String written(Optional<Point> point) {
        return point.map(Point::estimate).map(Text::of).orElse(Text.NONE);
    }
}
