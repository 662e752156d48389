package org.ldae.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Step;
import org.ldae.study.Estimate;
import org.ldae.study.Group;
import org.ldae.study.StudyResults;

/** The rows of the road with what was measured and what was published. */
final class PathTable {

    /** Columns before the first number. */
    static final int WORDS = 3;

    private final Measured measured;
    private final boolean frechet;
    private final List<Step> steps = Deconstruction.all();

    PathTable(StudyResults results) {
        measured = new Measured(results);
        frechet = steps.stream().anyMatch(step -> frechet(step).isPresent());
    }

    /** A head and the rows that were run. */
    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(head());
        for (int i = 0; i < steps.size(); i++) {
            if (accuracy(i, Measured.AVERAGED).isPresent()
                    || accuracy(i, Measured.TOKENS).isPresent()) {
                rows.add(row(i));
            }
        }
        return rows;
    }

    private List<String> head() {
        List<String> head = new ArrayList<>(List.of(
                "#", "row", "change", "averaged tokens", "to the row before", "all tokens", "to the row before"));
        if (frechet) {
            head.add("Frechet distance");
        }
        head.addAll(List.of("published accuracy", "published change", "published FID", "direction"));
        return head;
    }

    private List<String> row(int i) {
        Step step = steps.get(i);
        List<String> row = new ArrayList<>(List.of(
                step.equals(Deconstruction.SINGLE_LEVEL) ? "v" : Integer.toString(i), step.name(), step.change()));
        for (String metric : List.of(Measured.AVERAGED, Measured.TOKENS)) {
            row.add(accuracy(i, metric).map(Point::estimate).map(Text::of).orElse(Text.NONE));
            row.add(change(i, metric).map(Text::signed).orElse(Text.NONE));
        }
        if (frechet) {
            row.add(frechet(step).map(Point::estimate).map(Text::of).orElse(Text.NONE));
        }
        row.add(Text.published(step.published().accuracy()));
        row.add(i == 0 ? Text.NONE : "%+.1f".formatted(publishedChange(i)));
        row.add(Text.published(step.published().fid()));
        row.add(direction(i));
        return row;
    }

    private Optional<Point> accuracy(int i, String metric) {
        return measured.trial(Group.PATH, steps.get(i).name(), metric);
    }

    private Optional<Point> frechet(Step step) {
        return measured.plain(Group.PATH, step.name(), Measured.FRECHET);
    }

    /** Paired over seeds, if the row just before was run. */
    private Optional<Estimate> change(int i, String metric) {
        Optional<Point> before = i == 0 ? Optional.empty() : accuracy(i - 1, metric);
        return accuracy(i, metric).flatMap(after -> before.flatMap(after::over));
    }

    private double publishedChange(int i) {
        double change = steps.get(i).published().accuracy()
                - steps.get(i - 1).published().accuracy();
        return Math.abs(change) < 1e-9 ? 0 : change;
    }

    /** Whether the published rise or fall is found here by the averaged tokens. */
    private String direction(int i) {
        Optional<Estimate> here = change(i, Measured.AVERAGED);
        if (here.isEmpty() || publishedChange(i) == 0) {
            return Text.NONE;
        }
        Estimate rise = here.get();
        Estimate wanted =
                publishedChange(i) > 0 ? rise : new Estimate(-rise.mean(), -rise.high(), -rise.low(), rise.n());
        return Verdict.ofPositive(wanted).toString();
    }
}
