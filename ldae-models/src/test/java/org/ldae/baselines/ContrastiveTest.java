package org.ldae.baselines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.data.Views;
import org.ldae.inference.Features;
import org.ldae.models.Expect;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Slope;
import org.ldae.models.Synthetic;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.testing.Golden;
import org.ldae.testing.Ranks;
import org.ldae.testing.SystemProperty;
import org.ldae.training.GradientExchange;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** SimCLR and MoCo v3: gradients, threads, momentum, learning. */
class ContrastiveTest {

    private static final ProjectionHead TWO = new ProjectionHead(2, 10, 6);
    private static final ProjectionHead THREE = new ProjectionHead(3, 10, 6);
    private static final int IMAGES = 5;

    /** A rate too small to change a number. */
    private static final Training STILL =
            Training.steps(4).withBatchSize(8).withRate(1e-30).withWarmup(0);

    @SuppressWarnings("ImmutableEnumChecker") // records of numbers
    enum Kind {
        SIMCLR(new Contrastive.Method(TWO, ProjectionHead.none(), 0.5, 0, false), "simclr"),
        MOCO_V3(new Contrastive.Method(THREE, TWO, 0.2, 0.99, true), "moco-v3");

        private final Contrastive.Method method;
        private final String golden;

        Kind(Contrastive.Method method, String golden) {
            this.method = method;
            this.golden = golden;
        }

        Contrastive options(Training training) {
            return Contrastive.simclr(2, new VisionTransformer(12, 3, 2, 0, 2, Conditioning.NONE, 4), training)
                    .withMethod(method);
        }
    }

    /** One thread's part of a step by hand. */
    private static final class Step implements AutoCloseable {
        private static final TokenGrid GRID = new TokenGrid(new ImageShape(2, 4, 6), 2);
        private final Parameters parameters;
        private final Workspace work;
        private final Momentum momentum;
        private final ContrastiveTask task;
        private final EmbeddingPass queries;
        private final float[] patches;

        Step(Kind kind) {
            Golden golden = Golden.read("models/" + kind.golden);
            Training training = Training.steps(1).withBatchSize(IMAGES);
            Contrastive options = kind.options(training);
            ImageSource images = ImageSource.of(Nd4j.zeros(IMAGES, 2, 4, 6), new int[0], List.of());
            parameters = EmbeddingPass.layout(options, GRID).zeros();
            for (String name : parameters.names()) {
                parameters.view(parameters.values(), name).put(golden.floats("value." + name));
            }
            work = Workspace.training(Backend.kernels(), parameters);
            momentum = Momentum.of(options, GRID, parameters, work.kernels());
            task = options.task(images, Rng.of(1), parameters, momentum);
            queries = EmbeddingPass.learning(options, work, GRID, 2 * IMAGES);
            patches = golden.floats("patches");
            momentum.slow().ifPresent(slow -> {
                float[] keys = EmbeddingPass.following(options, work.beside(slow), GRID, 2 * IMAGES)
                        .forward(patches)
                        .toArray();
                System.arraycopy(keys, 0, task.loss().numbers(), keys.length, keys.length);
            });
        }

        double loss() {
            float[] embedded = queries.forward(patches).toArray();
            System.arraycopy(embedded, 0, task.loss().numbers(), 0, embedded.length);
            task.loss().differentiate();
            return task.loss().value();
        }

        float[] gradients() {
            work.kernels().fill(work.gradients(), 0);
            queries.output().put(task.loss().gradients());
            queries.backward(queries.output());
            return work.gradients().toArray();
        }

