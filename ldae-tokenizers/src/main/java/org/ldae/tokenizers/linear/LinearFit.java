package org.ldae.tokenizers.linear;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.core.NdArrays;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.training.HeldOut;
import org.ldae.training.Learner;
import org.ldae.training.Session;
import org.ldae.training.Share;
import org.ldae.training.Task;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Trains the matrices of a linear autoencoder on the patches of some images; {@code klWeight} is in pixels squared, 0 for
 * the plain one. Every full-batch step is exact ({@link LinearObjective}), so the images are read once.
 */
record LinearFit(String name, TokenGrid grid, int dimension, double klWeight, Training training) {

    /** Refuses what means nothing where each step sees the moments of all patches. */
    static void requireFullBatch(Training training) {
        training.requireKeepsActivations("linear autoencoder");
        if (!training.augmentation().equals(Augmentation.none())) {
            throw new IllegalArgumentException(
                    "linear autoencoder: expected no augmentation, as each step sees the moments of all patches, got "
                            + training.augmentation());
        }
    }

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

    Trained train(ImageSource images, Rng rng, Session session) {
        LinearSizes.requireFits("dimension", dimension, grid);
        HeldOut.Split split = training.heldOut().split(images, rng);
        Patches patches = Patches.of(grid);
        PatchMoments seen = PatchMoments.of(split.training(), patches, session.progress());
        double[] mean = seen.mean();
        double[] moments = seen.covariance();
        double unit = meanDiagonal(moments);
        if (unit == 0) {
            throw new IllegalArgumentException(
                    "images: expected patches that differ, got %d equal ones; are they blank?".formatted(seen.count()));
        }
        double[] checks = split.heldOut()
                .map(held -> PatchMoments.of(held, patches, session.progress()).around(mean))
                .orElse(moments);
        int size = grid.patchSize();
        Parameters.Layout layout = Parameters.layout();
        LinearObjective.declare(layout, dimension, size);
        if (klWeight > 0) {
            LatentNoise.declare(layout, dimension);
        }
        try (Parameters parameters = layout.initialise(rng.stream("weights"));
                INDArray heldOut = NdArrays.of(divided(checks, unit), size, size)) {
            Moments whole = new Moments(mean, divided(moments, unit), heldOut, unit);
            // Moments hold all images: to the loop they are one, seen at each step.
            Fitting task = new Fitting(this, whole, parameters, split.training().limit(1), images);
            TrainingLoop.train(task, training.withBatchSize(1), rng, session);
            return trained(whole, parameters);
        }
    }

    /** Moments in units of the mean diagonal of the training part's. */
    private static final class Moments {
        private final double[] mean;
        private final double[] seen;
        private final INDArray heldOut;
        private final double unit;

        Moments(double[] mean, double[] seen, INDArray heldOut, double unit) {
            this.mean = mean;
            this.seen = seen;
            this.heldOut = heldOut;
            this.unit = unit;
        }
    }

    /** The exact objective as a task. */
    private record Fitting(LinearFit fit, Moments moments, Parameters parameters, ImageSource images, ImageSource all)
            implements Task {

        @Override
        public String name() {
            return fit.name;
        }

        @Override
        public String settings() {
            return "dimension %s, KL weight %s, images %s".formatted(fit.dimension, fit.klWeight, all.hash());
        }

        @Override
        public List<Learner> learners() {
            return List.of(Learner.of("autoencoder", parameters));
        }

        @Override
        public int imagesAtOnce() {
            return 1;
        }

        @Override
        public Part part(Share share, List<Workspace> work) {
            @Nullable
            LatentNoise noise = fit.klWeight > 0 ? new LatentNoise(work.get(0), fit.klWeight / moments.unit) : null;
            return new LinearObjective(work.get(0), moments.seen, moments.heldOut, noise);
        }
    }

    private Trained trained(Moments moments, Parameters parameters) {
        double deviation = Math.sqrt(moments.unit);
        double[] encoder = scaled(parameters, LinearObjective.ENCODER, 1 / deviation);
        double[] decoder = scaled(parameters, LinearObjective.DECODER, deviation);
        double[] logVariances = klWeight > 0 ? scaled(parameters, LatentNoise.NAME, 1) : new double[0];
        double[] variances = new double[dimension];
        Arrays.setAll(variances, k -> moments.unit * variance(moments.seen, encoder, k));
        return new Trained(moments.mean, encoder, decoder, variances, logVariances);
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

    private static double[] scaled(Parameters parameters, String name, double factor) {
        float[] values = parameters.view(parameters.values(), name).toArray();
        double[] scaled = new double[values.length];
        Arrays.setAll(scaled, i -> factor * values[i]);
        return scaled;
    }
}
