package org.ldae.tokenizers.conv;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.ConvPass;
import org.ldae.nn.conv.ImageRows;
import org.ldae.nn.conv.MapMemory;
import org.ldae.nn.conv.Maps;
import org.ldae.perceptual.FeatureNet;
import org.ldae.perceptual.PerceptualLoss;
import org.ldae.training.ImagePass;
import org.ldae.training.Step;

/** Some images of a {@link ConvVAE}'s training at a time, forward and backward. */
final class ConvImages implements ImagePass {

    private final Kernels kernels;
    private final Noise noise;
    private final double klWeight;
    private final double perceptualWeight;
    private final ImageRows rows;
    private final ConvPass encoder;
    private final ConvPass trunk;
    private final ConvPass out;
    private final Tensor difference;
    private final Posterior posterior;
    private final @Nullable PerceptualLoss perceptual;
    private final int latentSize;
    private final float[] dLatents;
    private final float[] weights;
    private final double[] squares;
    private final float[] scaledWeights;
    private int total = 1;

    ConvImages(ConvVAEOptions options, ConvArchitecture architecture, Workspace work, int images, Judges judges) {
        ConvNet[] nets = {architecture.encoder(), architecture.decoderTrunk(), architecture.decoderOut()};
        MapShape image = architecture.image();
        MapShape latent = architecture.latent();
        MapMemory memory = MapMemory.training(work, images, nets);
        this.kernels = work.kernels();
        this.noise = judges.noise;
        this.klWeight = options.klWeight();
        this.perceptualWeight =
                options.perceptual() == null ? 0 : options.perceptual().weight();
        this.rows = new ImageRows(new ImageShape(image.channels(), image.height(), image.width()), images);
        this.encoder = nets[0].pass(memory.input(image), memory);
        this.trunk = nets[1].pass(memory.next(encoder.output(), latent), memory);
        this.out = nets[2].pass(trunk.output(), memory);
        this.difference = work.allocate(images * image.pixels(), image.channels());
        this.posterior = new Posterior(images * latent.pixels(), latent.channels());
        this.perceptual = judges.features == null ? null : new PerceptualLoss(judges.features, kernels, image, images);
        this.latentSize = latent.size();
        this.dLatents = new float[images * latentSize];
        this.weights = new float[images];
        this.squares = new double[images];
        this.scaledWeights = new float[images];
    }

    /** What the latents are drawn with, and the net that compares images, if one does. */
    record Judges(Noise noise, @Nullable FeatureNet features) {

        /** Those of a fit. */
        static Judges of(Rng rng, @Nullable FeatureNet features) {
            return new Judges(Noise.of(rng.stream("draw")), features);
        }
    }

    /** Standard normals for the latents of an image, {@code [h w, c]}. */
    interface Noise {

        /** Writes those of the image at a position of the batch to a range. */
        void put(Step step, int position, float[] into, int from, int to);

        static Noise of(Rng key) {
            return (step, position, into, from, to) ->
                    key.at(step.number()).at(position).normals(into, from, to);
        }
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

    @Override
    public void take(int slot, float[] image, int position, Step step) {
        rows.put(slot, image);
    }

    /** Latents are drawn in training, and at their means for images held out. */
    @Override
    public double run(int first, int count, Step step) {
        enter();
        if (!step.learns()) {
            encode(count, step);
            decode(posterior.means());
            return loss(false);
        }
        forward(first, count, step);
        double loss = loss(true);
        backward();
        return loss;
    }

    /** Puts the images taken to where the encoder reads them. */
    void enter() {
        images().put(rows.numbers());
    }

    /** Encodes the images, draws latents with the noise and decodes them. */
    void forward(int first, int count, Step step) {
        for (int i = 0; i < weights.length; i++) {
            int position = first + Math.min(i, count - 1);
            noise.put(step, position, posterior.noise(), i * latentSize, (i + 1) * latentSize);
        }
        encode(count, step);
        decode(posterior.draws());
    }

    private void encode(int count, Step step) {
        total = step.size();
        Arrays.fill(weights, 0);
        Arrays.fill(weights, 0, count, 1);
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
        kernels.squares(difference, squares);
        double sum = 0;
        int present = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i] * squares[i];
            present += (int) weights[i];
        }
        double loss = sum / numbers;
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

    @Override
    public void close() {
        if (perceptual != null) {
            perceptual.close();
        }
    }
}
