package org.ldae.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Published;
import org.ldae.deconstruction.Step;
import org.ldae.figures.ChartOptions;
import org.ldae.figures.Figures;
import org.ldae.figures.Series;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.ldae.report.Figure.Panel;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.Metric.Sweep;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;

/** The charts of a study, counterparts of the paper's; what wasn't measured has none. */
final class StudyCharts {

    private static final String HERE = "Measured here";
    private static final String TOKENS = "Measured here, all tokens";

    private final StudyResults results;
    private final Study study;
    private final Measured measured;

    StudyCharts(StudyResults results, Study study) {
        this.results = results;
        this.study = study;
        this.measured = new Measured(results);
    }

    /** Share of the signal over time, of every schedule on the road (paper, Fig. 3). */
    static List<Figure> schedules(Study study) {
        Map<NoiseSchedule, String> schedules = new LinkedHashMap<>();
        for (Step step : study.path()) {
            schedules.putIfAbsent(study.recipeAt(step).schedule(), step.name());
        }
        double[] times =
                IntStream.rangeClosed(0, 200).mapToDouble(i -> i / 200.0).toArray();
        List<Series> series = new ArrayList<>();
        schedules.forEach((schedule, step) -> series.add(Series.of(
                "from " + step + " on",
                times,
                java.util.Arrays.stream(times)
                        .map(t -> signal(schedule.level(t)))
                        .toArray())));
        ChartOptions options = ChartOptions.titled("Noise schedules of the road")
                .withAxes("time t", "gamma\u00b2 / (gamma\u00b2 + sigma\u00b2)");
        return Figure.of(
                "fig3-schedules.png",
                "Counterpart of Fig. 3. Up to the removal of input scaling gamma\u00b2 + sigma\u00b2 is 1 and this is"
                        + " gamma\u00b2.",
                List.of(Optional.of(new Panel(
                        Figures.lines(series, options),
                        "Noise schedules: the signal's share falls over time for the rows %s."
                                .formatted(schedules.values())))));
    }

    private static double signal(NoiseLevel level) {
        double gamma = level.gamma() * level.gamma();
        return gamma / (gamma + level.sigma() * level.sigma());
    }

    /** The whole road (Fig. 6) and its tables. */
    List<Figure> path() {
        List<Step> all = rows(step -> true);
        List<Step> first = rows(step -> source(step).startsWith("Tab. 1"));
        List<Step> last = rows(step -> source(step).matches("Tab\\. .*3"));
        return Stream.of(
                        Figure.of(
                                "fig6-path.png",
                                "Counterpart of Fig. 6: the whole road. The published numbers are of ImageNet and have"
                                        + " their own axis.",
                                List.of(
                                        Charts.dots(HERE + ", averaged tokens", points(all, Metric.AVERAGED)),
                                        Charts.dots(TOKENS, points(all, Metric.ALL_TOKENS)),
                                        PublishedNumbers.accuracies(all))),
                        Figure.of(
                                "tab1-baseline.png",
                                "Counterpart of Tab. 1: adapting the diffusion model.",
                                List.of(
                                        Charts.dots(HERE, points(first, Metric.AVERAGED)),
                                        PublishedNumbers.accuracies(first),
                                        Charts.dots(
                                                "Frechet distance here",
                                                points(first, Metric.FRECHET),
                                                "distance of features (lower is better)"),
                                        PublishedNumbers.fids(first))),
                        Figure.of(
                                "generation.png",
                                "What becomes of generation along the road. Bits per dimension are an upper bound for"
                                        + " held-out images.",
                                List.of(
                                        Charts.dots(
                                                "Frechet distance",
                                                points(all, Metric.FRECHET),
                                                "distance of features (lower is better)"),
                                        Charts.dots(
                                                "Bits per dimension",
                                                points(all, Metric.BITS),
                                                "bits per number (lower is better)"))),
                        Figure.of(
                                "tab3-path.png",
                                "Counterpart of Tab. 3: towards a classical denoising autoencoder.",
                                List.of(
                                        Charts.dots(HERE, points(last, Metric.AVERAGED)),
                                        PublishedNumbers.accuracies(last))))
                .flatMap(List::stream)
                .toList();
    }

    private static String source(Step step) {
        return step.published().map(Published::source).orElse("");
    }

    private List<Step> rows(Predicate<Step> wanted) {
        return study.path().stream()
                .filter(wanted)
                .filter(step -> !results.trials(Group.PATH).isEmpty()
                        && results.trials(Group.PATH).stream()
                                .anyMatch(cell -> cell.trial().equals(step.name())))
                .toList();
    }

    private List<Point> points(List<Step> steps, Metric metric) {
        return steps.stream()
                .flatMap(step -> measured.row(step, metric).stream())
                .toList();
    }

