package org.outside;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.nn.Linear;
import org.ldae.nn.Parameters;
import org.ldae.testing.Ranks;
import org.ldae.testing.SystemProperty;
import org.ldae.training.GradientExchange;
import org.ldae.training.Saving;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;
import org.nd4j.linalg.factory.Nd4j;

/** A task of two phases with a loss over the whole batch. */
class ContrastiveTest {

    private static final int IMAGES = 16;
    private static final int WIDTH = 5;

    /** A rate too small to change a number. */
    private static final Training STILL =
            Training.steps(2).withBatchSize(8).withRate(1e-30).withWarmup(0);

    private static ImageSource images() {
        float[] pixels = new float[IMAGES * 16];
        Rng.of(4).normals(pixels, 0, pixels.length);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.tanh(pixels[i]);
        }
        return ImageSource.of(Nd4j.create(pixels, new long[] {IMAGES, 1, 4, 4}, 'c'), new int[0], List.of());
    }

    private static Parameters parameters() {
        Parameters.Layout layout = Parameters.layout();
        Linear.declare(layout, "encoder", new Linear.Sides(16, WIDTH), Parameters.Init.XAVIER_UNIFORM);
        return layout.initialise(Rng.of(2));
    }

    private static Contrastive task(Training training, Parameters parameters) {
        Augmentation views = Augmentation.none().withFlip();
        NtXent loss = new NtXent(training.batchSize(), WIDTH, 0.5);
        return new Contrastive(images(), training, views, Rng.of(3), parameters, loss);
    }

    /** Loss and gradients of a first step. */
    private static final class First {
        private final double loss;
        private final float[] gradients;

        First(double loss, float[] gradients) {
            this.loss = loss;
            this.gradients = gradients;
        }

        static First of(Parameters parameters, int threads) {
            return Backend.withThreads(threads, () -> {
                try (TrainingLoop loop =
                        new TrainingLoop(task(STILL, parameters), STILL, Rng.of(3), GradientExchange.alone())) {
                    double loss = loop.step();
                    return new First(loss, loop.workspaces(0).get(0).gradients().toArray());
                }
            });
        }
    }

    @Test
    void gradientsAreCentralDifferences() {
        try (Parameters parameters = parameters()) {
            float[] start = parameters.values().toArray();
            float[] gradients = First.of(parameters, 1).gradients;
            for (int i = 0; i < parameters.count(); i += 7) {
                double[] losses = new double[2];
                for (int side = 0; side < 2; side++) {
                    float[] moved = start.clone();
                    moved[i] += (2 * side - 1) / 256f;
                    parameters.values().put(moved);
                    losses[side] = First.of(parameters, 1).loss;
                }
                assertEquals((losses[1] - losses[0]) * 128, gradients[i], 2e-4, "number " + i);
            }
        }
    }

    @Test
    void theNumbersDoNotDependOnThreads() {
        SystemProperty.during(SystemProperty.THREADS, 4, () -> {
            try (Parameters parameters = parameters()) {
                First alone = First.of(parameters, 1);
                for (int threads = 2; threads <= 4; threads++) {
                    First shared = First.of(parameters, threads);
                    assertEquals(alone.loss, shared.loss, 1e-6 * alone.loss);
                    assertArrayEquals(alone.gradients, shared.gradients, 1e-6f);
                }
                for (double loss : Ranks.run(2, exchange -> loss(parameters, exchange))) {
                    assertEquals(alone.loss, loss, 1e-6 * alone.loss);
                }
            }
        });
    }

    private static double loss(Parameters parameters, GradientExchange exchange) {
        return Backend.withThreads(2, () -> {
            try (TrainingLoop loop = new TrainingLoop(task(STILL, parameters), STILL, Rng.of(3), exchange)) {
                return loop.step();
            }
        });
    }

    @Test
    void learnsToTellImagesApart() {
        Training training = Training.epochs(60).withBatchSize(8).withRate(1e-2);
        try (Parameters parameters = parameters();
                TrainingLoop loop =
                        new TrainingLoop(task(training, parameters), training, Rng.of(3), GradientExchange.alone())) {
            loop.run(Progress.none(), Saving.none());
            double[] losses = loop.losses();
            double first = Arrays.stream(losses, 0, 10).average().orElseThrow();
            double last = Arrays.stream(losses, losses.length - 10, losses.length)
                    .average()
                    .orElseThrow();
            assertTrue(last < 0.8 * first, first + " -> " + last);
        }
    }
}
