package org.ldae.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.tokenizers.Refusal.assertRefused;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.Samples;

class FitLoopTest {

    private static final int COUNT = 3;
    private final Workers workers = new Workers();
    private final Parameters parameters = parameters();
    private final Workspace first = Workspace.training(workers.kernels(0), parameters);
    private final Workspace second = Workspace.training(workers.kernels(0), parameters);
    private final Fit fit = Fit.steps(400).withRate(0.05).withChecks(10, 4).withClipNorm(0);

    private static Parameters parameters() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("p", 1, COUNT, Parameters.Init.ONES);
        return layout.initialise(Rng.of(1));
    }

    @AfterEach
    void free() {
        first.close();
        second.close();
        parameters.close();
        workers.close();
    }

    /** Half the squared distance of the parameters to a point, and to another one when it is checked. */
    private class Distance implements FitLoop.Task {
        private final float[] target;
        private final float[] heldOut;
        private final List<Integer> steps = new ArrayList<>();
        private double worst = Double.NEGATIVE_INFINITY;

        Distance(float[] target, float[] heldOut) {
            this.target = target;
            this.heldOut = heldOut;
        }

        @Override
        public double gradients(int step) {
            steps.add(step);
            float[] gradient = values();
            for (int i = 0; i < COUNT; i++) {
                gradient[i] -= target[i];
            }
            // Unequal shares: only their sum is the gradient.
            first.gradient("p").put(scaled(gradient, 0.25f));
            second.gradient("p").put(scaled(gradient, 0.75f));
            return distance(target);
        }

        @Override
        public double heldOutLoss() {
            double loss = distance(heldOut);
            worst = Math.max(worst, loss);
            return loss;
        }

        double distance(float[] point) {
            float[] values = values();
            double sum = 0;
            for (int i = 0; i < COUNT; i++) {
                sum += 0.5 * (values[i] - point[i]) * (values[i] - point[i]);
            }
            return sum;
        }
    }

    @Test
    void trainsToTheMinimumOfTheSummedGradients() {
        Distance task = new Distance(new float[] {0.5f, -1, 2}, new float[] {0.5f, -1, 2});
        FitLoop.Outcome outcome = run(fit.withChecks(10, 100), task, Progress.none());
        assertEquals(400, outcome.steps());
        assertArrayEquals(task.target, values(), 1e-3f);
        assertEquals(400, task.steps.size());
        assertEquals(399, task.steps.get(399));
    }

    @Test
    void stopsWhenTheHeldOutLossRisesAndKeepsTheBest() {
        // On the way from 1 to 5 the parameters pass 2, the held-out optimum.
        Distance task = new Distance(new float[] {5, 5, 5}, new float[] {2, 2, 2});
        FitLoop.Outcome outcome = run(fit, task, Progress.none());
        assertEquals(outcome.bestStep() + 40, outcome.steps(), "patience is four checks of ten steps");
        assertTrue(outcome.steps() < 400);
        assertEquals(outcome.heldOutLoss(), task.distance(task.heldOut), "parameters of the best check");
        assertTrue(outcome.heldOutLoss() < task.worst);
        assertArrayEquals(task.heldOut, values(), 0.3f);
    }

    @Test
    void aGameWithoutABestCheckRunsToItsEndAndKeepsTheLast() {
        Distance task = new Distance(new float[] {5, 5, 5}, new float[] {2, 2, 2}) {
            @Override
            public boolean stopsEarly() {
                return false;
            }
        };
        FitLoop.Outcome outcome = run(fit, task, Progress.none());
        assertEquals(new FitLoop.Outcome(400, 400, task.distance(task.heldOut)), outcome);
        assertArrayEquals(task.target, values(), 0.05f);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
    void aLossThatIsNotFiniteNamesStepRateAndLastLoss(double loss) {
        Distance task = new Distance(new float[COUNT], new float[COUNT]) {
            @Override
            public double gradients(int step) {
                double finite = super.gradients(step);
                return step == 29 ? loss : finite;
            }
        };
        String message = failure(task);
        for (String part :
                List.of("fit test", "loss " + loss, "step 30 (rate 0.0499)", "last loss 0.", "lower the rate")) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void aGradientOrHeldOutLossThatIsNotFiniteEndsTheFit() {
        assertTrue(failure(new Distance(new float[] {Float.NaN, 0, 0}, new float[COUNT]) {
                    @Override
                    public double gradients(int step) {
                        super.gradients(step);
                        return 1;
                    }
                })
                .contains("gradient norm NaN at step 1"));
        assertTrue(failure(new Distance(new float[COUNT], new float[] {Float.NaN, 0, 0}))
                .contains("held-out loss NaN"));
    }

    @Test
    void anInterruptEndsTheFitAndStaysSet() {
        Distance task = new Distance(new float[COUNT], new float[COUNT]);
        Progress interrupter = event -> {
            if (event.done() == 7) {
                Thread.currentThread().interrupt();
            }
        };
        CancellationException thrown = assertThrows(CancellationException.class, () -> run(fit, task, interrupter));
        assertTrue(Thread.interrupted());
        assertTrue(String.valueOf(thrown.getMessage()).contains("after 7 of 400 steps"), thrown.getMessage());
        assertEquals(7, task.steps.size());
    }

    @Test
    void progressTellsWhereItStands() {
        List<Progress.Event> events = new ArrayList<>();
        run(fit.withSteps(60), new Distance(new float[COUNT], new float[COUNT]), events::add);
        assertEquals(60, events.size());
        Progress.Event tenth = events.get(9);
        assertEquals("fit test", tenth.stage());
        assertEquals(10, tenth.done());
        assertEquals(60, tenth.total());
        assertEquals(5 * tenth.seconds(), tenth.secondsLeft(), 1e-9);
        assertTrue(tenth.detail().matches("loss [\\d.]+, best held-out [\\d.]+"), tenth.detail());
    }

    @Test
    void splitsImagesWithoutOverlapByKey() {
        ImageSource images = Samples.source(Samples.walks(20, new ImageShape(1, 2, 2)));
        Fit.Split split = fit.withHeldOut(0.25).split(images, Rng.of(3));
        assertEquals(15, split.training().size());
        assertEquals(5, split.heldOut().size());
        float[][] all = new float[20][4];
        for (int i = 0; i < 20; i++) {
            (i < 15 ? split.training() : split.heldOut()).read(i < 15 ? i : i - 15, all[i], 0);
        }
        assertEquals(20, Arrays.stream(all).map(Arrays::toString).distinct().count());
        assertEquals(
                split.heldOut().hash(),
                fit.withHeldOut(0.25).split(images, Rng.of(3)).heldOut().hash());
        assertTrue(!split.heldOut()
                .hash()
                .equals(fit.withHeldOut(0.25).split(images, Rng.of(4)).heldOut().hash()));
        assertEquals(1, fit.withHeldOut(1e-9).split(images, Rng.of(3)).heldOut().size());
        assertEquals(
                1, fit.withHeldOut(0.999).split(images, Rng.of(3)).training().size());
        assertRefused(() -> fit.split(images.limit(1), Rng.of(3)), "at least 2", "got 1");
    }

    @Test
    void holdsOutNoMoreThanAQuarterOfTheImagesBetweenChecks() {
        ImageSource images = Samples.source(Samples.walks(1000, new ImageShape(1, 2, 2)));
        Fit often = fit.withHeldOut(0.5).withChecks(10, 3);
        assertEquals(500, often.split(images, Rng.of(3)).heldOut().size());
        assertEquals(500, often.split(images, 300, Rng.of(3)).heldOut().size());
        Fit.Split split = often.split(images, 40, Rng.of(3));
        assertEquals(100, split.heldOut().size());
        assertEquals(900, split.training().size());
        assertEquals(64, often.split(images, 4, Rng.of(3)).heldOut().size());
        assertEquals(10, often.split(images.limit(20), 4, Rng.of(3)).heldOut().size());
    }

    @Test
    void optionsCheckThemselves() {
        assertRefused(() -> Fit.steps(0), "steps >= 1", "got 0");
        assertRefused(() -> fit.withWarmup(400), "warm-up < steps", "400, 400");
        assertRefused(() -> fit.withRate(Double.POSITIVE_INFINITY), "finite rate", "Infinity");
        assertRefused(() -> fit.withRate(Double.NaN), "finite rate", "NaN");
        assertRefused(() -> fit.withClipNorm(-1), "clip norm", "-1");
        assertRefused(() -> fit.withHeldOut(0), "held-out", "0.0");
        assertRefused(() -> fit.withHeldOut(1), "held-out", "1.0");
        assertRefused(() -> fit.withChecks(0, 1), "checkEvery", "0, 1");
        assertRefused(() -> fit.withChecks(1, 0), "patience", "1, 0");
    }

    private FitLoop.Outcome run(Fit options, Distance task, Progress progress) {
        try (FitLoop trainer = new FitLoop("fit test", options, workers, parameters, List.of(first, second))) {
            return trainer.run(task, progress);
        }
    }

    private String failure(Distance task) {
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> run(fit, task, Progress.none()));
        return String.valueOf(thrown.getMessage());
    }

    private float[] values() {
        return parameters.view(parameters.values(), "p").toArray();
    }

    private static float[] scaled(float[] values, float factor) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = factor * values[i];
        }
        return scaled;
    }
}
