package org.ldae.probe;

import java.util.Locale;
import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Stage;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The linear-probing protocol of MAE (facebookresearch/mae, main_linprobe): batch normalisation without affine, a linear
 * layer, cross-entropy, a rate that warms up linearly and falls along half a cosine, no weight decay.
 *
 * <p>The rate of a step is {@code baseRate * batchSize / 256} times the schedule. Incomplete batches are dropped, as
 * there. On fixed features no augmentation takes place, which the paper's own probes use.
 *
 * @param optimizer how gradients become steps
 * @param baseRate rate for a batch of 256, positive
 * @param batchSize images per step, at least 2
 * @param epochs passes over the training set, at least 1
 * @param warmupEpochs epochs of linear warm-up, at least 0 and fewer than {@code epochs}
 */
public record SgdSolver(Optimizer optimizer, double baseRate, int batchSize, int epochs, int warmupEpochs)
        implements ProbeSolver {

    /** How gradients become steps; both with momentum 0.9. */
    public enum Optimizer {
        /** Layer-wise adaptive rate (You et al. 2017), trust coefficient 0.001 on the weights, none on the bias. */
        LARS,
        /** Plain stochastic gradient descent. */
        MOMENTUM
    }

    /**
     * Checks the options.
     *
     * @param optimizer either
     * @param baseRate positive
     * @param batchSize at least 2
     * @param epochs at least 1
     * @param warmupEpochs at least 0 and fewer than {@code epochs}
     */
    public SgdSolver {
        if (!(baseRate > 0 && baseRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("baseRate: expected a positive number, got " + baseRate);
        }
        if (batchSize < 2) {
            throw new IllegalArgumentException("batchSize: expected at least 2, got " + batchSize);
        }
        if (epochs < 1 || warmupEpochs < 0 || warmupEpochs >= epochs) {
            throw new IllegalArgumentException("epochs: expected at least 1 and more than the warm-up, got %d and %d"
                    .formatted(epochs, warmupEpochs));
        }
    }

    /** MAE's settings, but batches of 1024 instead of 16384 for small sets. */
    static SgdSolver defaults() {
        return new SgdSolver(Optimizer.LARS, 0.1, 1024, 90, 10);
    }

    /**
     * Sets the optimiser.
     *
     * @param value how gradients become steps
     * @return a copy
     */
    public SgdSolver withOptimizer(Optimizer value) {
        return new SgdSolver(value, baseRate, batchSize, epochs, warmupEpochs);
    }

    /**
     * Sets the rate for a batch of 256.
     *
     * @param value positive
     * @return a copy
     */
    public SgdSolver withBaseRate(double value) {
        return new SgdSolver(optimizer, value, batchSize, epochs, warmupEpochs);
    }

    /**
     * Sets the images per step.
     *
     * @param count at least 2 and at most the number of training images
     * @return a copy
     */
    public SgdSolver withBatchSize(int count) {
        return new SgdSolver(optimizer, baseRate, count, epochs, warmupEpochs);
    }

    /**
     * Sets the passes over the training set, with a ninth of them as warm-up.
     *
     * @param count at least 1
     * @return a copy
     */
    public SgdSolver withEpochs(int count) {
        return new SgdSolver(optimizer, baseRate, batchSize, count, count / 9);
    }

    /**
     * Sets the epochs of warm-up.
     *
     * @param count fewer than the epochs
     * @return a copy
     */
    public SgdSolver withWarmupEpochs(int count) {
        return new SgdSolver(optimizer, baseRate, batchSize, epochs, count);
    }

    @Override
    public LinearProbe fit(INDArray features, int[] labels, Rng rng, Progress progress) {
        int classes = TrainingLabels.requireTrainable(features, labels);
        if (batchSize > labels.length) {
            throw new IllegalArgumentException(
                    "batchSize: expected at most the %d training images, got %d; set a smaller one with withBatchSize"
                            .formatted(labels.length, batchSize));
        }
        FeatureRows rows = FeatureRows.of(features);
        Stage stage = new Stage("sgd probe", epochs, progress);
        try (SgdFit fit = new SgdFit(this, rows, labels, SgdFit.start(rows.width(), classes, rng))) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                double loss = fit.epoch(epoch, rng.stream("shuffle").at(epoch).permutation(labels.length));
                stage.next(Map.of(Progress.Quantity.LOSS, loss));
            }
            return fit.probe(describe());
        }
    }

    /** The rate at a fractional epoch. */
    double rate(double epoch) {
        double peak = baseRate * batchSize / 256;
        if (epoch < warmupEpochs) {
            return peak * epoch / warmupEpochs;
        }
        return peak * 0.5 * (1 + Math.cos(Math.PI * (epoch - warmupEpochs) / (epochs - warmupEpochs)));
    }

    @Override
    public String describe() {
        return String.format(
                Locale.ROOT,
                "sgd (%s, base rate %s, batch %d, %d epochs, %d of them warm-up)",
                optimizer == Optimizer.LARS ? "LARS" : "momentum",
                baseRate,
                batchSize,
                epochs,
                warmupEpochs);
    }
}
