package org.ldae.bench;

import org.ldae.core.Rng;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** A training step of a plain ViT on all threads: forward, mean squared error, backward, AdamW. */
public class TrainingStepBenchmark extends BothKernels<TrainingStep> {

    /** The speed report's shapes (64 tokens of width 384, 16 of 192, 256 of 768), and 196 tokens of width 1024. */
    @Param({"step", "step16", "step256", "step196"})
    public String shape = "step16";

    @Override
    TrainingStep open() {
        StepTask task = switch (shape) {
            case "step" -> StepTask.medium();
            case "step16" -> StepTask.small();
            case "step256" -> StepTask.large();
            case "step196" -> new StepTask(shape, StepTask.plain(1024, 16, 2), StepTask.grid(224, 16), 4);
            default ->
                throw new IllegalArgumentException("shape: expected step, step16, step256 or step196, got " + shape);
        };
        return new TrainingStep(task.net(), task.signature(), task.batch(), Rng.of(1));
    }

    /**
     * One step.
     *
     * @return its loss
     */
    @Benchmark
    public double step() {
        return subject().run();
    }
}
