package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.evaluation.EncoderEvaluation.Part;
import org.ldae.inference.Encoder;
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
    private final List<Readouts.Job> jobs;
    private final Effort effort;

    EvaluationRun(EncoderEvaluation options, Dataset data, Rng rng, Progress progress) {
        this.options = options;
        this.data = data;
        this.rng = rng;
        this.progress = progress;
        this.readouts = new Readouts(options, data, rng);
        this.details = new Details(data, rng);
        this.jobs = options.poolings().stream()
                .flatMap(pooling -> options.subjects().stream()
                        .map(subject -> readouts.job(subject, features(subject.encoder(), pooling))))
                .toList();
        this.effort = new Effort(expected(), progress);
    }

    private boolean wants(Part part) {
        return options.parts().contains(part);
    }

    private double expected() {
        double expected = jobs.stream().mapToDouble(readouts::effort).sum();
        for (Readouts.Job job : jobs) {
            if (job.features().pooling().equals(chosenPooling())) {
                expected += wants(Part.HEALTH) ? details.healthEffort(job) : 0;
                expected += wants(Part.FEW_LABELS) ? details.fewLabelsEffort(job) : 0;
            }
        }
        if (wants(Part.MAP)) {
            for (Pooling pooling : options.poolings()) {
                expected += details.mapEffort(options.subjects().get(0).encoder(), pooling);
            }
        }
        return expected;
    }

    EncoderResults run() {
        List<Score> scores = new ArrayList<>();
        jobs.forEach(job -> scores.addAll(readouts.of(job, effort)));
        List<Health> health = new ArrayList<>();
        List<FewLabels> fewLabels = new ArrayList<>();
        for (Readouts.Job job : jobs) {
            if (!job.features().pooling().equals(chosenPooling())) {
                continue;
            }
            Optional<Features> chosen = chosen(job.subject(), scores);
            if (chosen.isPresent() && wants(Part.HEALTH)) {
                health.add(details.health(job.subject(), chosen.get()));
                effort.spend(details.healthEffort(job));
            }
            if (chosen.isPresent() && wants(Part.FEW_LABELS)) {
                fewLabels.addAll(details.fewLabels(job.subject(), chosen.get()));
                effort.spend(details.fewLabelsEffort(job));
            }
        }
        List<MapPoint> map = new ArrayList<>();
        if (wants(Part.MAP)) {
            for (Pooling pooling : options.poolings()) {
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

    /** What details are read under: the second pooling, a pyramid unless told otherwise. */
    private Pooling chosenPooling() {
        List<Pooling> poolings = options.poolings();
        return poolings.get(Math.min(1, poolings.size() - 1));
    }

    /** That pooling after the block that was best under it; empty if features were too wide. */
    private Optional<Features> chosen(Subject subject, List<Score> scores) {
        Pooling pooling = chosenPooling();
        return scores.stream()
                .filter(score -> score.subject().equals(subject.name())
                        && score.readout().equals(pooling.name()))
                .findFirst()
                .map(score -> Features.of(pooling)
                        .after(score.blocks().stream()
                                .mapToInt(Integer::intValue)
                                .toArray()));
    }

    private Features features(Encoder encoder, Pooling pooling) {
        Features last = options.mirrored() ? Features.of(pooling).mirrored() : Features.of(pooling);
        return options.everyBlock()
                ? last.after(IntStream.rangeClosed(1, encoder.blocks()).toArray())
                : last;
    }
}
