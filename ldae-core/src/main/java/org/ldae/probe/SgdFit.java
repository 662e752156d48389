package org.ldae.probe;

import java.util.Arrays;
import org.ldae.core.Rng;

/** One run of {@link SgdSolver}: batch norm, linear layer, momentum. */
final class SgdFit implements AutoCloseable {

    private static final double MOMENTUM = 0.9;
    private static final double TRUST = 0.001;
    private static final double START_DEVIATION = 0.01;

    private final SgdSolver options;
    private final FeatureRows rows;
    private final int[] labels;
    private final int classes;
    private final BatchNorm norm;
    private final RowBlocks batch;
    private final int[] batchLabels;
    private final SoftmaxObjective objective; // of the batch
    private final double[] parameters; // weights [K, F], then bias [K]
    private final double[] gradient;
    private final double[] velocity;

    SgdFit(SgdSolver options, FeatureRows rows, int[] labels, double[] start) {
        this.options = options;
        this.rows = rows;
        this.labels = labels;
        this.classes = start.length / (rows.width() + 1);
        this.norm = new BatchNorm(rows.width());
        this.batch = new RowBlocks(options.batchSize(), rows.width());
        this.batchLabels = new int[options.batchSize()];
        this.objective = new SoftmaxObjective(batch, batchLabels, classes, new boolean[batchLabels.length], 0);
        this.parameters = start.clone();
        this.gradient = new double[start.length];
        this.velocity = new double[start.length];
    }

    /** Small normal weights and no bias, as MAE starts its probe. */
    static double[] start(int width, int classes, Rng rng) {
        float[] normals = new float[width * classes];
        rng.stream("start").normals(normals, 0, normals.length);
        double[] start = new double[normals.length + classes];
        for (int i = 0; i < normals.length; i++) {
            start[i] = START_DEVIATION * normals[i];
        }
        return start;
    }

    /** Trains on the rows in the given order and returns the mean loss. */
    double epoch(int epoch, int[] order) {
        int size = options.batchSize();
        int batches = order.length / size;
        double sum = 0;
        for (int batch = 0; batch < batches; batch++) {
            int[] indices = Arrays.copyOfRange(order, batch * size, (batch + 1) * size);
            sum += step(indices, options.rate(epoch + (double) batch / batches));
        }
        return sum / batches;
    }

    /** One step on some rows; returns the loss before it. */
    double step(int[] indices, double rate) {
        float[] normalised = norm.train(rows.select(indices));
        batch.fill((from, to, block) -> System.arraycopy(normalised, from * rows.width(), block, 0, block.length));
        for (int i = 0; i < indices.length; i++) {
            batchLabels[i] = labels[indices[i]];
        }
        double loss = objective.evaluate(parameters, gradient);
        double trust = trust();
        for (int i = 0; i < parameters.length; i++) {
            velocity[i] = MOMENTUM * velocity[i] + (i < biasStart() ? trust : 1) * gradient[i];
            parameters[i] -= rate * velocity[i];
        }
        return loss;
    }

    /** LARS's factor on the gradient of the weights. */
    private double trust() {
        double weightNorm = Lbfgs.norm(Arrays.copyOf(parameters, biasStart()));
        double gradientNorm = Lbfgs.norm(Arrays.copyOf(gradient, biasStart()));
        boolean applies = options.optimizer() == SgdSolver.Optimizer.LARS && weightNorm > 0 && gradientNorm > 0;
        return applies ? TRUST * weightNorm / gradientNorm : 1;
    }

    private int biasStart() {
        return rows.width() * classes;
    }

    LinearProbe probe(String description) {
        return new LinearProbe(
                norm.running(),
                Arrays.copyOf(parameters, biasStart()),
                Arrays.copyOfRange(parameters, biasStart(), parameters.length),
                description);
    }

    @Override
    public void close() {
        objective.close();
        batch.close();
    }
}
