package org.ldae.tokenizers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Workers;
import org.ldae.core.Rng;
import org.ldae.data.Batches;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.perceptual.FeatureNet;
import org.ldae.training.Fit;
import org.ldae.training.FitLoop;
import org.ldae.training.ImageRows;
import org.ldae.training.Share;

/** Minimises a {@link ConvVAE}'s loss, in turn with a discriminator if it has one. */
final class ConvTraining implements FitLoop.Task, AutoCloseable {

    private final ConvVAEOptions options;
    private final Fit.Split split;
    private final Rng rng;
    private final Workers workers;
    private final Batches batches;
    private final List<ConvShare> shares = new ArrayList<>();
    private final List<ImageRows> trainingRows = new ArrayList<>();
    private final List<ImageRows> heldOutRows = new ArrayList<>();
    private final @Nullable ConvDuel duel;

    ConvTraining(ConvVAEOptions options, ConvArchitecture architecture, Fit.Split split, Rng rng, Networks networks) {
        this.options = options;
        this.split = split;
        this.rng = rng;
        this.workers = networks.workers;
        this.batches = new Batches(split.training().size(), options.batchSize(), rng.stream("shuffle"));
        for (Share share : Share.split(options.batchSize(), workers.count(), architecture.imagesAtOnce())) {
            Workspace work = Workspace.training(workers.kernels(shares.size()), networks.parameters);
            shares.add(new ConvShare(options, architecture, work, share, networks.features));
            trainingRows.add(new ImageRows(split.training(), share.size()));
            heldOutRows.add(new ImageRows(split.heldOut(), share.size()));
        }
        this.duel = options.adversarial() == null
                ? null
                : new ConvDuel(shares, architecture, options, rng.stream("discriminator"), workers);
    }

    /** What learns, what it is judged by, and who works; closed by their owner. */
    record Networks(
            Workers workers,
            Parameters parameters,
            @Nullable FeatureNet features) {}

    List<Workspace> workspaces() {
        return shares.stream().map(ConvShare::workspace).toList();
    }

    @Override
    public double gradients(int step) {
        int[] batch = batches.at(step);
        ConvShare.Noise noise = ConvShare.Noise.of(rng.stream("draw").at(step));
        if (duel != null && step >= duel.start()) {
            return duel.step(step, batch, trainingRows, noise).loss();
        }
        return sum(w -> shares.get(w).step(batch, trainingRows.get(w), noise));
    }

    @Override
    public double heldOutLoss() {
        return sum(w -> shares.get(w).meanLoss(split.heldOut(), heldOutRows.get(w), turn(w)));
    }

    /** With a discriminator the error rises for the sake of its score, so that no check is the best. */
    @Override
    public boolean stopsEarly() {
        return duel == null;
    }

    /** Centre and scale of the latents of some images. */
    LatentNorm norm(ImageSource images) {
        LatentNorm.Moments[] parts = new LatentNorm.Moments[shares.size()];
        workers.run(w -> {
            if (w < parts.length) {
                ImageRows rows = new ImageRows(images, shares.get(w).share().size());
                parts[w] = shares.get(w).moments(images, rows, turn(w));
            }
        });
        for (int w = 1; w < parts.length; w++) {
            parts[0].add(parts[w]);
        }
        return parts[0].norm(options.scale());
    }

    private ConvShare.Turn turn(int worker) {
        return new ConvShare.Turn(worker, shares.size());
    }

    private double sum(IntToDoubleFunction part) {
        double[] sums = new double[shares.size()];
        workers.run(w -> {
            if (w < sums.length) {
                sums[w] = part.applyAsDouble(w);
            }
        });
        return Arrays.stream(sums).sum();
    }

    @Override
    public void close() {
        if (duel != null) {
            duel.close();
        }
        shares.forEach(ConvShare::close);
    }
}
