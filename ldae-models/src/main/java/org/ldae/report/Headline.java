package org.ldae.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Step;
import org.ldae.study.Cell;
import org.ldae.study.Control;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;

/** What came out, in a few sentences. */
final class Headline {

    private final StudyResults results;
    private final Measured measured;
    private final Study study;

    private Headline(StudyResults results, Study study) {
        this.results = results;
        this.study = study;
        measured = new Measured(results);
    }

    static List<String> of(StudyResults results, Study study) {
        Headline headline = new Headline(results, study);
        List<String> sentences = new ArrayList<>();
        headline.road().ifPresent(sentences::add);
        headline.untrained().ifPresent(sentences::add);
        headline.own().ifPresent(sentences::add);
        headline.verdicts().ifPresent(sentences::add);
        int seeds = results.seeds().size();
        if (seeds < Charts.LEAST_SEEDS) {
            sentences.add("%s: dots are single runs, and no difference here is more than a hint."
                    .formatted(seeds == 1 ? "One seed" : "Two seeds"));
        }
        return sentences;
    }

    private Optional<String> road() {
        List<Point> rows = study.path().stream()
                .flatMap(step -> measured.row(step, Metric.ALL_TOKENS).stream())
                .toList();
        Optional<Point> best = rows.stream().max(Comparator.comparingDouble(Point::mean));
        if (rows.size() < 2 || best.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder sentence = new StringBuilder("By the probe of all tokens the best of %s rows is %s with %s%%"
                .formatted(rows.size(), best.get().name(), Numbers.of(best.get().estimate())));
        for (Step step : List.of(Deconstruction.PATH.get(0), Deconstruction.LDAE)) {
            measured.row(step, Metric.ALL_TOKENS)
                    .filter(point -> !point.name().equals(best.get().name()))
                    .ifPresent(point -> sentence.append("; %s%s has %s%%"
                            .formatted(
                                    step.equals(Deconstruction.LDAE) ? "l-DAE, " : "the diffusion model, ",
                                    point.name(),
                                    Numbers.of(point.estimate()))));
        }
        return Optional.of(sentence + ".");
    }

    private Optional<String> untrained() {
        Optional<Point> ldae = measured.row(Deconstruction.LDAE, Metric.ALL_TOKENS);
        Optional<Point> control = measured.control(Control.RANDOM_ENCODER, Metric.ALL_TOKENS);
        return ldae.flatMap(one -> control.flatMap(one::over)).map(difference -> {
            String sure = difference.clear() ? "" : ", which the seeds don't settle";
            return "l-DAE is %s points against the same encoder untrained%s."
                    .formatted(Numbers.signed(difference), sure);
        });
    }

    private Optional<String> own() {
        return results.trials(Group.OWN).stream()
                .map(Cell::trial)
                .flatMap(trial -> measured.trial(Group.OWN, trial, Metric.ALL_TOKENS).stream())
                .max(Comparator.comparingDouble(Point::mean))
                .map(best -> "Of the trials added to the study %s is best with %s%%."
                        .formatted(best.name(), Numbers.of(best.estimate())));
    }

    private Optional<String> verdicts() {
        List<Verdict> verdicts = Orderings.of(results, Metric.AVERAGED).stream()
                .map(Ordering::verdict)
                .toList();
        return verdicts.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "Of %s orderings that the paper has or implies, %s are reproduced here, %s are not, %s stay open."
                                .formatted(
                                        verdicts.size(),
                                        count(verdicts, Verdict.REPRODUCED),
                                        count(verdicts, Verdict.NOT_REPRODUCED),
                                        count(verdicts, Verdict.OPEN)));
    }

    private static long count(List<Verdict> verdicts, Verdict wanted) {
        return verdicts.stream().filter(wanted::equals).count();
    }
}
