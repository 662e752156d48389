package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.noise.Weighting;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.testing.SystemProperty;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Training from start to end. */
class TrainerTest {

    private static final ImageSource IMAGES = Synthetic.images(22, 1);

    private static Trainer start(Recipe recipe, long seed) {
        return Trainer.start(recipe, IMAGES, Rng.of(seed), Progress.none());
    }

    private static float[] parameters(Trainer trainer) {
        return trainer.parameters().values().toArray();
    }

    private static double[] losses(Recipe recipe, long seed) {
        try (Trainer trainer = start(recipe, seed)) {
            trainer.run(Progress.none());
            return trainer.losses();
        }
    }

    @Test
    void theSameSeedGivesTheSameNumbersAndAnotherSeedOthers() {
        double[] first = losses(Synthetic.recipe(), 1);
        assertArrayEquals(first, losses(Synthetic.recipe(), 1));
        double[] other = losses(Synthetic.recipe(), 2);
        for (int i = 0; i < first.length; i++) {
            assertTrue(first[i] != other[i], "step " + i);
        }
    }

    @Test
    void aStepDoesNotDependOnHowTheBatchIsSplit() {
        Recipe recipe = Synthetic.recipe()
                .withTraining(Synthetic.recipe()
                        .training()
                        .withAugmentation(Augmentation.none().withFlip().withShift(2)));
        assertIndependentOfThreads(recipe);
        assertIndependentOfThreads(recipe.withSampling(TimeSampling.adaptive(TimeSampling.uniform())));
    }

    private static void assertIndependentOfThreads(Recipe recipe) {
        double[] one = SystemProperty.with(SystemProperty.THREADS, 1, () -> losses(recipe, 3));
        double[] two = SystemProperty.with(SystemProperty.THREADS, 2, () -> losses(recipe, 3));
        double[] seven = SystemProperty.with(SystemProperty.THREADS, 7, () -> losses(recipe, 3));
        assertEquals(20, one.length);
        assertArrayEquals(one, two, 1e-5);
        assertArrayEquals(one, seven, 1e-5);
    }

    @Test
    void everyImageIsReadOnceAnEpochHoweverFarAheadItIsRead() {
        List<Integer> read = Collections.synchronizedList(new ArrayList<>());
        ImageSource watched = new Watched(IMAGES, read::add);
        Recipe recipe = Synthetic.recipe()
                .withTraining(
                        Training.epochs(3).withBatchSize(11).withRate(1e-3).withWarmup(0));
        try (Trainer trainer = Trainer.start(recipe, watched, Rng.of(5), Progress.none())) {
            read.clear();
            trainer.run(Progress.none());
            assertEquals(6, trainer.totalSteps());
        }
        read.sort(null);
        List<Integer> expected = IntStream.range(0, 66).map(i -> i / 3).boxed().toList();
        assertEquals(expected, read);
    }

    @Test
    void aStepThatFailedAtAnImageCanBeTakenAgain() {
        AtomicBoolean broken = new AtomicBoolean();
        ImageSource fragile = new Watched(IMAGES, index -> {
            if (broken.get()) {
                throw new UncheckedIOException(new IOException("broken"));
            }
        });
        try (Trainer whole = start(Synthetic.recipe(), 1);
                Trainer trainer = Trainer.start(Synthetic.recipe(), fragile, Rng.of(1), Progress.none())) {
            broken.set(true);
            assertThrows(UncheckedIOException.class, trainer::step);
            broken.set(false);
            whole.run(Progress.none());
            trainer.run(Progress.none());
            assertArrayEquals(whole.losses(), trainer.losses());
        }
    }

    @Test
    void theNoiseLevelsFollowTheTimeSampling() {
        Recipe uniform = Synthetic.recipe();
        assertEquals(loss(uniform), loss(uniform.withSampling(TimeSampling.as(uniform.schedule()))), 1e-6);
        // A network that still predicts 0 errs alike at every level: only the weights tell the levels apart.
        // Levels that are almost clean are weighted by almost 1.
        Recipe clean = uniform.withSampling(TimeSampling.as(NoiseSchedule.laplace(12, 0.1)));
        Recipe full = uniform.withOutput(Space.IMAGE, Objective.originalImage().withWeighting(Weighting.UNIFORM));
        assertEquals(loss(full), loss(clean), 1e-4 * loss(full));
        assertTrue(loss(uniform) < 0.9 * loss(full));
    }

