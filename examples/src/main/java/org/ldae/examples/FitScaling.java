package org.ldae.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.ldae.core.Rng;
import org.ldae.figures.ChartOptions;
import org.ldae.figures.Figures;
import org.ldae.figures.Series;
import org.ldae.study.Group;
import org.ldae.study.Metric;
import org.ldae.study.ScalingLaw;
import org.ldae.study.ScalingLaw.Axis;
import org.ldae.study.ScalingLaw.Extrapolation;
import org.ldae.study.ScalingLaw.Run;
import org.ldae.study.StudyResults;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Fits scaling laws to the runs of a study and says how well they predict its largest. */
@Command(
        name = "FitScaling",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Fits scaling laws to the runs of a study and says how well they predict its largest.",
        footer = {
            "",
            "Example: ${COMMAND-FULL-NAME} --results out/study/results.json --groups size,epochs --metric loss"
        })
public final class FitScaling implements Callable<Integer> {

    @Option(
            names = "--results",
            required = true,
            description = "results.json of a study with several widths and lengths (--groups size,epochs).")
    private Path results = Path.of("");

    @Option(names = "--groups", split = ",", description = "Groups whose runs are taken (default: ${DEFAULT-VALUE}).")
    private Group[] groups = {Group.SIZE, Group.EPOCHS};

    @Option(names = "--metric", description = "A loss, or a share, whose error is fitted (default: ${DEFAULT-VALUE}).")
    private String metric = Metric.AVERAGED.name();

    @Option(names = "--out", description = "Folder for scaling.png (default: that of the results).")
    private Path out = Path.of("");

    FitScaling() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new FitScaling(), args);
    }

    @Override
    public Integer call() throws IOException {
        Metric chosen = Metric.known(metric)
                .orElseThrow(() -> new IllegalArgumentException("--metric: expected one of %s, got '%s'"
                        .formatted(Metric.known().stream().map(Metric::name).toList(), metric)));
        List<Run> runs = StudyResults.readJson(results).runs(chosen, groups);
        String value = chosen.unit() == Metric.Unit.SHARE ? "error of " + chosen.title() : chosen.title();
        Extrapolation byFlops = ScalingLaw.extrapolate(runs, Rng.of(1), Axis.FLOPS);
        System.out.printf(Locale.ROOT, "%d runs, %s%n", runs.size(), value);
        print(byFlops);
        try {
            print(ScalingLaw.extrapolate(runs, Rng.of(1), Axis.PARAMETERS, Axis.IMAGES));
        } catch (IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
        Path file = out.toString().isEmpty()
                ? results.toAbsolutePath().resolveSibling("scaling.png")
                : Files.createDirectories(out).resolve("scaling.png");
        ImageIO.write(Figures.lines(series(runs, byFlops), options(value)), "png", file.toFile());
        System.out.println("Wrote " + file.toAbsolutePath());
        return 0;
    }

    private static ChartOptions options(String value) {
        return ChartOptions.titled("What the smaller runs say of the largest")
                .withAxes("training FLOPs", value)
                .withLogX()
                .withLogY();
    }

    private static void print(Extrapolation found) {
        StringBuilder law =
                new StringBuilder(String.format(Locale.ROOT, "%.3g", found.law().floor()));
        found.law()
                .terms()
                .forEach(term -> law.append(String.format(
                        Locale.ROOT,
                        " + %.3g %s^%.3g",
                        term.factor(),
                        term.axis().name().toLowerCase(Locale.ROOT),
                        -term.exponent())));
        System.out.printf(
                Locale.ROOT,
                "%s%n  largest run: %.3g predicted (95%% interval %.3g to %.3g), %.3g measured, %+.1f %%%n",
                law,
                found.predicted().mean(),
                found.predicted().low(),
                found.predicted().high(),
                found.measured(),
                100 * found.error());
    }

    private static List<Series> series(List<Run> runs, Extrapolation found) {
        List<Run> fitted =
                runs.stream().filter(run -> run.flops() < found.flops()).toList();
        List<Run> largest =
                runs.stream().filter(run -> run.flops() == found.flops()).toList();
        double least = Arrays.stream(numbers(runs, Run::flops)).min().orElseThrow();
        double[] along = new double[50];
        Arrays.setAll(along, i -> least * Math.pow(found.flops() / least, i / 49.0));
        double[] law = Arrays.stream(along)
                .map(flops -> found.law().at(new Run(1, 1, flops, 1)))
                .toArray();
        return List.of(
                Series.of("smaller runs", numbers(fitted, Run::flops), numbers(fitted, Run::value))
                        .points(),
                Series.of("the largest, held out", numbers(largest, Run::flops), numbers(largest, Run::value))
                        .points(),
                Series.of("E + A C^-a of the smaller", along, law));
    }

    private static double[] numbers(List<Run> runs, ToDoubleFunction<Run> number) {
        return runs.stream().mapToDouble(number).toArray();
    }
}
