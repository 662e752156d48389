package org.ldae.tokenizers.conv;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.ConvPass;
import org.ldae.nn.conv.MapMemory;
import org.ldae.training.ImagePass;
import org.ldae.training.Share;
import org.ldae.training.Step;

/**
 * A {@link ConvVAE}'s images, and from some step on its game against a discriminator. A step of the game has three phases: the
 * losses and their gradients at the decoder's last layer, which weigh the generator's loss; the autoencoder's gradients; the
 * discriminator's.
 */
final class AdversarialImages implements ImagePass {

    private final ConvImages images;
    private final ConvTraining training;
    private final Share share;
    private final Workspace judge;
    private final Kernels kernels;
    private final ConvolutionShape last;
    private final ConvPass discriminator;
    private final float[] scores;
    private final List<Played> played = new ArrayList<>();
    private final Tensor lastByError;
    private final Tensor lastByScore;
    private final float[] stage;

    /** What one pass keeps for the later phases. */
    private static final class Played {
        private final Tensor real;
        private final Tensor made;
        private final Tensor byError;
        private final Tensor byScore;
        private double generator;

        Played(Workspace work, int rows, int columns) {
            real = work.allocate(rows, columns);
            made = work.allocate(rows, columns);
            byError = work.allocate(rows, columns);
            byScore = work.allocate(rows, columns);
        }
    }

    /** The workspace is over the discriminator's parameters. */
    AdversarialImages(ConvImages images, ConvTraining training, Share share, ConvNet net, Workspace work) {
        MapShape image = training.architecture().image();
        MapMemory memory = MapMemory.training(work, share.size(), net);
        this.images = images;
        this.training = training;
        this.share = share;
        this.judge = work;
        this.kernels = work.kernels();
        this.last = training.architecture().lastShape();
        this.discriminator = net.pass(memory.differentiableInput(image), memory);
        this.scores = new float[discriminator.output().values().size()];
        this.lastByError = work.allocate(last.outputs(), last.patch());
        this.lastByScore = work.allocate(last.outputs(), last.patch());
        this.stage = new float[lastByError.size()];
        for (int from = share.first(); from < share.last(); from += share.size()) {
            played.add(new Played(work, share.size() * image.pixels(), image.channels()));
        }
    }

    @Override
    public void take(int slot, float[] image, int position, Step step) {
        images.take(slot, image, position, step);
    }

    @Override
    public double run(int first, int count, Step step) {
        if (!step.learns() || !training.plays(step.number())) {
            return images.run(first, count, step);
        }
        Played pass = played.get((first - share.first()) / share.size());
        return switch (step.phase()) {
            case ConvTraining.PLAY -> play(pass, first, count, step);
            case ConvTraining.MAKE -> make(pass, first, count, step);
            default -> tell(pass, first, count, step);
        };
    }

    /** Runs the autoencoder forward and finds both losses' gradients by the reconstructions. */
    private double play(Played pass, int first, int count, Step step) {
        if (first == share.first()) {
            kernels.fill(lastByError, 0);
            kernels.fill(lastByScore, 0);
        }
        images.enter();
        images.forward(first, count, step);
        double error = images.loss(true);
        kernels.copy(images.images(), pass.real);
        kernels.copy(images.reconstructions(), pass.made);
        kernels.copy(images.gradient(), pass.byError);
        pass.generator = judge(pass.made, count, new Hinge(Hinge.Side.GENERATOR, step.size()), false);
        kernels.copy(discriminator.input().gradient(), pass.byScore);
        kernels.images().convolveBackwardWeight(last, images.lastInput(), pass.byError, lastByError);
        kernels.images().convolveBackwardWeight(last, images.lastInput(), pass.byScore, lastByScore);
        lastByError.get(stage);
        training.tell(share, 0, stage);
        lastByScore.get(stage);
        training.tell(share, 1, stage);
        return error;
    }

    /** Adds the autoencoder's gradients, the generator's loss weighted. */
    private double make(Played pass, int first, int count, Step step) {
        if (played.size() > 1) {
            kernels.copy(pass.real, images.images()); // later passes have overwritten what this one kept
            images.forward(first, count, step);
        }
        kernels.copy(pass.byError, images.gradient());
        kernels.addScaled((float) training.weight(), pass.byScore, images.gradient());
        images.backward();
        return training.weight() * pass.generator;
    }

    /** Adds the discriminator's gradients. */
    private double tell(Played pass, int first, int count, Step step) {
        if (first == share.first()) {
            kernels.fill(judge.gradients(), 0); // of the norms, what play left
        }
        return judge(pass.real, count, new Hinge(Hinge.Side.REAL, step.size()), true)
                + judge(pass.made, count, new Hinge(Hinge.Side.MADE, step.size()), true);
    }

    private double judge(Tensor shown, int count, Hinge hinge, boolean learn) {
        kernels.copy(shown, discriminator.input().values());
        discriminator.forward();
        discriminator.output().values().get(scores);
        int each = discriminator.output().shape().size();
        double loss = hinge.differentiate(scores, count * each, each);
        discriminator.output().gradient().put(scores);
        discriminator.backward(learn);
        return loss;
    }

    /** Mean over a batch's scores of one side's loss. */
    record Hinge(Side side, int batch) {

        /** Whose loss. */
        enum Side {
            /** {@code -s} of made images: the generator's. */
            GENERATOR,
            /** {@code max(0, 1 - s) / 2} of real images: one half of the discriminator's. */
            REAL,
            /** {@code max(0, 1 + s) / 2} of made images: its other half. */
            MADE
        }

        /** Sum over the first scores; turns them into its gradient, the rest, which is padding, into 0. */
        double differentiate(float[] scores, int present, int perImage) {
            double mean = 1.0 / ((double) batch * perImage);
            double sum = 0;
            for (int i = 0; i < scores.length; i++) {
                double sign = side == Side.MADE ? 1 : -1;
                double value = side == Side.GENERATOR ? -scores[i] : Math.max(0, 1 + sign * scores[i]) / 2;
                double slope = side == Side.GENERATOR ? -1 : value > 0 ? sign / 2 : 0;
                sum += i < present ? value : 0;
                scores[i] = i < present ? (float) (mean * slope) : 0;
            }
            return mean * sum;
        }
    }

    @Override
    public void close() {
        images.close();
    }
}
