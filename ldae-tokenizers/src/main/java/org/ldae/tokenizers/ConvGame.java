package org.ldae.tokenizers;

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
import org.ldae.training.ImageRows;

/**
 * One worker's share of a step against the discriminator, in four parts between which the shares are summed up: the losses
 * and their gradients at the decoder's last layer, the autoencoder's gradients, the discriminator's.
 */
final class ConvGame {

    private final ConvShare share;
    private final Workspace work;
    private final Kernels kernels;
    private final ConvolutionShape last;
    private final ConvPass discriminator;
    private final float[] scores;
    private final List<Tensor> real = new ArrayList<>();
    private final List<Tensor> made = new ArrayList<>();
    private final List<Tensor> byError = new ArrayList<>();
    private final List<Tensor> byScore = new ArrayList<>();
    private final Tensor lastByError;
    private final Tensor lastByScore;

    /** The workspace is over the discriminator's parameters. */
    ConvGame(ConvShare share, ConvArchitecture architecture, Adversarial options, Workspace work) {
        MapShape image = architecture.image();
        ConvNet net = options.discriminator(image);
        int images = share.share().size();
        MapMemory memory = MapMemory.training(work, images, net);
        this.share = share;
        this.work = work;
        this.kernels = work.kernels();
        this.last = architecture.lastShape();
        this.discriminator = net.pass(memory.differentiableInput(image), memory);
        this.scores = new float[discriminator.output().values().size()];
        this.lastByError = work.allocate(last.outputs(), last.patch());
        this.lastByScore = work.allocate(last.outputs(), last.patch());
        for (int from = share.share().first(); from < share.share().last(); from += images) {
            for (List<Tensor> kept : List.of(real, made, byError, byScore)) {
                kept.add(work.allocate(images * image.pixels(), image.channels()));
            }
        }
    }

    Workspace workspace() {
        return work;
    }

    /** Sums over a share: the autoencoder's loss without the discriminator, and the generator's. */
    record Losses(double error, double generator) {}

    /** Runs the autoencoder forward and finds both losses' gradients by the reconstructions. */
    Losses play(int[] batch, ImageRows rows, ConvShare.Noise noise) {
        kernels.fill(lastByError, 0);
        kernels.fill(lastByScore, 0);
        double error = 0;
        double generator = 0;
        for (int k = 0, from = share.share().first();
                k < real.size();
                k++, from += share.share().size()) {
            share.forward(from, batch, rows, noise);
            error += share.loss(true);
            kernels.copy(share.images(), real.get(k));
            kernels.copy(share.reconstructions(), made.get(k));
            kernels.copy(share.gradient(), byError.get(k));
            generator += judge(made.get(k), share.count(from), new Hinge(Hinge.Side.GENERATOR, batch.length), false);
            kernels.copy(discriminator.input().gradient(), byScore.get(k));
            kernels.images().convolveBackwardWeight(last, share.lastInput(), byError.get(k), lastByError);
            kernels.images().convolveBackwardWeight(last, share.lastInput(), byScore.get(k), lastByScore);
        }
        return new Losses(error, generator);
    }

    /** Gradient of the error at the decoder's last weight, as {@link #play} left it. */
    Tensor lastByError() {
        return lastByError;
    }

    /** Gradient of the generator's loss there. */
    Tensor lastByScore() {
        return lastByScore;
    }

    /** Leaves the autoencoder's gradients, the generator's loss weighted, in its workspace. */
    void learnToMake(int[] batch, ImageRows rows, ConvShare.Noise noise, double weight) {
        kernels.fill(share.workspace().gradients(), 0);
        for (int k = 0, from = share.share().first();
                k < real.size();
                k++, from += share.share().size()) {
            if (real.size() > 1) {
                share.forward(from, batch, rows, noise); // later passes have overwritten what this one kept
            }
            kernels.copy(byError.get(k), share.gradient());
            kernels.addScaled((float) weight, byScore.get(k), share.gradient());
            share.backward();
        }
    }

    /** Loss of the discriminator, its gradients left in its workspace. */
    double learnToTell(int batch) {
        kernels.fill(work.gradients(), 0);
        double loss = 0;
        for (int k = 0, from = share.share().first();
                k < real.size();
                k++, from += share.share().size()) {
            loss += judge(real.get(k), share.count(from), new Hinge(Hinge.Side.REAL, batch), true);
            loss += judge(made.get(k), share.count(from), new Hinge(Hinge.Side.MADE, batch), true);
        }
        return loss;
    }

    private double judge(Tensor images, int count, Hinge hinge, boolean learn) {
        kernels.copy(images, discriminator.input().values());
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
}
