package org.ldae.bench;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.ldae.compute.FlopCounter;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Denoiser.Pass;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.unet.UNet;

/** A training step of a UNet that is not told the time: forward, mean squared error, backward, AdamW. */
final class UNetTask implements Task {

    private static final int BATCH = 16;
    private static final int CHECKED_STEPS = 5;
    private static final int STEPS_ALLOCATING = 3;

    /** 64 channels x [1, 2, 2] on the 16 x 16 patches of an image of CIFAR-10's size. */
    private static final UNet NET = UNet.tiny().withChannels(64);

    private static final TokenGrid GRID = new TokenGrid(new ImageShape(3, 32, 32), 2);
    private static final Signature SIGNATURE = Signature.of(GRID, GRID.patchSize(), GRID.patchSize());

    @Override
    public String kind() {
        return "unet";
    }

    @Override
    public Set<String> peers() {
        return Set.of(Peers.PYTORCH);
    }

    @Override
    public Work open() {
        return new Steps();
    }

    /** Multiplications and additions of the products of a step. */
    private static double flops() {
        FlopCounter counter = new FlopCounter();
        try (Parameters parameters = NET.layout(SIGNATURE).zeros();
                Workspace work = Workspace.training(counter.kernels(), parameters)) {
            Pass pass = NET.pass(work, SIGNATURE, 1);
            pass.backward(pass.forward(Conditions.at()));
            return (double) BATCH * counter.flops();
        }
    }

    private static final class Steps implements Work {
        private final TrainingStep step = new TrainingStep(NET, SIGNATURE, BATCH, Rng.of(1));

        @Override
        public void handOver(Handoff handoff) {
            List<Integer> multipliers = NET.multipliers();
            handoff.number("batch", BATCH)
                    .number("rows", GRID.rows())
                    .number("columns", GRID.columns())
                    .number("levels", multipliers.size())
                    .number("blocks", NET.blocksPerLevel())
                    .number("attention", NET.attentionLevel())
                    .adamw(TrainingStep.RATE, TrainingStep.OPTIMISER)
                    .number("steps", CHECKED_STEPS)
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
            report.put("unet.parameters", step.parameters().count());
            try (Sgemm sgemm = new Sgemm()) {
                Duel duel = Duel.fight(Side.local(this::iterate), sgemm, rounds);
                report.put("unet.ms", duel.ours().times(1e3));
                report.put("unet.gflops", flops() / 1e9 / duel.ours().median());
                report.put("unet.of_sgemm", duel.ratio().times(flops() / Sgemm.FLOPS));
            }
            Allocation.of(this::iterate, STEPS_ALLOCATING).report(report, "unet");
            report.put("unet.workspaceMiB", step.workspaceBytes() / (double) (1 << 20));
        }

        @Override
        public void close() {
            step.close();
        }
    }
}
