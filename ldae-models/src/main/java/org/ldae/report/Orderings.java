package org.ldae.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.study.Cell;
import org.ldae.study.Control;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.Metric.Sweep;
import org.ldae.study.StudyResults;

/** The paper's orderings by one probe, as far as the study has run what they compare. */
final class Orderings {

    /** Points by which tokenizers that are called alike may differ; the paper's differ by 0.2 to 0.4. */
    static final double ALIKE = 2;

    /** Times up to here, of 1000, are small: the paper's best are 10 to 20. */
    private static final double SMALL_TIME = 20;

    private final StudyResults results;
    private final Measured measured;
    private final Metric metric;
    private final List<Ordering> found = new ArrayList<>();

    private Orderings(StudyResults results, Metric metric) {
        this.results = results;
        this.measured = new Measured(results);
        this.metric = metric;
    }

    static List<Ordering> of(StudyResults results, Metric metric) {
        Orderings all = new Orderings(results, metric);
        all.noise();
        all.dimensions();
        all.tokenizers();
        all.levels();
        if (metric.equals(Metric.AVERAGED)) {
            all.depth();
            all.times();
        }
        all.controls();
        all.ablations();
        return List.copyOf(all.found);
    }

    private void noise() {
        Claim latents =
                Claim.higher("noise on latents is better than noise on pixels", "65.1 against 23.6 (Tab. 3, Fig. 5)");
        add(latents, ldae(), measured.control(Control.PIXEL_NOISE, metric));
        for (Curve curve : measured.curves(Group.RESOLUTION, metric)) {
            Curve smaller = new Curve(
                    curve.name(), curve.points().subList(0, curve.points().size() - 1));
            Claim pixels = Claim.higher(
                    "noise on pixels does less harm in smaller images", "best at a quarter of the side (Fig. 5)");
            add(latents, row("patch-pca"), Optional.of(curve.last()));
            add(pixels, smaller.best(), Optional.of(curve.last()));
        }
    }

    private void dimensions() {
        for (Curve curve : measured.curves(Group.DIMENSION, metric)) {
            Claim claim = Claim.higher(
                    "a single peak in the latent dimension: " + curve.name(), "lower on both sides (Tab. 2)");
            Optional<Point> best = curve.inner().best();
            if (best.isPresent()) {
                add(claim, best, Optional.of(curve.first()));
                add(claim, best, Optional.of(curve.last()));
                worstStep(curve).ifPresent(found::add);
            }
        }
    }

    /** The step along a curve that speaks most against a single peak: up before the best point, down after it. */
    private static Optional<Ordering> worstStep(Curve curve) {
        List<Point> points = curve.points();
        int peak = points.indexOf(curve.best().orElseThrow());
        Claim claim = Claim.higher("no second peak: " + curve.name(), "every step up or down (Tab. 2)");
        List<Ordering> steps = new ArrayList<>();
        for (int i = 1; i < points.size(); i++) {
            Optional<Point> higher = Optional.of(points.get(i <= peak ? i : i - 1));
            Optional<Point> lower = Optional.of(points.get(i <= peak ? i - 1 : i));
            Ordering.of(claim, higher, lower).ifPresent(steps::add);
        }
        return steps.stream()
                .min(Comparator.comparing((Ordering step) -> step.verdict() != Verdict.NOT_REPRODUCED)
                        .thenComparing(step -> step.difference().low()));
    }

    private void tokenizers() {
        alike("64.9 and 64.7 (Tab. 2)", row("patch-vae"), row("patch-ae"));
        alike("64.7 and 65.1 (Tab. 2)", row("patch-ae"), row("patch-pca"));
        alike("64.9 and 65.1, each at its best (Tab. 2)", bestDimension("vae"), bestDimension("pca"));
        alike("64.7 and 65.1, each at its best (Tab. 2)", bestDimension("ae"), bestDimension("pca"));
    }

    private void alike(String published, Optional<Point> one, Optional<Point> other) {
        String words = "VAE, AE and PCA are alike, within %s points".formatted(Numbers.plain(ALIKE));
        add(new Claim(words, published, ALIKE), one, other);
    }

