package org.ldae.tokenizers;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ldae.compute.Workers;
import org.ldae.core.Rng;
import org.ldae.core.Shapes;
import org.ldae.data.ImageSource;
import org.ldae.nn.GradientDescent;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.Fit;
import org.ldae.training.ImageRows;
import org.ldae.training.Share;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link ConvVAE}'s training steps on one batch, with noise that is handed over: the losses and the work of a fit, to be
 * timed or compared with other libraries. Perceptual and adversarial losses are left out.
 *
 * <p>Belongs to one thread, which shares the work with its workers.
 */
public final class ConvVAESteps implements AutoCloseable {

    private final Fit fit;
    private final Workers workers = new Workers();
    private final Parameters parameters;
    private final List<ConvShare> shares = new ArrayList<>();
    private final List<ImageRows> rows = new ArrayList<>();
    private final int[] batch;
    private final float[] noise;
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
        this.fit = options.fit();
        this.batch = IntStream.range(0, images.size()).toArray();
        this.noise = Shapes.contiguous(noise).data().asFloat();
        this.parameters = architecture.parameters(rng.stream("weights"));
        for (Share share : Share.split(batch.length, workers.count(), architecture.imagesAtOnce())) {
            Workspace work = Workspace.training(workers.kernels(shares.size()), parameters);
            shares.add(new ConvShare(options, architecture, work, share, null));
            rows.add(new ImageRows(images, share.size()));
        }
        this.losses = new double[shares.size()];
        List<Workspace> workspaces = shares.stream().map(ConvShare::workspace).toList();
        this.descent = new GradientDescent(workers, parameters, workspaces, fit.optimizer(), fit.clipNorm());
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
        return shares.stream()
                .mapToLong(share -> share.workspace().allocatedBytes())
                .sum();
    }

    /**
     * One step at the peak rate: forward, backward, AdamW.
     *
     * @return the loss before it
     */
    public double run() {
        workers.run(forwardAndBackward);
        descent.update(fit.rate(), ++done, descent.sum());
        double loss = 0;
        for (double part : losses) {
            loss += part;
        }
        return loss;
    }

    private void forwardAndBackward(int worker) {
        if (worker < losses.length) {
            losses[worker] = shares.get(worker).step(batch, rows.get(worker), this::put);
        }
    }

    private void put(int position, float[] into, int from, int to) {
        System.arraycopy(noise, position * (to - from), into, from, to - from);
    }

    /** Frees its memory and ends its workers. */
    @Override
    public void close() {
        workers.close();
        descent.close();
        shares.forEach(ConvShare::close);
        parameters.close();
    }
}
