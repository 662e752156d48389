package org.ldae.bench;

import java.io.IOException;
import java.util.Optional;
import org.ldae.compute.Backend;
import org.ldae.compute.KernelsProvider;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Positions;
import org.ldae.transformer.VisionTransformer;

/**
 * A training step of a plain ViT on fixed tokens: forward, mean squared error, backward, AdamW.
 *
 * @param name what its numbers are named after
 * @param net a network without conditioning
 * @param grid its tokens
 * @param batch images a step
 */
record StepTask(String name, VisionTransformer net, TokenGrid grid, int batch) implements Task {

    private static final String HALVED = "bfloat16";
    private static final int CHECKED_STEPS = 5;
    private static final int STEPS_ALLOCATING = 10;

    /** Four blocks of width 384, 64 tokens. */
    static StepTask medium() {
        return new StepTask("step", plain(384, 6, 4), grid(64, 8), 32);
    }

    /** Eight blocks of width 192, 16 tokens. */
    static StepTask small() {
        return new StepTask("step16", plain(192, 3, 8), grid(32, 8), 256);
    }

    /** Two blocks of width 768, 256 tokens. */
    static StepTask large() {
        return new StepTask("step256", plain(768, 12, 2), grid(256, 16), 4);
    }

    static VisionTransformer plain(int width, int heads, int blocks) {
        return VisionTransformer.tiny()
                .withWidth(width, heads)
                .withBlocks(blocks, 0)
                .withConditioning(VisionTransformer.Conditioning.NONE);
    }

    static TokenGrid grid(int side, int patch) {
        return new TokenGrid(new ImageShape(3, side, side), patch);
    }

    Signature signature() {
        return Signature.of(grid, grid.patchSize(), grid.patchSize());
    }

    /** Multiplications and additions of the matrix products; backward costs twice forward, except for the first layer. */
    double flops() {
        double rows = (double) batch * grid.tokens();
        double width = net.width();
        double block = 2 * rows * 12 * width * width + 4 * rows * grid.tokens() * width;
        double end = 2 * rows * width * grid.patchSize();
        return 3 * net.blocks() * block + 2 * end + 3 * end;
    }

    private TrainingStep training() {
        return new TrainingStep(net, signature(), batch, Rng.of(1));
    }

    @Override
    public String kind() {
        return "step";
    }

    @Override
    public Work open() {
        return new Steps(this);
    }

    private static final class Steps implements Work {
        private final StepTask task;
        private final TrainingStep step;

        Steps(StepTask task) {
            this.task = task;
            this.step = task.training();
        }

        @Override
        public void handOver(Handoff handoff) {
            TokenGrid grid = task.grid;
            handoff.number("batch", task.batch)
                    .number("tokens", grid.tokens())
                    .number("width", task.net.width())
                    .number("heads", task.net.heads())
                    .number("blocks", task.net.blocks())
                    .adamw(TrainingStep.RATE, TrainingStep.OPTIMISER)
                    .number("steps", CHECKED_STEPS)
                    .floats("positions", Positions.grid(grid.rows(), grid.columns(), task.net.width()), grid.tokens())
                    .tensor("input", step.input().array())
                    .tensor("target", step.target().array())
                    .parameters(step.parameters());
        }

        @Override
        public double[] check() {
            return step.run(CHECKED_STEPS);
        }

        @Override
        public void iterate() {
            step.run();
        }

        @Override
        public void reportAlone(Report report, int rounds) throws IOException {
            try (Sgemm sgemm = new Sgemm()) {
                Duel duel = Duel.fight(Side.local(this::iterate), sgemm, rounds);
                report.put(task.name + ".ms", duel.ours().times(1e3));
                report.put(
                        task.name + ".gflops", task.flops() / 1e9 / duel.ours().median());
                report.put(task.name + ".of_sgemm", duel.ratio().times(task.flops() / Sgemm.FLOPS));
            }
            reportHalved(report, rounds);
            Allocation.of(this::iterate, STEPS_ALLOCATING).report(report, task.name);
            report.put(task.name + ".workspaceMiB", step.workspaceBytes() / (double) (1 << 20));
        }

        /** The same step with products in half the bits, and how far its first losses are from those of float32. */
        private void reportHalved(Report report, int rounds) throws IOException {
            String name = task.name + "." + HALVED;
            Optional<String> why = Backend.providers().stream()
                    .filter(each -> each.name().equals(HALVED))
                    .findFirst()
                    .flatMap(KernelsProvider::unavailable);
            if (why.isPresent()) {
                report.put(name, "can't: " + why.get());
                return;
            }
            try (TrainingStep exact = task.training();
                    TrainingStep halved = Backend.withKernels(HALVED, task::training)) {
                double[] losses = halved.run(CHECKED_STEPS);
                double[] expected = exact.run(CHECKED_STEPS);
                double furthest = 0;
                for (int i = 0; i < losses.length; i++) {
                    furthest = Math.max(furthest, Math.abs(losses[i] / expected[i] - 1));
                }
                report.put(name + ".losses_off_by", furthest);
                Duel duel = Duel.fight(Side.local(halved::run), Side.local(this::iterate), rounds);
                report.put(name + ".ms", duel.ours().times(1e3));
                report.put(name + ".vs_float32", duel.ratio());
                Allocation.of(halved::run, STEPS_ALLOCATING).report(report, name);
            }
        }

        @Override
        public void close() {
            step.close();
        }
    }
}
