package org.ldae.perceptual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.compute.MapShape;
import org.ldae.compute.Workers;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Batches;
import org.ldae.data.ImageSource;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.MapMemory;
import org.ldae.training.Fit;
import org.ldae.training.FitLoop;
import org.ldae.training.Share;

/** Minimises the cross-entropy of a feature net's classes. */
final class FeatureTraining implements FitLoop.Task, AutoCloseable {

    static final String STAGE = "feature net";

    private final Workers workers;
    private final List<ClassifyingShare> shares = new ArrayList<>();
    private final Batches batches;
    private final Rng rng;

    private FeatureTraining(FeatureNet net, Fit.Split split, FeatureNet.Options options, Rng rng, Workers workers) {
        MapShape image = FeatureNet.sides(split.training().shape());
        ConvNet[] stages = net.body().stages(image).toArray(new ConvNet[0]);
        this.workers = workers;
        this.rng = rng;
        this.batches = new Batches(split.training().size(), options.batchSize(), rng.stream("shuffle"));
        for (Share share : Share.split(options.batchSize(), workers.count(), MapMemory.imagesAtOnce(stages))) {
            Workspace work = Workspace.training(workers.kernels(shares.size()), net.parameters());
            shares.add(new ClassifyingShare(net.body(), split, options.augmentation(), work, share));
        }
    }

    static void run(FeatureNet net, ImageSource images, FeatureNet.Options options, Rng rng, Progress progress) {
        Fit.Split split = options.fit().split(images, options.batchSize(), rng);
        try (Workers workers = new Workers();
                FeatureTraining training = new FeatureTraining(net, split, options, rng, workers);
                FitLoop loop = new FitLoop(STAGE, options.fit(), workers, net.parameters(), training.workspaces())) {
            FitLoop.Outcome outcome = loop.run(training, progress);
            String detail = "held-out accuracy %.4f".formatted(training.heldOutAccuracy());
            progress.update(new Progress.Event(STAGE, outcome.steps(), outcome.steps(), Double.NaN, 0, detail));
        }
    }

    private List<Workspace> workspaces() {
        return shares.stream().map(ClassifyingShare::workspace).toList();
    }

    @Override
    public double gradients(int step) {
        int[] batch = batches.at(step);
        Rng key = rng.stream("augmentation").at(step);
        return sum((share, worker) -> share.step(batch, key));
    }

    @Override
    public double heldOutLoss() {
        return sum((share, worker) -> share.heldOut(shares.size(), worker).loss());
    }

    private double heldOutAccuracy() {
        return sum((share, worker) -> share.heldOut(shares.size(), worker).accuracy());
    }

    private interface Part {
        double of(ClassifyingShare share, int worker);
    }

    private double sum(Part part) {
        double[] sums = new double[shares.size()];
        workers.run(w -> {
            if (w < sums.length) {
                sums[w] = part.of(shares.get(w), w);
            }
        });
        return Arrays.stream(sums).sum();
    }

    @Override
    public void close() {
        shares.forEach(share -> share.workspace().close());
    }
}
