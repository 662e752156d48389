package org.ldae.tokenizers;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Workers;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.HeapCopy;
import org.ldae.inference.Patches;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.Fit;
import org.ldae.training.FitLoop;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains the matrices of a linear autoencoder on the patches of some images; {@code klWeight} is in pixels squared, 0 for
 * the plain one. Every full-batch step is exact ({@link LinearObjective}), so the images are read once.
 */
record LinearFit(String name, TokenGrid grid, int dimension, double klWeight, Fit fit) {

    /**
     * A trained autoencoder: U, V {@code [d, D]} and the mean in pixels; for each latent the variance of V x over the
     * training part and, of the variational one, ln s.
     */
    static final class Trained {
        final double[] mean;
        final double[] encoder;
        final double[] decoder;
        final double[] variances;
        final double[] logVariances;

        private Trained(double[] mean, double[] encoder, double[] decoder, double[] variances, double[] logVariances) {
            this.mean = mean;
            this.encoder = encoder;
            this.decoder = decoder;
            this.variances = variances;
            this.logVariances = logVariances;
        }
    }

    Trained train(ImageSource images, Rng rng, Progress progress) {
        LinearTokenizer.requireFits("dimension", dimension, grid);
        Fit.Split split = fit.split(images, rng);
        Patches patches = Patches.of(grid);
        PatchMoments training = PatchMoments.of(split.training(), patches, progress);
        PatchMoments heldOut = PatchMoments.of(split.heldOut(), patches, progress);
        double[] mean = training.mean();
        double[] moments = training.covariance();
        double unit = meanDiagonal(moments);
        if (unit == 0) {
            throw new IllegalArgumentException(
                    "images: expected patches that differ, got %d equal ones; are they blank?"
                            .formatted(training.count()));
        }
        double[] checks = heldOut.around(mean);
        return train(new Problem(mean, divided(moments, unit), divided(checks, unit), unit), rng, progress);
    }

    /** Moments in units of the mean diagonal of the training part's. */
    private static final class Problem {
        private final double[] mean;
        private final double[] moments;
        private final double[] checks;
        private final double unit;

        Problem(double[] mean, double[] moments, double[] checks, double unit) {
            this.mean = mean;
            this.moments = moments;
            this.checks = checks;
            this.unit = unit;
        }
    }

    private Trained train(Problem problem, Rng rng, Progress progress) {
        int size = grid.patchSize();
        boolean noisy = klWeight > 0;
        Parameters.Layout layout = Parameters.layout();
        LinearObjective.declare(layout, dimension, size);
        if (noisy) {
            LatentNoise.declare(layout, dimension);
        }
        try (Workers workers = new Workers();
                Parameters parameters = layout.initialise(rng.stream("weights"));
                Workspace work = Workspace.training(workers.kernels(0), parameters);
                INDArray checks = HeapCopy.of(problem.checks, size, size);
                FitLoop loop = new FitLoop(name, fit, workers, parameters, List.of(work))) {
            @Nullable LatentNoise noise = noisy ? new LatentNoise(work, klWeight / problem.unit) : null;
            LinearObjective objective = new LinearObjective(work, problem.moments, checks, noise);
            loop.run(objective, progress);
            return trained(problem, objective, noise == null ? new float[0] : noise.logVariances());
        }
    }

    private Trained trained(Problem problem, LinearObjective objective, float[] logVariances) {
        double deviation = Math.sqrt(problem.unit);
        double[] encoder = scaled(objective.encoder(), 1 / deviation);
        double[] decoder = scaled(objective.decoder(), deviation);
        double[] variances = new double[dimension];
        Arrays.setAll(variances, k -> problem.unit * variance(problem.moments, encoder, k));
        return new Trained(problem.mean, encoder, decoder, variances, scaled(logVariances, 1));
    }

    /** {@code v^T S v} for row k of V. */
    private static double variance(double[] moments, double[] encoder, int k) {
        int size = (int) Math.sqrt(moments.length);
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double dot = 0;
            for (int j = 0; j < size; j++) {
                dot += moments[i * size + j] * encoder[k * size + j];
            }
            sum += encoder[k * size + i] * dot;
        }
        return sum;
    }

    private static double meanDiagonal(double[] moments) {
        int size = (int) Math.sqrt(moments.length);
        double sum = 0;
        for (int i = 0; i < moments.length; i += size + 1) {
            sum += moments[i];
        }
        return sum / size;
    }

    private static double[] divided(double[] values, double divisor) {
        return Arrays.stream(values).map(value -> value / divisor).toArray();
    }

    private static double[] scaled(float[] values, double factor) {
        double[] scaled = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = factor * values[i];
        }
        return scaled;
    }
}
