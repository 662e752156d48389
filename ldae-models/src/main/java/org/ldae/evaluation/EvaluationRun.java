package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.evaluation.EncoderEvaluation.Part;
import org.ldae.inference.Features;
import org.ldae.inference.Pooling;

/** An evaluation on some images: what is to be done, how long each part is expected to take, and doing it. */
final class EvaluationRun {

    private final EncoderEvaluation options;
    private final Dataset data;
    private final Rng rng;
    private final Progress progress;
    private final Readouts readouts;
    private final Details details;
    private final List<Pooling> poolings;
    private final List<Readouts.Job> jobs;
    private final Effort effort;

    EvaluationRun(EncoderEvaluation options, Dataset data, Rng rng, Progress progress) {
        this.options = options;
        this.data = data;
        this.rng = rng;
        this.progress = progress;
        options.requireFitting(data);
        this.readouts = new Readouts(options, data, rng);
        this.details = new Details(data, rng);
        this.poolings = readouts.fitting(options.subjects().get(0));
        this.jobs = options.subjects().stream()
                .flatMap(subject -> readouts.jobs(subject, poolings).stream())
                .toList();
        this.effort = new Effort(expected(), progress);
    }

    private boolean wants(Part part) {
        return options.parts().contains(part);
    }

    private double expected() {
        double expected = jobs.stream().mapToDouble(readouts::effort).sum();
        for (View view : chosenViews()) {
            expected += wants(Part.HEALTH) ? details.healthEffort(view) : 0;
            expected += wants(Part.FEW_LABELS) ? details.fewLabelsEffort(view) : 0;
        }
        if (wants(Part.MAP)) {
            for (Pooling pooling : poolings) {
                expected += details.mapEffort(options.subjects().get(0).encoder(), pooling);
            }
        }
        return expected;
    }

    EncoderResults run() {
        List<Score> scores = scores();
        List<Health> health = new ArrayList<>();
        List<FewLabels> fewLabels = new ArrayList<>();
        for (View view : chosenViews()) {
            Features chosen = chosen(view.subject(), scores);
            if (wants(Part.HEALTH)) {
                health.add(details.health(view.subject(), chosen));
                effort.spend(details.healthEffort(view));
            }
            if (wants(Part.FEW_LABELS)) {
                fewLabels.addAll(details.fewLabels(view.subject(), chosen));
                effort.spend(details.fewLabelsEffort(view));
            }
        }
        List<MapPoint> map = new ArrayList<>();
        if (wants(Part.MAP)) {
            for (Pooling pooling : poolings) {
                map.addAll(details.map(options.subjects().get(0).encoder(), pooling, effort));
            }
        }
        effort.finish();
        List<FineTuning> fineTuning = options.tuned()
                .map(how -> FineTuning.of(how, data, rng, progress))
                .orElse(List.of());
        return new EncoderResults(
                data.train().size(),
                data.test().size(),
                data.train().classNames(),
                options.solver().describe(),
                options.mirrored(),
                scores,
                health,
                fewLabels,
                map,
                fineTuning);
    }

    /** Pooling by pooling, of each subject in turn. */
    private List<Score> scores() {
        List<Map<Pooling, List<Score>>> found =
                jobs.stream().map(job -> readouts.of(job, effort)).toList();
        return poolings.stream()
                .flatMap(pooling -> found.stream().flatMap(scores -> scores.getOrDefault(pooling, List.of()).stream()))
                .toList();
    }

    /** What details are read under: the second pooling, a pyramid unless told otherwise. */
    private Pooling chosenPooling() {
        return poolings.get(Math.min(1, poolings.size() - 1));
    }

    /** Subjects under that pooling, but for those whose features are too wide. */
    private List<View> chosenViews() {
        return jobs.stream()
                .flatMap(job -> job.views().stream())
                .filter(view -> view.pooling().equals(chosenPooling()))
                .toList();
    }

    /** That pooling after the block that was best under it. */
    private Features chosen(Subject subject, List<Score> scores) {
        Pooling pooling = chosenPooling();
        return scores.stream()
                .filter(score -> score.subject().equals(subject.name())
                        && score.readout().equals(pooling.name()))
                .findFirst()
                .map(score -> Features.of(pooling)
                        .after(score.blocks().stream()
                                .mapToInt(Integer::intValue)
                                .toArray()))
                .orElseThrow();
    }
}
