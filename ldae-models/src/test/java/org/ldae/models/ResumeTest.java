package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.AdamW;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Checkpoints of a training run. */
class ResumeTest {

    private static final ImageSource IMAGES = Synthetic.images(22, 1);

    @TempDir
    Path folder;

    static Stream<Arguments> recipes() {
        Recipe base = Synthetic.recipe();
        Training training = base.training();
        Training all = training.withAverageDecay(0.9)
                .withOptimizer(AdamW.Options.defaults().withWeightDecay(0.1))
                .withAugmentation(Augmentation.none().withFlip().withShift(1));
        Recipe latent = base.withInput(Space.LATENT).withOutput(Space.LATENT, Objective.latent());
        return Stream.of(
                Arguments.of("as it is", base),
                Arguments.of("average, decay, augmentation", base.withTraining(all)),
                Arguments.of(
                        "times by the losses seen", base.withSampling(TimeSampling.adaptive(TimeSampling.uniform()))),
                Arguments.of("single level", base.withSchedule(NoiseSchedule.single(0.5))),
                Arguments.of("noise", base.withInput(Space.LATENT).withOutput(Space.LATENT, Objective.noise())),
                Arguments.of(
                        "patch-wise AE", latent.withTokenizer(PatchAE.patch(4).dimension(5))),
                Arguments.of(
                        "patch-wise VAE seen as images",
                        latent.withInput(Space.IMAGE)
                                .withTokenizer(PatchVAE.patch(4).dimension(5))),
                Arguments.of(
                        "convolutional VAE",
                        latent.withTokenizer(ConvVAE.factor(2)
                                .channels(1)
                                .withTraining(Training.steps(5).withBatchSize(8)))),
                Arguments.of(
                        "scale per component",
                        base.withTokenizer(Synthetic.tokenizer().withScale(LatentScale.PER_COMPONENT))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void tenStepsAndTenMoreEqualTwenty(String name, Recipe recipe) throws IOException {
        Path checkpoint = folder.resolve("run.safetensors");
        try (Trainer whole = start(recipe)) {
            whole.run(Progress.none());
            try (Trainer half = start(recipe)) {
                for (int i = 0; i < 10; i++) {
                    half.step();
                }
                half.save(checkpoint);
            }
            try (Trainer resumed = Trainer.resume(checkpoint, recipe, IMAGES, Rng.of(11))) {
                assertEquals(10, resumed.losses().length, name);
                resumed.run(Progress.none());
                assertArrayEquals(whole.losses(), resumed.losses(), name);
                assertArrayEquals(
                        whole.parameters().values().toArray(),
                        resumed.parameters().values().toArray(),
                        name);
                try (LatentDAE expected = whole.model();
                        LatentDAE actual = resumed.model()) {
                    INDArray x = Synthetic.waves(3, 2);
                    assertEquals(expected.represent(x), actual.represent(x), name);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void aCheckpointLoadsAsTheModelOfThatStep(String name, Recipe recipe) throws IOException {
        Path checkpoint = folder.resolve("run.safetensors");
        try (Trainer trainer = start(recipe)) {
            trainer.step();
            trainer.step();
            trainer.save(checkpoint);
            try (LatentDAE model = trainer.model();
                    LatentDAE loaded = LatentDAE.load(checkpoint)) {
                INDArray x = Synthetic.waves(3, 2);
                assertEquals(model.represent(x), loaded.represent(x), name);
                assertEquals(recipe, loaded.recipe());
                assertEquals(model.provenance(), loaded.provenance());
            }
        }
    }

    @Test
    void aRunCanBeSavedBeforeItsFirstAndAfterItsLastStep() throws IOException {
        Path checkpoint = folder.resolve("run.safetensors");
        try (Trainer trainer = start(Synthetic.recipe())) {
            trainer.save(checkpoint);
            try (Trainer resumed = Trainer.resume(checkpoint, Synthetic.recipe(), IMAGES, Rng.of(11))) {
                assertEquals(0, resumed.losses().length);
                assertEquals(trainer.step(), resumed.step());
            }
            trainer.run(Progress.none());
            trainer.save(checkpoint);
        }
        try (Trainer resumed = Trainer.resume(checkpoint, Synthetic.recipe(), IMAGES, Rng.of(11))) {
            assertTrue(resumed.finished());
        }
    }

    @Test
    void anotherRecipeIsRefusedByTheNameOfWhatDiffers() throws IOException {
        Path checkpoint = checkpoint();
        Recipe other = Synthetic.recipe()
                .withTraining(Synthetic.recipe().training().withRate(0.5))
                .withSchedule(NoiseSchedule.additive(2));
        Expect.refused(
                () -> resume(checkpoint, other, IMAGES),
                checkpoint.toString(),
                "training.rate=0.003 -> 0.5",
                "schedule.maxSigma=1.41",
                "-> 2.0");
    }

    /** Before, the run went on with its own seed, and results told the other one. */
    @Test
    void anotherSeedIsRefusedByWhatTheRunHasAndWhatWasAskedFor() throws IOException {
        Path checkpoint = checkpoint();
        Expect.refused(
                () -> Trainer.resume(checkpoint, Synthetic.recipe(), IMAGES, Rng.of(12))
                        .close(),
                checkpoint.toString(),
                "{seed=11 -> 12}");
    }

    @Test
    void aKeyBelowTheSeedGoesOnAsItBegan() throws IOException {
        Rng rng = Rng.of(11).stream("mine");
        Path checkpoint = folder.resolve("run.safetensors");
        try (Trainer trainer = Trainer.start(Synthetic.recipe(), IMAGES, rng, Progress.none())) {
            trainer.step();
            trainer.save(checkpoint);
            try (Trainer resumed = Trainer.resume(checkpoint, Synthetic.recipe(), IMAGES, rng)) {
                assertEquals(trainer.step(), resumed.step());
            }
        }
    }

    @Test
    void secondsCountAllSessions() throws IOException {
        Path checkpoint = folder.resolve("run.safetensors");
        double before;
        try (Trainer trainer = start(Synthetic.recipe())) {
            assertEquals(0, trainer.seconds());
            trainer.step();
            before = trainer.seconds();
            trainer.save(checkpoint);
        }
        try (Trainer resumed = Trainer.resume(checkpoint, Synthetic.recipe(), IMAGES, Rng.of(11))) {
            assertEquals(before, resumed.seconds());
            resumed.step();
            assertTrue(resumed.seconds() > before);
        }
    }

    @Test
    void otherImagesAreRefusedByTheirHash() throws IOException {
        Path checkpoint = checkpoint();
        ImageSource other = Synthetic.images(22, 2);
        Expect.refused(
                () -> resume(checkpoint, Synthetic.recipe(), other),
                checkpoint.toString(),
                IMAGES.hash(),
                other.hash());
    }

    @Test
    void aModelWithoutOptimiserStateIsRefused() throws IOException {
        Path path = folder.resolve("model.safetensors");
        try (LatentDAE model = LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(1))) {
            model.save(path);
        }
        Expect.refused(
                CheckpointException.class,
                () -> resume(path, Synthetic.recipe(), IMAGES),
                path.toString(),
                "training checkpoint",
                "LatentDAE.load");
    }

    @Test
    void aFailedResumeLeavesTheBlasThreadsAsTheyWere() throws IOException {
        Path checkpoint = checkpoint();
        Path damaged = folder.resolve("damaged.safetensors");
        // The name of the last tensor that is restored, of the same length.
        String text = Files.readString(checkpoint, StandardCharsets.ISO_8859_1)
                .replace("optimizer.second.head.bias", "optimizer.second.head.bios");
        Files.writeString(damaged, text, StandardCharsets.ISO_8859_1);
        int threads = Nd4j.factory().blas().getMaxThreads();
        int before = workers();
        assertThrows(IOException.class, () -> resume(damaged, Synthetic.recipe(), IMAGES));
        assertEquals(threads, Nd4j.factory().blas().getMaxThreads());
        assertTrue(workers() <= before, "worker threads left behind");
    }

    private static int workers() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("ldae-worker"))
                .count();
    }

    private Path checkpoint() throws IOException {
        Path checkpoint = folder.resolve("run.safetensors");
        try (Trainer trainer = start(Synthetic.recipe())) {
            trainer.step();
            trainer.save(checkpoint);
        }
        return checkpoint;
    }

    private static Trainer start(Recipe recipe) {
        return Trainer.start(recipe, IMAGES, Rng.of(11), Progress.none());
    }

    private static void resume(Path checkpoint, Recipe recipe, ImageSource images) throws IOException {
        Trainer.resume(checkpoint, recipe, images, Rng.of(11)).close();
    }
}
