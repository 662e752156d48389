package org.ldae.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.tokenizers.conv.ConvSizes;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.conv.ConvVAEOptions;
import org.ldae.tokenizers.conv.ConvVAESteps;
import org.ldae.training.AdamW;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A training step of a convolutional VAE: forward, squared error and KL divergence, backward, AdamW. */
final class ConvVaeTask implements Task {

    private static final int BATCH = 8;
    private static final int CHECKED_STEPS = 5;
    private static final int STEPS_ALLOCATING = 3;
    private static final ImageShape SHAPE = new ImageShape(3, 64, 64);
    private static final AdamW.Options OPTIMISER = AdamW.Options.defaults().withWeightDecay(0.05);

    /** Factor 8 and 4 channels as the paper's tokenizer, the library's sizes for a CPU. */
    private static final ConvVAEOptions OPTIONS = ConvVAE.factor(8)
            .channels(4)
            .withTraining(
                    Training.steps(100).withRate(1e-4).withOptimizer(OPTIMISER).withClipNorm(0));

    @Override
    public String kind() {
        return "convvae";
    }

    @Override
    public Set<String> peers() {
        return Set.of(Peers.PYTORCH);
    }

    @Override
    public Work open() {
        return new Steps();
    }

    private static final class Steps implements Work {
        private final INDArray images = Numbers.images("photographs", BATCH, SHAPE);
        private final INDArray noise;
        private final ConvVAESteps steps;

        Steps() {
            int side = SHAPE.height() / OPTIONS.factor();
            int pixels = side * side;
            int count = BATCH * pixels * OPTIONS.channels();
            noise = Nd4j.createFromArray(Numbers.normals("noise", count))
                    .reshape('c', BATCH, pixels, OPTIONS.channels());
            steps = new ConvVAESteps(OPTIONS, ImageSource.of(images, new int[0], List.of()), noise, Rng.of(1));
        }

        @Override
        public void handOver(Handoff handoff) {
            ConvSizes sizes = OPTIONS.sizes();
            Parameters parameters = steps.parameters();
            handoff.number("levels", sizes.multipliers().size())
                    .number("blocks", sizes.blocks())
                    .number("kl", OPTIONS.klWeight())
                    .adamw(OPTIONS.training().rate(), OPTIMISER)
                    .number("steps", CHECKED_STEPS)
                    .tensor("images", images)
                    .tensor("noise", noise)
                    .parameters(parameters);
        }

        @Override
        public double[] check() {
            double[] losses = new double[CHECKED_STEPS];
            Arrays.setAll(losses, i -> steps.run());
            return losses;
        }

        @Override
        public void iterate() {
            steps.run();
        }

        @Override
        public void reportAlone(Report report, int rounds) throws IOException {
            report.put("convvae.parameters", steps.parameters().count());
            Allocation.of(this::iterate, STEPS_ALLOCATING).report(report, "convvae");
            report.put("convvae.workspaceMiB", steps.workspaceBytes() / (double) (1 << 20));
        }

        @Override
        public void close() {
            steps.close();
        }
    }
}
