package org.ldae.tokenizers.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ldae.compute.Workers;
import org.ldae.core.Rng;
import org.ldae.core.Shapes;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.GradientDescent;
import org.ldae.training.ImagePart;
import org.ldae.training.Share;
import org.ldae.training.Step;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link ConvVAE}'s training steps on one batch, with noise that is handed over: the losses and the work of a fit, to be
 * timed or compared with other libraries. Perceptual and adversarial losses are left out.
 *
 * <p>Belongs to one thread, which shares the work with its workers.
 */
public final class ConvVAESteps implements AutoCloseable {

    private final Training training;
    private final Workers workers = new Workers();
    private final Parameters parameters;
    private final List<Workspace> workspaces = new ArrayList<>();
    private final List<ImagePart> parts = new ArrayList<>();
    private final Step step;
    private final GradientDescent descent;
    private final double[] losses;
    private final Workers.Task forwardAndBackward = this::forwardAndBackward;
    private long done;

    /**
     * A network at its start.
     *
     * @param options sizes, KL weight, optimiser, rate and clip norm; the batch is all the images
     * @param images the batch
     * @param noise standard normals of the latents, {@code [N, L, D]} with L pixels of the latent map and D its channels
     * @param rng key of the start values
     * @throws IllegalArgumentException if the options have other losses, or noise and images don't fit
     */
    public ConvVAESteps(ConvVAEOptions options, ImageSource images, INDArray noise, Rng rng) {
        if (options.perceptual() != null || options.adversarial() != null) {
            throw new IllegalArgumentException("steps: expected options without perceptual and adversarial losses");
        }
        options.grid(images.shape());
        ConvArchitecture architecture = options.architecture(images.shape());
        int pixels = architecture.latent().pixels();
        Shapes.require("noise", noise, "N L D", images.size(), pixels, options.channels());
        this.training = options.training();
        float[] drawn = Shapes.contiguous(noise).data().asFloat();
        float[][] batch = new float[images.size()][images.shape().size()];
        for (int i = 0; i < batch.length; i++) {
            images.read(i, batch[i], 0);
        }
        this.step = Step.of(images, rng, IntStream.range(0, batch.length).toArray());
        this.parameters = architecture.parameters(rng.stream("weights"));
        ConvImages.Judges judges = new ConvImages.Judges(
                (at, position, into, from, to) ->
                        System.arraycopy(drawn, position * (to - from), into, from, to - from),
                null);
        for (Share share : Share.split(batch.length, workers.count(), architecture.imagesAtOnce())) {
            Workspace work = Workspace.training(workers.kernels(parts.size()), parameters);
            workspaces.add(work);
            ConvImages pass = new ConvImages(options, architecture, work, share.size(), judges);
            parts.add(ImagePart.of(share, (at, position) -> batch[position], pass));
        }
        this.losses = new double[parts.size()];
        this.descent = new GradientDescent(workers, parameters, workspaces, training.optimizer(), training.clipNorm());
    }

    /**
     * What is learnt.
     *
     * @return live values; those of the start until {@link #run} is called
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * Memory of all workers: maps that the backward pass reads, scratch, gradients.
     *
     * @return bytes
     */
    public long workspaceBytes() {
        return workspaces.stream().mapToLong(Workspace::allocatedBytes).sum();
    }

    /**
     * One step at the peak rate: forward, backward, AdamW.
     *
     * @return the loss before it
     */
    public double run() {
        workers.run(forwardAndBackward);
        descent.update(training.rate(), ++done, descent.sum());
        double loss = 0;
        for (double part : losses) {
            loss += part;
        }
        return loss;
    }

    private void forwardAndBackward(int worker) {
        if (worker < losses.length) {
            workers.kernels(worker).fill(workspaces.get(worker).gradients(), 0);
            losses[worker] = parts.get(worker).run(step);
        }
    }

    /** Frees its memory and ends its workers. */
    @Override
    public void close() {
        workers.close();
        descent.close();
        parts.forEach(ImagePart::close);
        workspaces.forEach(Workspace::close);
        parameters.close();
    }
}
