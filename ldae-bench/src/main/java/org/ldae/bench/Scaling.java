package org.ldae.bench;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.ldae.compute.Backend;
import org.ldae.core.Rng;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Prints how a training step's time and memory grow with batch, tokens, width, depth and threads, one of them changed at a
 * time: Markdown tables for docs/benchmarks.md. Each step is timed in turn with the machine's sgemm.
 */
@Command(
        name = "Scaling",
        mixinStandardHelpOptions = true,
        description = "Times training steps over batch, tokens, width, depth and threads.")
public final class Scaling implements Callable<Integer> {

    private static final int HEAD_WIDTH = 64;
    private static final int PATCH = 8;
    private static final Shape BASE = new Shape(32, 8, 384, 4, Backend.threads());

    @Option(names = "--rounds", description = "Rounds of which the median is taken (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    private Scaling() {}

    /**
     * Prints the tables.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Scaling()).execute(args));
    }

    /**
     * What a step's time depends on.
     *
     * @param batch images a step
     * @param side tokens along a side of an image
     * @param width M, with heads of 64
     * @param blocks depth
     * @param threads workers
     */
    private record Shape(int batch, int side, int width, int blocks, int threads) {
        StepTask task() {
            return new StepTask(
                    "scaling",
                    StepTask.plain(width, width / HEAD_WIDTH, blocks),
                    StepTask.grid(side * PATCH, PATCH),
                    batch);
        }
    }

    @Override
    public Integer call() throws IOException {
        if (rounds < 1) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), "--rounds: expected at least 1, got " + rounds);
        }
        Machine.describe(new Report(System.out));
        System.out.printf(
                "%nBase: batch %d, %d tokens, width %d, %d blocks, %d threads, patches of %d x %d; medians of %d"
                        + " rounds.%n",
                BASE.batch, BASE.side * BASE.side, BASE.width, BASE.blocks, BASE.threads, PATCH, PATCH, rounds);
        table(
                "batch",
                new int[] {1, 2, 8, 32, 128},
                n -> new Shape(n, BASE.side, BASE.width, BASE.blocks, BASE.threads));
        table(
                "tokens along a side",
                new int[] {2, 4, 8, 14, 16},
                n -> new Shape(BASE.batch, n, BASE.width, BASE.blocks, BASE.threads));
        table(
                "width",
                new int[] {64, 192, 384, 768, 1024},
                n -> new Shape(BASE.batch, BASE.side, n, BASE.blocks, BASE.threads));
        table("blocks", new int[] {1, 2, 4, 8, 12}, n -> new Shape(BASE.batch, BASE.side, BASE.width, n, BASE.threads));
        table("threads", new int[] {1, 2}, n -> new Shape(BASE.batch, BASE.side, BASE.width, BASE.blocks, n));
        return 0;
    }

    private void table(String name, int[] numbers, IntFunction<Shape> shape) throws IOException {
        System.out.printf("%n| %s | ms a step | GFLOP/s | of sgemm | MiB |%n|---|---|---|---|---|%n", name);
        for (int number : numbers) {
            Shape each = shape.apply(number);
            Measured measured = Backend.withThreads(each.threads, () -> measure(each.task()));
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %.1f | %.0f | %.2f | %.0f |%n",
                    number,
                    measured.seconds * 1e3,
                    each.task().flops() / 1e9 / measured.seconds,
                    measured.ofSgemm,
                    measured.bytes / (double) (1 << 20));
        }
    }

    /**
     * Medians of a step.
     *
     * @param seconds time
     * @param ofSgemm its rate over that of the matrix products
     * @param bytes weights, moments, gradients and activations
     */
    private record Measured(double seconds, double ofSgemm, long bytes) {}

    private Measured measure(StepTask task) {
        try (TrainingStep step = new TrainingStep(task.net(), task.signature(), task.batch(), Rng.of(1));
                Sgemm sgemm = new Sgemm()) {
            Duel duel = Duel.fight(Side.local(step::run), sgemm, rounds);
            return new Measured(
                    duel.ours().median(),
                    duel.ratio().times(task.flops() / Sgemm.FLOPS).median(),
                    step.bytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
