package org.ldae.bench;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.ldae.compute.Backend;
import org.ldae.core.Rng;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks in a minute that training steps on this backend give the library's numbers, and at what rate. */
@Command(
        name = "CheckBackend",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Runs training steps on ND4J's backend, holds their losses against those of the CPU, and times them.")
public final class CheckBackend implements Callable<Integer> {

    /** What float32 sums in another order may differ by after five steps. */
    private static final double TOLERANCE = 1e-4;

    @Option(
            names = "--kernels",
            description =
                    "Those to be checked (default: ${DEFAULT-VALUE}, ND4J's operations, which run on every backend).")
    private String kernels = "portable";

    @Option(names = "--seconds", description = "How long each shape is timed (default: ${DEFAULT-VALUE}).")
    private double seconds = 5;

    CheckBackend() {}

    /**
     * A shape with the losses of its first steps.
     *
     * @param task a step of the speed report's kind
     * @param losses by the CPU kernels with oneDNN 2.5.2 on an AMD EPYC with AVX-512
     */
    private record Shape(StepTask task, List<Double> losses) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape(
                    new StepTask("small", StepTask.plain(192, 3, 2), StepTask.grid(32, 8), 16),
                    List.of(1.98469157, 1.92739335, 1.87496598, 1.82667317, 1.78165250)),
            new Shape(
                    new StepTask("wide", StepTask.plain(768, 12, 1), StepTask.grid(128, 16), 4),
                    List.of(2.01161430, 1.89700628, 1.80134200, 1.71694505, 1.63814788)));

    /**
     * Prints a line a shape, and exits with 1 if a loss is off.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new CheckBackend()).execute(args));
    }

    @Override
    public Integer call() {
        Report report = new Report(System.out);
        report.put("backend", Backend.backendName());
        boolean right = Backend.withKernels(kernels, () -> {
            Machine.describe(report);
            boolean all = true;
            for (Shape each : SHAPES) {
                all &= check(each, report);
            }
            return all;
        });
        return right ? 0 : 1;
    }

    private boolean check(Shape shape, Report report) {
        StepTask task = shape.task;
        try (TrainingStep step = new TrainingStep(task.net(), task.signature(), task.batch(), Rng.of(1))) {
            double off = 0;
            double[] losses = new double[shape.losses.size()];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = step.run();
                off = Math.max(off, Math.abs(losses[i] / shape.losses.get(i) - 1));
            }
            report.put(task.name() + ".losses", Checks.describe(losses));
            boolean right = off <= TOLERANCE;
            if (!right) {
                report.error(
                        task.name() + ".check",
                        String.format(
                                Locale.ROOT,
                                "expected losses %s within %s, off by %.2g",
                                shape.losses,
                                TOLERANCE,
                                off));
            }
            report.put(task.name() + ".off_by", off);
            double taken = Side.time(step::run, new Side.Turn(0, seconds));
            report.put(task.name() + ".ms", taken * 1e3);
            report.put(task.name() + ".gflops", task.flops() / taken / 1e9);
            return right;
        }
    }
}