        @Override
        public void close() {
            momentum.close();
            work.close();
            parameters.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void lossAndEveryGradientArePyTorchs(Kind kind) {
        Golden golden = Golden.read("models/" + kind.golden);
        try (Step step = new Step(kind)) {
            assertEquals(golden.number("loss"), step.loss(), 1e-6);
            float[] flat = step.gradients();
            for (Parameters.Slot slot : step.parameters.slots()) {
                float[] gradient = new float[slot.rows() * slot.columns()];
                System.arraycopy(flat, slot.offset(), gradient, 0, gradient.length);
                Expect.close(slot.name(), golden.floats("gradient." + slot.name()), gradient, 2e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void gradientsAreThoseOfDifferences(Kind kind) {
        try (Step step = new Step(kind)) {
            step.loss();
            Slope.check(kind.golden, step.parameters, step.gradients(), step::loss, 2e-3);
        }
    }

    private static final ImageSource WAVES = Synthetic.images(16, 1);

    /** A task with weights of its own at its first step. */
    private static final class Run implements AutoCloseable {
        private final Contrastive options;
        private final Parameters parameters;
        private final Momentum momentum;
        private final ContrastiveTask task;
        private final TrainingLoop loop;

        Run(Kind kind, Training training, GradientExchange exchange) {
            options = kind.options(training);
            TokenGrid grid = new TokenGrid(Synthetic.SHAPE, 2);
            parameters = EmbeddingPass.layout(options, grid).initialise(Rng.of(2));
            momentum = Momentum.of(options, grid, parameters, Backend.kernels());
            task = options.task(WAVES, Rng.of(3), parameters, momentum);
            loop = new TrainingLoop(task, training, Rng.of(3), exchange);
        }

        @Override
        public void close() {
            loop.close();
            momentum.close();
            parameters.close();
        }
    }

    private static double[] losses(Kind kind, int threads, GradientExchange exchange) {
        return Backend.withThreads(threads, () -> {
            try (Run run = new Run(kind, STILL, exchange)) {
                return new double[] {run.loop.step(), run.loop.step()};
            }
        });
    }

    private static float[] gradients(Kind kind, int threads) {
        return Backend.withThreads(threads, () -> {
            try (Run run = new Run(kind, STILL, GradientExchange.alone())) {
                run.loop.step();
                return run.loop.workspaces(0).get(0).gradients().toArray();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void theNumbersDoNotDependOnThreadsOrProcesses(Kind kind) {
        SystemProperty.during(SystemProperty.THREADS, 4, () -> {
            double[] alone = losses(kind, 1, GradientExchange.alone());
            float[] gradients = gradients(kind, 1);
            for (int threads = 2; threads <= 4; threads++) {
                assertArrayEquals(alone, losses(kind, threads, GradientExchange.alone()), 1e-6);
                Expect.close("gradients", gradients, gradients(kind, threads), 1e-5);
            }
            for (double[] shared : Ranks.run(2, exchange -> losses(kind, 2, exchange))) {
                assertArrayEquals(alone, shared, 1e-6);
            }
        });
    }

    @Test
    void momentumRisesToOne() {
        assertEquals(0.99, Momentum.at(0.99, 0), 1e-12);
        assertEquals(0.995, Momentum.at(0.99, 0.5), 1e-12);
        assertEquals(1, Momentum.at(0.99, 1), 1e-12);
    }

    @Test
    void theSlowCopyFollowsAndTheEmbeddingStaysFrozen() {
        Training training = Training.steps(3).withBatchSize(8).withRate(1e-2).withWarmup(0);
        try (Run run = new Run(Kind.MOCO_V3, training, GradientExchange.alone())) {
            Parameters slow = run.momentum.slow().orElseThrow();
            float[] start = run.parameters.values().toArray();
            float[] expected = slow.values().toArray();
            assertArrayEquals(Arrays.copyOf(start, slow.count()), Arrays.copyOf(expected, slow.count()));
            run.loop.step();
            float[] fast = run.parameters.values().toArray();
            run.loop.step();
            double kept = Momentum.at(0.99, 1.0 / 3);
            for (int i = 0; i < slow.count(); i++) {
                expected[i] = (float) (kept * expected[i] + (1 - kept) * fast[i]);
            }
            Expect.close("slow copy", expected, slow.values().toArray(), 1e-6);
            for (String name : List.of("embed.weight", "embed.bias")) {
                Parameters.Slot slot = run.parameters.slots().stream()
                        .filter(each -> each.name().equals(name))
                        .findFirst()
                        .orElseThrow();
                int end = slot.offset() + slot.rows() * slot.columns();
                assertArrayEquals(
                        Arrays.copyOfRange(start, slot.offset(), end), Arrays.copyOfRange(fast, slot.offset(), end));
            }
            assertFalse(Arrays.equals(start, fast));
        }
    }

    @ParameterizedTest
    @EnumSource
    void learnsToTellImagesApartAndTellsTheSpread(Kind kind, @TempDir Path folder) throws IOException {
        Training training = Training.epochs(40).withBatchSize(8).withRate(3e-3);
        Views views = new Views(Augmentation.none().withFlip().withShift(1), 0, 0, 0);
        List<Double> losses = new ArrayList<>();
        List<Double> spreads = new ArrayList<>();
        Progress listener = event -> {
            losses.add(event.number(Progress.Quantity.LOSS).orElseThrow());
            spreads.add(event.number(Progress.Quantity.SPREAD).orElseThrow());
        };
        try (PlainEncoder encoder = kind.options(training).withViews(views).train(WAVES, Rng.of(1), listener)) {
            double first =
                    losses.subList(0, 8).stream().mapToDouble(x -> x).average().orElseThrow();
            double last = losses.subList(72, 80).stream()
                    .mapToDouble(x -> x)
                    .average()
                    .orElseThrow();
            assertTrue(last < 0.9 * first, first + " -> " + last);
            assertTrue(spreads.get(79) > spreads.get(0) && spreads.get(79) <= 1, spreads.toString());
            Path file = folder.resolve("encoder.safetensors");
            encoder.save(file);
            INDArray features = encoder.represent(WAVES, Features.pooled());
            assertArrayEquals(new long[] {16, 12}, features.shape());
            try (PlainEncoder loaded = PlainEncoder.load(file)) {
                Expect.close("features", features, loaded.represent(WAVES, Features.pooled()), 0);
            }
        }
    }

    @Test
    void aBudgetOfArithmeticBecomesSteps() {
        try (Run two = new Run(Kind.SIMCLR, STILL, GradientExchange.alone())) {
            Contrastive simclr = two.options.withTraining(Training.flops(1e9).withBatchSize(8));
            Contrastive moco = simclr.withMethod(Kind.MOCO_V3.method);
            int steps = steps(simclr);
            assertTrue(steps > 10 && steps(moco) < steps, steps + " and " + steps(moco));
        }
    }

    private static int steps(Contrastive options) {
        TokenGrid grid = new TokenGrid(Synthetic.SHAPE, 2);
        try (Parameters parameters = EmbeddingPass.layout(options, grid).zeros();
                Momentum momentum = Momentum.of(options, grid, parameters, Backend.kernels())) {
            return options.task(WAVES, Rng.of(1), parameters, momentum)
                    .options()
                    .training()
                    .totalSteps(WAVES.size());
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Contrastive options = Kind.SIMCLR.options(STILL);
        Expect.refused(
                () -> options.withTraining(STILL.withBatchSize(1)).train(WAVES, Rng.of(1), Progress.none()),
                "batch",
                "1");
        Expect.refused(
                () -> options.withTraining(STILL.withHeldOut(HeldOut.every(2)))
                        .train(WAVES, Rng.of(1), Progress.none()),
                "held-out",
                "withHeldOut");
        Expect.refused(() -> new Contrastive.Method(TWO, TWO, 0.5, 0, false), "predictor", "none without momentum");
        Expect.refused(() -> new Contrastive.Method(TWO, new ProjectionHead(2, 10, 7), 0.5, 0.9, false), "predictor");
        Expect.refused(() -> new Contrastive.Method(TWO, ProjectionHead.none(), 0, 0, false), "temperature", "0");
        Expect.refused(() -> new Contrastive.Method(TWO, TWO, 0.5, 1, false), "momentum", "1.0");
        Expect.refused(
                () -> new Contrastive.Method(ProjectionHead.none(), ProjectionHead.none(), 1, 0, false), "projector");
        Expect.refused(() -> new ProjectionHead(1, 0, 3), "projection head", "0");
    }
}
