package org.ldae.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.core.Progress;
import org.ldae.core.Progress.Quantity;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

class TrainingLoopTest {

    private static final Training TRAINING =
            Training.steps(400).withBatchSize(8).withRate(0.05).withClipNorm(0);
    private static final Training CHECKED =
            TRAINING.withHeldOut(HeldOut.every(10).withPatience(4));

    @TempDir
    Path folder;

    private static Means means(Training training) {
        return new Means(Means.random(20), Optional.of(Means.constant(5, 0.5)), training);
    }

    /** On the way from 1 to -1 the numbers pass 0.5, the optimum of the images held out. */
    private static Means passing(Training training) {
        return new Means(Means.constant(20, -1), Optional.of(Means.constant(5, 0.5)), training);
    }

    private static TrainingLoop loop(Task task, Training training) {
        return new TrainingLoop(task, training, Rng.of(9), GradientExchange.alone());
    }

    @Test
    void trainsToTheMinimum() {
        try (Means task = passing(TRAINING);
                TrainingLoop loop = loop(task, TRAINING)) {
            loop.run(Progress.none(), Saving.none());
            assertTrue(loop.finished());
            assertEquals(400, loop.losses().length);
            assertEquals(3 * 0.5 * 4, loop.losses()[0], 1e-6);
            assertArrayEquals(new float[] {-1, -1, -1}, task.values(0), 1e-3f);
        }
    }

    @Test
    void stopsWhenTheHeldOutLossRisesAndKeepsTheBest() {
        try (Means task = passing(CHECKED);
                TrainingLoop loop = loop(task, CHECKED)) {
            loop.run(Progress.none(), Saving.none());
            assertEquals(loop.bestStep() + 40, loop.losses().length, "patience is four checks of ten steps");
            float[] best = loop.result(0).toArray();
            double loss = 3 * 0.5 * Math.pow(best[0] - 0.5, 2);
            assertEquals(loop.heldOutLoss(), loss, 1e-6);
            assertEquals(0.5, best[0], 0.3);
            assertTrue(task.values(0)[0] < best[0]);
        }
        try (Means task = passing(CHECKED)) {
            TrainingLoop.train(task, CHECKED, Rng.of(9), Session.of(Progress.none()));
            assertEquals(0.5, task.values(0)[0], 0.3, "the parameters are left as the best");
        }
    }

    @Test
    void checksJudgeTheAverageIfItIsWhatIsKept() {
        Training averaged = CHECKED.withAverageDecay(0.99).withLength(40);
        try (Means task = passing(averaged);
                TrainingLoop loop = loop(task, averaged)) {
            loop.run(Progress.none(), Saving.none());
            float[] best = loop.result(0).toArray();
            assertEquals(loop.heldOutLoss(), 3 * 0.5 * Math.pow(best[0] - 0.5, 2), 1e-6);
            assertNotEquals(task.values(0)[0], best[0]);
        }
    }

    @Test
    void aGameRunsToItsEndAndItsNetworksLearnInTurn() {
        try (Means task = means(CHECKED).rival()) {
            assertEquals(400, TrainingLoop.train(task, CHECKED, Rng.of(9), Session.of(Progress.none())));
            assertArrayEquals(task.values(0), task.values(1), 0.05f);
        }
        try (Means task = means(TRAINING).rival();
                TrainingLoop loop = loop(task, TRAINING)) {
            for (int step = 0; step < 3; step++) {
                loop.step();
                assertTrue(Double.isNaN(loop.loss(1)));
            }
            assertArrayEquals(new float[] {1, 1, 1}, task.values(1));
            loop.step();
            assertTrue(loop.loss(1) >= 0);
            assertNotEquals(1f, task.values(1)[0]);
        }
    }

    @Test
    void aLossThatIsNotFiniteNamesStepRateAndLastLoss() {
        try (Means task = means(TRAINING).spoiled(29);
                TrainingLoop loop = loop(task, TRAINING)) {
            String message = String.valueOf(
                    assertThrows(IllegalStateException.class, () -> loop.run(Progress.none(), Saving.none()))
                            .getMessage());
            for (String part : List.of("means: loss NaN at step 30 (rate 0.0499)", "last loss 0.", "lower the rate")) {
                assertTrue(message.contains(part), message);
            }
        }
    }

    @Test
    void anInterruptEndsTheFitAndStaysSet() {
        Session session = Session.of(event -> {
            if (event.done() == 7) {
                Thread.currentThread().interrupt();
            }
        });
        try (Means task = means(TRAINING)) {
            CancellationException thrown = assertThrows(
                    CancellationException.class, () -> TrainingLoop.train(task, TRAINING, Rng.of(9), session));
            assertTrue(Thread.interrupted());
            assertTrue(
                    String.valueOf(thrown.getMessage()).contains("after 7 of 400 steps; nothing is kept"),
                    thrown.getMessage());
        }
    }

