package org.ldae.tokenizers.linear;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.Samples;
import org.ldae.training.AdamW;
import org.ldae.training.GradientExchange;
import org.ldae.training.HeldOut;
import org.ldae.training.Learner;
import org.ldae.training.Saving;
import org.ldae.training.Share;
import org.ldae.training.Task;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Against PyTorch ({@code src/test/python/linear_autoencoder_golden.py} wrote the files) and central differences. */
class LinearObjectiveTest {

    private static final int SIZE = 6;
    private static final int DIMENSION = 3;
    private static final double KL_WEIGHT = 0.3;

    @ParameterizedTest
    @ValueSource(strings = {"ae", "vae"})
    void lossAndGradientsAreThoseOfPyTorch(String kind) {
        try (Setting setting = new Setting(kind)) {
            assertEquals(golden(kind, "losses")[0], setting.objective.gradients(), 1e-6);
            assertEquals(golden(kind, "losses")[0], setting.objective.heldOutLoss(), 1e-7);
            assertArrayEquals(golden(kind, "gradients"), setting.gradients(), 1e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ae", "vae"})
    void trainingStepsAreThoseOfPyTorch(String kind) {
        Training training = Training.steps(6)
                .withBatchSize(1)
                .withWarmup(2)
                .withRate(0.02)
                .withOptimizer(AdamW.Options.defaults().withBeta2(0.95).withWeightDecay(0.05))
                .withClipNorm(0)
                .withHeldOut(HeldOut.every(6).withPatience(1));
        double[] losses = golden(kind, "losses");
        try (Setting setting = new Setting(kind);
                TrainingLoop loop = new TrainingLoop(setting, training, Rng.of(1), GradientExchange.alone())) {
            loop.run(Progress.none(), Saving.none());
            assertArrayEquals(Arrays.copyOf(losses, 6), loop.losses(), 1e-6);
            assertEquals(losses[6], loop.heldOutLoss(), 1e-6);
            assertArrayEquals(golden(kind, "trained"), setting.values(), 2e-6);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ae", "vae"})
    void gradientsAreCentralDifferencesWithTheMomentsDividedOutOfTheEncoders(String kind) {
        double[] moments = Samples.golden("linear-moments").data().asDouble();
        try (Setting setting = new Setting(kind)) {
            setting.objective.gradients();
            double[] gradients = setting.gradients();
            double[] full = gradients.clone();
            for (int i = 0; i < DIMENSION * SIZE; i++) {
                full[i] = 0;
                for (int j = 0; j < SIZE; j++) {
                    full[i] += gradients[i / SIZE * SIZE + j] * moments[j * SIZE + i % SIZE];
                }
            }
            double[] values = setting.values();
            double[] differences = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                differences[i] =
                        (setting.lossWith(values, i, 0.015625) - setting.lossWith(values, i, -0.015625)) / 0.03125;
            }
            assertArrayEquals(full, differences, 2e-4);
        }
    }

    private static double[] golden(String kind, String name) {
        return Samples.golden("linear-" + kind + "-" + name).data().asDouble();
    }

    /** An objective at the golden start. */
    private static final class Setting implements Task, AutoCloseable {

        private final Workers workers = new Workers();
        private final Parameters parameters;
        private final Workspace workspace;
        private final LinearObjective objective;

        Setting(String kind) {
            boolean noisy = kind.equals("vae");
            Parameters.Layout layout = Parameters.layout();
            LinearObjective.declare(layout, DIMENSION, SIZE);
            if (noisy) {
                LatentNoise.declare(layout, DIMENSION);
            }
            parameters = layout.initialise(Rng.of(1));
            put(Samples.golden("linear-start").data().asDouble());
            workspace = Workspace.training(workers.kernels(0), parameters);
            objective = objective(workspace, noisy);
        }

        private static LinearObjective objective(Workspace work, boolean noisy) {
            INDArray moments = Samples.golden("linear-moments");
            return new LinearObjective(
                    work, moments.data().asDouble(), moments, noisy ? new LatentNoise(work, KL_WEIGHT) : null);
        }

        @Override
        public String name() {
            return "test";
        }

        @Override
        public ImageSource images() {
            return Samples.source(Samples.walks(1, new ImageShape(1, 1, 1)));
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
            return objective(work.get(0), parameters.names().size() > 2);
        }

        void put(double[] start) {
            float[] padded = new float[parameters.values().size()];
            System.arraycopy(NdArrays.floats(start), 0, padded, 0, parameters.count());
            parameters.values().put(padded);
        }

        double lossWith(double[] values, int index, double step) {
            double[] moved = values.clone();
            moved[index] += step;
            put(moved);
            return objective.heldOutLoss();
        }

        double[] values() {
            return doubles(parameters.values().toArray());
        }

        double[] gradients() {
            return doubles(workspace.gradients().toArray());
        }

        private double[] doubles(float[] padded) {
            double[] numbers = new double[parameters.count()];
            Arrays.setAll(numbers, i -> padded[i]);
            return numbers;
        }

        @Override
        public void close() {
            workspace.close();
            parameters.close();
            workers.close();
        }
    }
}