    /** Of the first step. */
    private static double loss(Recipe recipe) {
        try (Trainer trainer = Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none())) {
            return trainer.step();
        }
    }

    @Test
    void theLossFalls() {
        Recipe recipe = Synthetic.recipe()
                .withTraining(
                        Training.epochs(40).withBatchSize(11).withRate(5e-3).withWarmup(2));
        double[] losses = losses(recipe, 4);
        double first = Arrays.stream(losses, 0, 8).average().orElseThrow();
        double last = Arrays.stream(losses, losses.length - 8, losses.length)
                .average()
                .orElseThrow();
        assertTrue(last < 0.5 * first, () -> "loss from %s to %s".formatted(first, last));
    }

    @Test
    void theModelIsTheAverageOfTheWeightsIfOneIsKept() {
        Recipe recipe =
                Synthetic.recipe().withTraining(Synthetic.recipe().training().withAverageDecay(0.15));
        try (Trainer trainer = start(recipe, 6)) {
            float[] average = parameters(trainer);
            // The start values are forgotten quickly: 1/10, then the decay asked for.
            for (double decay : new double[] {0.1, 0.15, 0.15}) {
                trainer.step();
                float[] now = parameters(trainer);
                for (int i = 0; i < now.length; i++) {
                    average[i] = (float) (decay * average[i] + (1 - decay) * now[i]);
                }
            }
            float[] kept = trainer.result().toArray();
            Expect.close("average", average, kept, 1e-6);
            try (LatentDAE model = trainer.model();
                    Trainer last = start(Synthetic.recipe(), 6)) {
                for (int i = 0; i < 3; i++) {
                    last.step();
                }
                assertArrayEquals(parameters(last), parameters(trainer));
                try (LatentDAE unaveraged = last.model()) {
                    INDArray x = Synthetic.waves(2, 9);
                    assertTrue(model.represent(x).distance2(unaveraged.represent(x)) > 1e-4);
                }
            }
        }
    }

    @Test
    void theModelIsIndependentOfFurtherTraining() {
        try (Trainer trainer = start(Synthetic.recipe(), 7)) {
            trainer.step();
            try (LatentDAE model = trainer.model()) {
                INDArray x = Synthetic.waves(2, 9);
                INDArray before = model.represent(x);
                trainer.step();
                assertEquals(before, model.represent(x));
                assertEquals(trainer.parameterCount(), model.parameterCount());
                assertEquals(7, model.provenance().seed());
                assertEquals(IMAGES.hash(), model.provenance().dataHash());
                assertEquals(22, model.provenance().trainImages());
            }
        }
    }

    @Test
    void trainIsTheTrainerFromStartToEnd() {
        try (Trainer trainer = start(Synthetic.recipe(), 8);
                LatentDAE whole = Synthetic.recipe().train(IMAGES, Rng.of(8), Progress.none())) {
            trainer.run(Progress.none());
            try (LatentDAE model = trainer.model()) {
                INDArray x = Synthetic.waves(3, 9);
                assertEquals(model.represent(x), whole.represent(x));
            }
        }
    }

    @Test
    void progressIsToldEveryStep() {
        List<Progress.Event> events = new ArrayList<>();
        try (Trainer trainer = start(Synthetic.recipe(), 1)) {
            trainer.run(events::add);
        }
        assertEquals(20, events.size());
        for (int i = 0; i < 20; i++) {
            assertEquals("train", events.get(i).stage());
            assertEquals(i + 1, events.get(i).done());
            assertEquals(20, events.get(i).total());
        }
        assertEquals(0, events.get(19).secondsLeft());
    }

    @Test
    void interruptingTheThreadStopsEarlyAndTrainingCanGoOn() {
        try (Trainer trainer = start(Synthetic.recipe(), 1)) {
            trainer.run(event -> {
                if (event.done() == 5) {
                    Thread.currentThread().interrupt();
                }
            });
            assertTrue(Thread.interrupted(), "interrupt status is kept");
            assertEquals(5, trainer.losses().length);
            assertFalse(trainer.finished());
            trainer.run(Progress.none());
            assertTrue(trainer.finished());
            assertArrayEquals(losses(Synthetic.recipe(), 1), trainer.losses());
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsTrainingBeforeTheParametersChange() {
        Recipe recipe = Synthetic.recipe()
                .withTraining(Synthetic.recipe().training().withRate(1e30).withWarmup(0));
        try (Trainer trainer = start(recipe, 1)) {
            trainer.step();
            float[] before = parameters(trainer);
            String message =
                    String.valueOf(assertThrows(IllegalStateException.class, () -> trainer.run(Progress.none()))
                            .getMessage());
            assertTrue(
                    message.contains("step 2") && message.contains("rate") && message.contains("last loss"), message);
            assertArrayEquals(before, parameters(trainer));
            assertEquals(1, trainer.losses().length);
        }
    }

    @Test
    void aFinishedTrainerTakesNoFurtherStep() {
        try (Trainer trainer = start(Synthetic.recipe(), 1)) {
            trainer.run(Progress.none());
            Expect.refused(IllegalStateException.class, trainer::step, "finished", "20");
            trainer.run(Progress.none());
            assertEquals(20, trainer.losses().length);
        }
    }

    @Test
    void clippingLimitsTheStep() {
        Recipe free =
                Synthetic.recipe().withTraining(Synthetic.recipe().training().withClipNorm(0));
        Recipe loose = free.withTraining(free.training().withClipNorm(1e6));
        Recipe tight = free.withTraining(free.training().withClipNorm(1e-9));
        assertArrayEquals(losses(free, 1), losses(loose, 1));
        // Gradients below AdamW's epsilon hardly move the parameters.
        try (Trainer still = start(tight, 1)) {
            float[] before = parameters(still);
            still.run(Progress.none());
            float[] after = parameters(still);
            double moved = 0;
            for (int i = 0; i < before.length; i++) {
                moved = Math.max(moved, Math.abs(after[i] - before[i]));
            }
            assertTrue(moved > 0 && moved < 0.01, "moved " + moved);
        }
    }

    @Test
    void tooFewImagesForABatchAreRefused() {
        Recipe recipe = Synthetic.recipe().withTraining(Training.epochs(1).withBatchSize(23));
        Expect.refused(() -> start(recipe, 1).close(), "batch of 23", "22");
    }

    @Test
    void whatDoesNotGoWithTheImagesIsRefusedBeforeTheTokenizerIsFitted() {
        Progress never = event -> {
            throw new AssertionError("a tokenizer was fitted: " + event);
        };
        Recipe told = Synthetic.recipe().withLabels(ClassLabels.withDropout(0.1));
        Expect.refused(
                () -> Trainer.start(told, IMAGES, Rng.of(1), never).close(),
                "class labels",
                "carry none",
                "ClassLabels.none()");
        int most = Synthetic.recipe().tokenizer().grid(IMAGES.shape()).patchSize();
        Recipe latent = Synthetic.recipe().withInput(Space.LATENT).withOutput(Space.LATENT, Objective.latent());
        int patch = latent.tokenizer().patch();
        for (TokenizerOptions wide : List.of(
                PatchPCA.patch(patch).components(most + 1),
                PatchAE.patch(patch).dimension(most + 1),
                PatchVAE.patch(patch).dimension(most + 1),
                ConvVAE.factor(patch / 2).channels(most / 4 + 1))) {
            Expect.refused(
                    () -> Trainer.start(latent.withTokenizer(wide), IMAGES, Rng.of(1), never)
                            .close(),
                    "wider",
                    "at most D = P*P*C = " + most,
                    "got " + wide.dimension(),
                    "withDimension(" + most + ")");
        }
    }

    @Test
    void imagesThatDoNotFitThePatchAreRefused() {
        Recipe recipe = Synthetic.recipe().withTokenizer(PatchPCA.patch(5).components(5));
        Expect.refused(() -> start(recipe, 1).close(), "patch", "5");
    }
}
