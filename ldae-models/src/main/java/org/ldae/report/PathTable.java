package org.ldae.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Published;
import org.ldae.deconstruction.Step;
import org.ldae.study.Estimate;
import org.ldae.study.Metric;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;

/** The rows of the road with what was measured and what was published. */
final class PathTable {

    /** ConsoleTable before the first number. */
    static final int WORDS = 2;

    private final Measured measured;
    private final List<Metric> generation;
    private final List<Step> steps;

    PathTable(StudyResults results, Study study) {
        steps = study.path();
        measured = new Measured(results);
        generation = Stream.of(Metric.FRECHET, Metric.BITS)
                .filter(metric -> steps.stream()
                        .anyMatch(step -> measured.row(step, metric).isPresent()))
                .toList();
    }

    /** A head and the rows that were run. */
    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(head());
        for (int i = 0; i < steps.size(); i++) {
            if (accuracy(i, Metric.AVERAGED).isPresent()
                    || accuracy(i, Metric.ALL_TOKENS).isPresent()) {
                rows.add(row(i));
            }
        }
        return rows;
    }

    private List<String> head() {
        List<String> head = new ArrayList<>(List.of(
                "#",
                "row",
                "averaged tokens",
                "to the row before",
                "all tokens",
                "to the row before",
                "published",
                "published change",
                "direction"));
        generation.forEach(metric -> head.add(metric.title()));
        head.add("published FID");
        return head;
    }

    private List<String> row(int i) {
        Step step = steps.get(i);
        List<String> row = new ArrayList<>(List.of(
                i < Deconstruction.PATH.size() ? Integer.toString(i) : "v", step.name() + "\n" + step.change()));
        for (Metric metric : List.of(Metric.AVERAGED, Metric.ALL_TOKENS)) {
            row.add(accuracy(i, metric).map(Point::estimate).map(Numbers::of).orElse(Numbers.NONE));
            row.add(change(i, metric).map(Numbers::signed).orElse(Numbers.NONE));
        }
        row.add(step.published()
                .map(published -> Numbers.published(published.accuracy()))
                .orElse(Numbers.NONE));
        OptionalDouble change = publishedChange(i);
        row.add(change.isPresent() ? String.format(Locale.ROOT, "%+.1f", change.getAsDouble()) : Numbers.NONE);
        row.add(direction(i));
        for (Metric metric : generation) {
            row.add(measured.row(step, metric)
                    .map(Point::estimate)
                    .map(Numbers::of)
                    .orElse(Numbers.NONE));
        }
        row.add(step.published()
                .map(Published::fid)
                .filter(OptionalDouble::isPresent)
                .map(fid -> Numbers.published(fid.getAsDouble()))
                .orElse(Numbers.NONE));
        return row;
    }

    private Optional<Point> accuracy(int i, Metric metric) {
        return measured.row(steps.get(i), metric);
    }

    /** The row that one is compared with: the row just before, or of a variant the last row of the road. */
    private int before(int i) {
        return Math.min(i, Deconstruction.PATH.size()) - 1;
    }

    /** Paired over seeds, if the row before was run. */
    private Optional<Estimate> change(int i, Metric metric) {
        Optional<Point> before = i == 0 ? Optional.empty() : accuracy(before(i), metric);
        return accuracy(i, metric).flatMap(after -> before.flatMap(after::over));
    }

    private OptionalDouble publishedChange(int i) {
        Optional<Published> after = steps.get(i).published();
        Optional<Published> before =
                i == 0 ? Optional.empty() : steps.get(before(i)).published();
        if (after.isEmpty() || before.isEmpty()) {
            return OptionalDouble.empty();
        }
        double change = after.get().accuracy() - before.get().accuracy();
        return OptionalDouble.of(Math.abs(change) < 1e-9 ? 0 : change);
    }

    /** Whether the published rise or fall is found here by the averaged tokens. */
    private String direction(int i) {
        Optional<Estimate> here = change(i, Metric.AVERAGED);
        double published = publishedChange(i).orElse(0);
        if (here.isEmpty() || published == 0) {
            return Numbers.NONE;
        }
        Estimate rise = here.get();
        Estimate wanted = published > 0 ? rise : new Estimate(-rise.mean(), -rise.high(), -rise.low(), rise.n());
        return Verdict.ofPositive(wanted).toString();
    }
}
