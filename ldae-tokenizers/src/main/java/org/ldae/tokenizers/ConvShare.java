package org.ldae.tokenizers;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.ConvPass;
import org.ldae.nn.conv.MapMemory;
import org.ldae.nn.conv.Maps;
import org.ldae.perceptual.FeatureNet;
import org.ldae.perceptual.PerceptualLoss;
import org.ldae.training.ImageRows;
import org.ldae.training.Share;

/** One worker's share of a {@link ConvVAE}'s training: some images of every batch at a time, forward and backward. */
final class ConvShare implements AutoCloseable {

    private final Workspace work;
    private final Kernels kernels;
    private final Share share;
    private final double klWeight;
    private final double perceptualWeight;
    private final ConvPass encoder;
    private final ConvPass trunk;
    private final ConvPass out;
    private final Tensor difference;
    private final Posterior posterior;
    private final @Nullable PerceptualLoss perceptual;
    private final int latentSize;
    private final float[] dLatents;
    private final float[] weights;
    private final float[] scaledWeights;
    private int total = 1;

    ConvShare(
            ConvVAEOptions options,
            ConvArchitecture architecture,
            Workspace work,
            Share share,
            @Nullable FeatureNet net) {
        ConvNet[] nets = {architecture.encoder(), architecture.decoderTrunk(), architecture.decoderOut()};
        MapShape image = architecture.image();
        MapShape latent = architecture.latent();
        int images = share.size();
        MapMemory memory = MapMemory.training(work, images, nets);
        this.work = work;
        this.kernels = work.kernels();
        this.share = share;
        this.klWeight = options.klWeight();
        this.perceptualWeight =
                options.perceptual() == null ? 0 : options.perceptual().weight();
        this.encoder = nets[0].pass(memory.input(image), memory);
        this.trunk = nets[1].pass(memory.next(encoder.output(), latent), memory);
        this.out = nets[2].pass(trunk.output(), memory);
        this.difference = work.allocate(images * image.pixels(), image.channels());
        this.posterior = new Posterior(images * latent.pixels(), latent.channels());
        this.perceptual = net == null ? null : new PerceptualLoss(net, kernels, image, images);
        this.latentSize = latent.size();
        this.dLatents = new float[images * latentSize];
        this.weights = new float[images];
        this.scaledWeights = new float[images];
    }

    /** Standard normals for the latents of an image, {@code [h w, c]}. */
    interface Noise {

        /** Writes those of the image at a position of the batch to a range. */
        void put(int position, float[] into, int from, int to);

        static Noise of(Rng key) {
            return (position, into, from, to) -> key.at(position).normals(into, from, to);
        }
    }

    Workspace workspace() {
        return work;
    }

    Share share() {
        return share;
    }

    /** Positions of a batch from one on that make the next pass. */
    int count(int from) {
        return Math.min(share.size(), share.last() - from);
    }

    /** What the images were; kept until the next pass. */
    Tensor images() {
        return encoder.input().values();
    }

    /** What became of them. */
    Tensor reconstructions() {
        return out.output().values();
    }

    /** The gradient of the loss by the reconstructions, as {@link #loss} leaves it and {@link #backward} uses it. */
    Tensor gradient() {
        return out.output().gradient();
    }

    /** What the decoder's last layer reads. */
    Tensor lastInput() {
        return trunk.output().values();
    }

    /** Loss of this share of a batch, its gradients left in the workspace. */
    double step(int[] batch, ImageRows rows, Noise noise) {
        kernels.fill(work.gradients(), 0);
        double loss = 0;
        for (int from = share.first(); from < share.last(); from += share.size()) {
            forward(from, batch, rows, noise);
            loss += loss(true);
            backward();
        }
        return loss;
    }

    /** Encodes images of a batch, draws latents with the noise and decodes them. */
    void forward(int from, int[] batch, ImageRows rows, Noise noise) {
        int count = count(from);
        for (int i = 0; i < weights.length; i++) {
            // Padding repeats the pass's last image and counts for nothing.
            int position = from + Math.min(i, count - 1);
            rows.read(batch[position], i);
            noise.put(position, posterior.noise(), i * latentSize, (i + 1) * latentSize);
        }
        encode(rows, count, batch.length);
        decode(posterior.draws());
    }

    private void encode(ImageRows rows, int count, int of) {
        total = of;
        Arrays.fill(weights, 0);
        Arrays.fill(weights, 0, count, 1);
        encoder.input().values().put(rows.numbers());
        encoder.forward();
        encoder.output().values().get(posterior.moments());
    }

    private void decode(float[] latents) {
        trunk.input().values().put(latents);
        trunk.forward();
        out.forward();
    }

    /** Loss of the last pass, and its gradient by the reconstructions if that is wanted. */
    double loss(boolean differentiate) {
        double numbers = (double) total * difference.size() / weights.length;
        kernels.copy(reconstructions(), difference);
        kernels.addScaled(-1, images(), difference);
        double loss = kernels.weightedSquares(difference, weights) / numbers;
        int present = 0;
        for (float weight : weights) {
            present += (int) weight;
        }
        loss += klWeight / numbers * posterior.divergence(0, present * latentSize / channels());
        if (differentiate) {
            kernels.copy(difference, gradient());
            kernels.scaleRows(gradient(), scaled(2 / numbers));
        }
        if (perceptual != null) {
            float[] shares = scaled(perceptualWeight / total);
            loss += differentiate
                    ? perceptual.add(images(), reconstructions(), shares, gradient())
                    : perceptual.measure(images(), reconstructions(), shares);
        }
        return loss;
    }

    private int channels() {
        return trunk.input().shape().channels();
    }

    private float[] scaled(double factor) {
        for (int i = 0; i < weights.length; i++) {
            scaledWeights[i] = (float) (factor * weights[i]);
        }
        return scaledWeights;
    }

    /** Adds to the gradients of the parameters. */
    void backward() {
        out.backward(true);
        trunk.backward(true);
        trunk.input().gradient().get(dLatents);
        double numbers = (double) total * difference.size() / weights.length;
        Maps moments = encoder.output();
        moments.gradient().put(posterior.backward(dLatents, scaled(klWeight / numbers)));
        encoder.backward(true);
    }

    /** This worker's part of the loss of images, latents at their means; the passes go round the workers. */
    double meanLoss(ImageSource images, ImageRows rows, Turn turn) {
        double loss = 0;
        for (int first = turn.first(share); first < images.size(); first += turn.step(share)) {
            encodeNext(images, rows, first);
            decode(posterior.means());
            loss += loss(false);
        }
        return loss;
    }

    /** Moments of this worker's part of the latents of images. */
    LatentNorm.Moments moments(ImageSource images, ImageRows rows, Turn turn) {
        LatentNorm.Moments moments = new LatentNorm.Moments(channels());
        for (int first = turn.first(share); first < images.size(); first += turn.step(share)) {
            encodeNext(images, rows, first);
            moments.add(posterior.means(), Math.min(share.size(), images.size() - first) * latentSize);
        }
        return moments;
    }

    private void encodeNext(ImageSource images, ImageRows rows, int first) {
        int count = Math.min(share.size(), images.size() - first);
        for (int i = 0; i < share.size(); i++) {
            rows.read(first + Math.min(i, count - 1), i);
        }
        encode(rows, count, images.size());
    }

    /** Which of the passes over a set are a worker's. */
    record Turn(int worker, int workers) {
        int first(Share share) {
            return worker * share.size();
        }

        int step(Share share) {
            return workers * share.size();
        }
    }

    @Override
    public void close() {
        if (perceptual != null) {
            perceptual.close();
        }
        work.close();
    }
}
