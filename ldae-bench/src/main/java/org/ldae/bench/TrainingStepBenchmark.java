package org.ldae.bench;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Rng;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A training step of a plain ViT on all threads: forward, mean squared error, backward, AdamW. The portable kernels run it with
 * {@code -jvmArgs -Dldae.kernels=portable}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class TrainingStepBenchmark {

    /** The speed report's shapes: 64 tokens of width 384, 16 of 192, 256 of 768. */
    @Param({"step", "step16", "step256"})
    public String shape = "step16";

    private @Nullable TrainingStep step;

    /** Allocates the network. */
    @Setup(Level.Trial)
    public void setUp() {
        StepTask task = switch (shape) {
            case "step" -> StepTask.medium();
            case "step16" -> StepTask.small();
            case "step256" -> StepTask.large();
            default -> throw new IllegalArgumentException("shape: expected step, step16 or step256, got " + shape);
        };
        step = new TrainingStep(task.net(), task.ports(), task.batch(), Rng.of(1));
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void tearDown() {
        Objects.requireNonNull(step).close();
    }

    /**
     * One step.
     *
     * @return its loss
     */
    @Benchmark
    public double step() {
        return Objects.requireNonNull(step).run();
    }
}