    @Test
    void progressTellsNumbers() {
        List<Progress.Event> events = new ArrayList<>();
        Training brief = CHECKED.withLength(60);
        try (Means task = means(brief)) {
            TrainingLoop.train(task, brief, Rng.of(9), Session.of(events::add));
        }
        Progress.Event tenth = events.get(9);
        assertEquals("means", tenth.stage());
        assertEquals(10, tenth.done());
        assertEquals(60, tenth.total());
        assertEquals(5, tenth.number(Quantity.EPOCH).orElseThrow());
        assertEquals(brief.schedule(20).at(10), tenth.number(Quantity.RATE).orElseThrow());
        assertTrue(tenth.number(Quantity.LOSS).orElseThrow() > 0);
        assertTrue(tenth.number(Quantity.HELD_OUT_LOSS).orElseThrow() > 0);
        assertTrue(tenth.number(Quantity.IMAGES_PER_SECOND).orElseThrow() > 0);
        assertTrue(events.get(8).number(Quantity.HELD_OUT_LOSS).isEmpty());
        assertTrue(tenth.secondsLeft() > 0);
    }

    @ParameterizedTest
    @CsvSource({"false, 0", "true, 0", "true, 0.9"})
    void killedAndResumedItEndsWithTheSameBits(boolean game, double decay) throws IOException {
        Training training = CHECKED.withLength(50).withAverageDecay(decay);
        Path file = folder.resolve("run.safetensors");
        Session session = Session.of(Progress.none()).withSaving(Saving.to(file));
        try (Means whole = means(training);
                Means parts = means(training);
                Means again = means(training)) {
            for (Means each : List.of(whole, parts, again)) {
                if (game) {
                    each.rival();
                }
            }
            TrainingLoop.train(whole, training, Rng.of(9), Session.of(Progress.none()));
            try (TrainingLoop loop = loop(parts, training)) {
                for (int step = 0; step < 23; step++) {
                    loop.step();
                }
                loop.save(file);
            }
            int steps = TrainingLoop.train(parts, training, Rng.of(9), session);
            for (int network = 0; network < (game ? 2 : 1); network++) {
                assertArrayEquals(whole.values(network), parts.values(network));
            }
            // Finished, it is not trained again.
            assertEquals(steps, TrainingLoop.train(again, training, Rng.of(9), session));
            assertArrayEquals(whole.values(0), again.values(0));
        }
    }

    @Test
    void anotherRunIsNotResumed() throws IOException {
        Path file = folder.resolve("run.safetensors");
        Session session = Session.of(Progress.none()).withSaving(Saving.to(file));
        Training brief = TRAINING.withLength(5);
        try (Means task = means(brief)) {
            TrainingLoop.train(task, brief, Rng.of(9), session);
            for (var refused : List.of(
                    assertThrows(
                            IllegalArgumentException.class, () -> TrainingLoop.train(task, brief, Rng.of(8), session)),
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> TrainingLoop.train(task, brief.withRate(1), Rng.of(9), session)))) {
                String message = String.valueOf(refused.getMessage());
                assertTrue(message.contains("run.safetensors") && message.contains("of the same"), message);
            }
        }
    }

    @Test
    void aSaveThatFailsIsAWarningAndIsTriedAgain() throws IOException {
        Path missing = folder.resolve("later").resolve("run.safetensors");
        List<String> warnings = new ArrayList<>();
        Progress listener = new Progress() {
            @Override
            public void update(Event event) {
                if (event.done() == 3) {
                    assertDoesNotFail(() -> Files.createDirectory(folder.resolve("later")));
                }
            }

            @Override
            public void warn(String message) {
                warnings.add(message);
            }
        };
        Training brief = TRAINING.withLength(5);
        try (Means task = means(brief)) {
            Saving often = Saving.to(missing).withSeconds(0);
            TrainingLoop.train(task, brief, Rng.of(9), Session.of(listener).withSaving(often));
        }
        assertEquals(2, warnings.size(), warnings::toString);
        assertTrue(warnings.get(0).contains("means: step 1 could not be saved to " + missing), warnings::toString);
        assertTrue(Files.exists(missing));
    }

    private interface Action {
        void run() throws IOException;
    }

    private static void assertDoesNotFail(Action action) {
        try {
            action.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A check that fails leaves the trained weights where they were, and not their average. */
    @Test
    void aFailedCheckKeepsTheWeights() {
        ImageSource images = Means.random(32);
        Training training = Training.steps(6)
                .withBatchSize(8)
                .withRate(0.1)
                .withAverageDecay(0.9)
                .withHeldOut(HeldOut.every(2));
        float[][] after = new float[2][];
        for (int run = 0; run < 2; run++) {
            ImageSource held = images(Means.random(8), run == 1);
            try (Means task = new Means(images, Optional.of(held), training);
                    TrainingLoop loop = new TrainingLoop(task, training, Rng.of(3), GradientExchange.alone())) {
                for (int step = 0; step < 3; step++) {
                    try {
                        loop.step();
                    } catch (UncheckedIOException e) {
                        assertEquals(1, run);
                    }
                }
                after[run] = task.values(0);
            }
        }
        assertArrayEquals(after[0], after[1]);
    }

    /** Images whose first reading fails, if told so. */
    private static ImageSource images(ImageSource all, boolean fails) {
        AtomicBoolean failing = new AtomicBoolean(fails);
        return (ImageSource) Proxy.newProxyInstance(
                ImageSource.class.getClassLoader(), new Class<?>[] {ImageSource.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("readFinite") && failing.getAndSet(false)) {
                        throw new UncheckedIOException(new IOException("unplugged"));
                    }
                    return method.invoke(all, arguments);
                });
    }
}