    private Optional<Point> bestDimension(String tokenizer) {
        return measured.curves(Group.DIMENSION, metric).stream()
                .filter(curve -> curve.name().equals(tokenizer))
                .findFirst()
                .flatMap(Curve::best);
    }

    private void levels() {
        add(
                Claim.higher("many noise levels are better than one", "64.5 against 61.5 (section 4.3)"),
                ldae(),
                measured.row(Deconstruction.SINGLE_LEVEL, metric));
    }

    private void depth() {
        Curve depth = measured.sweep(Deconstruction.LDAE, Sweep.BLOCK, "after block ");
        Claim claim = Claim.higher("the best depth is in the middle", "64.5 after block 12 of 24 (appendix)");
        Optional<Point> best = depth.inner().best();
        if (best.isPresent()) {
            add(claim, best, Optional.of(depth.first()));
            add(claim, best, Optional.of(depth.last()));
        }
    }

    private void times() {
        smallTime(Sweep.CLEAN_TIME, "clean input", "64.5 at t = 10 against 62.2 at 80 (appendix)");
        smallTime(Sweep.NOISY_TIME, "noisy input", "65.0 at t = 10 against 64.5 at 80 (appendix)");
    }

    private void smallTime(Sweep sweep, String input, String published) {
        Curve times = measured.sweep(Deconstruction.LDAE, sweep, input + ", t = ");
        Curve small = new Curve(
                times.name(),
                times.points().stream().filter(time -> time.x() <= SMALL_TIME).toList());
        if (!times.isEmpty() && times.last().x() > SMALL_TIME) {
            add(
                    Claim.higher("the best time of the probe is small: %s".formatted(input), published),
                    small.best(),
                    Optional.of(times.last()));
        }
    }

    private void controls() {
        for (Control control : Control.values()) {
            Optional<Point> point = measured.control(control, metric);
            switch (control) {
                case MAE ->
                    add(Claim.higher("MAE is better than l-DAE", "68.0 against 66.6 (Tab. 4, ViT-B)"), point, ldae());
                case MOCO_V3 ->
                    add(
                            Claim.higher("MoCo v3 is better than l-DAE", "76.7 against 66.6 (Tab. 4, ViT-B)"),
                            point,
                            ldae());
                case SUPERVISED, FINE_TUNED ->
                    add(Claim.higher("labels are an upper line: " + control.key(), "not printed"), point, ldae());
                case PIXEL_NOISE -> {} // see noise()
                case SIMCLR, UNET_DDM, UNET -> {} // the paper has none
                default ->
                    add(
                            Claim.higher("l-DAE is better than the control " + control.key(), "not printed"),
                            ldae(),
                            point);
            }
        }
    }

    private void ablations() {
        largest(Group.EPOCHS, Claim.higher("longer training is better", "69.6 against 65.0 (section 5)"));
        largest(Group.SIZE, Claim.higher("a larger network is better", "70.9 against 60.3 (section 5)"));
        Claim crop = Claim.higher("random resized crops help", "65.0 against 64.5 (section 5)");
        for (Cell cell : results.trials(Group.AUGMENTATION)) {
            if (cell.trial().contains("crop")) {
                add(crop, trial(Group.AUGMENTATION, cell.trial()), trial(Group.AUGMENTATION, "none"));
            }
        }
    }

    private void largest(Group group, Claim claim) {
        for (Curve curve : measured.curves(group, metric)) {
            if (curve.points().size() > 1) {
                add(claim, Optional.of(curve.last()), Optional.of(curve.first()));
            }
        }
    }

    private Optional<Point> ldae() {
        return measured.row(Deconstruction.LDAE, metric).map(point -> point.named("l-DAE, "));
    }

    private Optional<Point> row(String step) {
        return measured.row(Deconstruction.step(step), metric);
    }

    private Optional<Point> trial(Group group, String trial) {
        return measured.trial(group, trial, metric);
    }

    private void add(Claim claim, Optional<Point> one, Optional<Point> other) {
        Ordering.of(claim, one, other).ifPresent(found::add);
    }
}
