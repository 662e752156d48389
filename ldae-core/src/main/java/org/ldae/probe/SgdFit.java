package org.ldae.probe;

import java.util.Arrays;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** One run of {@link SgdSolver}: batch norm, linear layer, momentum. */
final class SgdFit {

    private static final double MOMENTUM = 0.9;
    private static final double TRUST = 0.001;
    private static final double START_DEVIATION = 0.01;

    private final SgdSolver options;
    private final FeatureRows rows;
    private final int[] labels;
    private final int classes;
    private final BatchNorm norm;
    private final double[] parameters; // weights [F, K], then bias [K]
    private final double[] gradient;
    private final double[] velocity;

    SgdFit(SgdSolver options, FeatureRows rows, int[] labels, double[] start) {
        this.options = options;
        this.rows = rows;
        this.labels = labels;
        this.classes = start.length / (rows.width() + 1);
        this.norm = new BatchNorm(rows.width());
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
        float[] batch = norm.train(rows.select(indices));
        double loss;
        try (INDArray features = Nd4j.create(batch, new long[] {indices.length, rows.width()}, 'c');
                SoftmaxObjective objective = new SoftmaxObjective(
                        features, Labels.select(labels, indices), classes, new boolean[indices.length], 0)) {
            loss = objective.evaluate(parameters, gradient);
        }
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
}