    /** l-DAE beside its controls. */
    List<Figure> controls() {
        if (results.trials(Group.CONTROL).isEmpty()) {
            return List.of();
        }
        return Figure.of(
                "controls.png",
                "l-DAE and its controls with the same encoder and probe.",
                List.of(
                        Charts.dots(HERE + ", averaged tokens", besideControls(Metric.AVERAGED)),
                        Charts.dots(TOKENS, besideControls(Metric.ALL_TOKENS)),
                        PublishedNumbers.of(Group.CONTROL)));
    }

    private List<Point> besideControls(Metric metric) {
        List<Point> points = new ArrayList<>();
        measured.row(Deconstruction.LDAE, metric)
                .map(point -> new Point("l-DAE", point.x(), point.values()))
                .ifPresent(points::add);
        results.trials(Group.CONTROL)
                .forEach(cell ->
                        measured.trial(Group.CONTROL, cell.trial(), metric).ifPresent(points::add));
        return points;
    }

    /** An ablation as lines over its axis, or as bars. */
    List<Figure> ablation(Group group) {
        List<Curve> averaged = measured.curves(group, Metric.AVERAGED);
        List<Curve> tokens = measured.curves(group, Metric.ALL_TOKENS);
        if (averaged.isEmpty()) {
            return Figure.of(
                    file(group),
                    caption(group),
                    List.of(
                            Charts.dots(HERE + ", averaged tokens", measured.trials(group, Metric.AVERAGED)),
                            Charts.dots(TOKENS, measured.trials(group, Metric.ALL_TOKENS)),
                            results.trials(group).isEmpty() ? Optional.empty() : PublishedNumbers.of(group)));
        }
        return Figure.of(
                file(group),
                caption(group),
                List.of(
                        Charts.lines(over(group, HERE + ", averaged tokens"), averaged),
                        Charts.lines(over(group, TOKENS), tokens),
                        PublishedNumbers.of(group)));
    }

    private ChartOptions over(Group group, String title) {
        String axis = switch (group) {
            case DIMENSION -> "numbers per token, d";
            case RESOLUTION -> "numbers of a patch, D: smaller patches of smaller images";
            case EPOCHS ->
                study.preset().baseline().training().length().unit().name().toLowerCase(Locale.ROOT);
            case SIZE -> "width of the network";
            case LEVELS -> "noise levels";
            default -> group.key();
        };
        return ChartOptions.titled(title).withAxes(axis, "").withLogX();
    }

    private static String file(Group group) {
        return switch (group) {
            case DIMENSION -> "tab2-dimension.png";
            case RESOLUTION -> "fig5-resolution.png";
            default -> "ablation-" + group.key() + ".png";
        };
    }

    static String caption(Group group) {
        return switch (group) {
            case DIMENSION -> "Counterpart of Tab. 2: latent dimension by tokenizer.";
            case RESOLUTION ->
                "Counterpart of Fig. 5: noise on pixels, always the same number of tokens. Published: 23.6 at D = 768,"
                        + " best at D = 48.";
            case SCALE -> "How latents are scaled before noise is added; the paper leaves it open.";
            case AUGMENTATION -> "Random changes of the training images (section 5).";
            case EPOCHS -> "Length of training (section 5).";
            case SIZE -> "Size of the network (section 5).";
            case LEVELS ->
                "Number of noise levels of a network that is not told which, as NCSN counts them; one level is the"
                        + " paper's.";
            case NEIGHBOURS ->
                "Beyond the paper: other networks and methods at the same work and under the same readouts.";
            case LADDER -> "Beyond the paper: one change at a time, and the networks before training.";
            case OWN -> "Trials that were added to the study.";
            default -> "Ablation: %s.".formatted(group.key());
        };
    }

    /** The probe after every block and at several times (appendix). */
    List<Figure> probes() {
        List<Curve> depth = List.of(
                measured.sweep(Deconstruction.LDAE, Sweep.BLOCK, "l-DAE"),
                measured.sweep(Deconstruction.SINGLE_LEVEL, Sweep.BLOCK, "single level"));
        List<Curve> time = List.of(
                measured.sweep(Deconstruction.LDAE, Sweep.CLEAN_TIME, "clean input"),
                measured.sweep(Deconstruction.LDAE, Sweep.NOISY_TIME, "noisy input"));
        return Stream.of(
                        beside(
                                "probe-depth.png",
                                "Where the probe is best (appendix).",
                                Charts.lines(ChartOptions.titled(HERE).withAxes("probe after block", ""), depth),
                                PublishedNumbers.depth()),
                        beside(
                                "probe-time.png",
                                "At which time the probe is best (appendix).",
                                Charts.lines(
                                        ChartOptions.titled(HERE).withAxes("time t of the probe, of 1000", ""), time),
                                PublishedNumbers.time()))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Figure> beside(String file, String caption, Optional<Panel> here, Optional<Panel> published) {
        return here.isEmpty() ? List.of() : Figure.of(file, caption, List.of(here, published));
    }
}
