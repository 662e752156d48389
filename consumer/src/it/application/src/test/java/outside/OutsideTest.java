package outside;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.data.NamedSet;
import org.ldae.deconstruction.Preset;
import org.ldae.deconstruction.Step;
import org.ldae.inference.Features;
import org.ldae.models.ClassLabels;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.probe.LinearProbe;
import org.ldae.report.StudyReport;
import org.ldae.sampling.Samples;
import org.ldae.study.Study;
import org.ldae.study.StudyResults;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.Saving;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Parts from a jar of their own, trained, saved, loaded, resumed, probed and sampled without a change to the library. */
class OutsideTest {

    private static final Dataset DATA = NamedSet.FASHION_MNIST.sample();
    private static final ImageSource IMAGES = DATA.train().limit(128);

    private static Recipe recipe() {
        return Recipe.latentDAE(new Dct(7, 8))
                .withOutput(Space.IMAGE, Objective.originalImage().withWeighting(new SignalPower(0.5)))
                .withSchedule(new Parabola())
                .withDenoiser(new TokenMlp(24))
                .withLabels(ClassLabels.withDropout(0.1))
                .withTraining(Training.epochs(2).withBatchSize(16));
    }

    @Test
    void partsOfOnesOwnTrainSaveResumeLoadAndProbe(@TempDir Path folder) throws IOException {
        Recipe recipe = recipe();
        assertEquals(recipe, Recipe.fromJson(recipe.toJson()));
        Path file = folder.resolve("run.safetensors");
        float[] whole;
        double[] losses;
        try (Trainer trainer = Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none())) {
            for (int i = 0; i < 5; i++) {
                trainer.step();
            }
            trainer.save(file);
            trainer.run(Progress.none(), Saving.to(folder.resolve("end.safetensors")));
            losses = trainer.losses();
            try (LatentDAE model = trainer.model()) {
                whole = floats(model.represent(IMAGES, Features.pooled()));
            }
        }
        assertTrue(losses[losses.length - 1] < losses[0]);
        try (Trainer resumed = Trainer.resume(file, recipe, IMAGES, Rng.of(1))) {
            resumed.run(Progress.none());
            assertArrayEquals(losses, resumed.losses());
        }
        try (LatentDAE loaded = LatentDAE.load(folder.resolve("end.safetensors"))) {
            INDArray features = loaded.represent(IMAGES, Features.pooled());
            assertArrayEquals(whole, floats(features));
            LinearProbe probe = new NearestCentroid().fit(features, IMAGES.labels());
            assertTrue(probe.accuracy(features, IMAGES.labels()) > 0.3);
        }
    }

    @Test
    void anObjectiveAndASamplerOfOnesOwn() {
        Recipe recipe = recipe().withOutput(Space.LATENT, new SmoothError(0.1, new SignalPower(1)));
        try (LatentDAE model = recipe.train(IMAGES, Rng.of(1), Progress.none())) {
            INDArray samples = Samples.of(model, new EvenSteps(5)).draw(3, Rng.of(2), Progress.none());
            assertArrayEquals(new long[] {3, 1, 28, 28}, samples.shape());
            assertTrue(samples.amaxNumber().doubleValue() <= 1);
        }
    }

    @Test
    void whatNobodyNamedTrainsButIsNotSaved(@TempDir Path folder) {
        record Unnamed() implements NoiseSchedule {
            @Override
            public double gamma(double t) {
                return 1;
            }

            @Override
            public double sigma(double t) {
                return t;
            }
        }
        Recipe recipe = recipe().withSchedule(new Unnamed());
        try (Trainer trainer = Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none())) {
            Saving saving = Saving.to(folder.resolve("run.safetensors"));
            String message = assertThrows(IllegalArgumentException.class, () -> trainer.run(Progress.none(), saving))
                    .getMessage();
            assertTrue(message.contains("kinds.add(NoiseSchedule.class"), message);
            assertEquals(0, trainer.losses().length, "refused before the first step");
            trainer.step();
        }
    }

    @Test
    void arraysAreEnoughInLatentSpaceAndMoreIsAskedFor() {
        TokenizerOptions arrays = new Arrays(7);
        try (LatentDAE model = Recipe.of(arrays)
                .withDenoiser(new TokenMlp(8))
                .withTraining(Training.epochs(1).withBatchSize(32))
                .train(IMAGES, Rng.of(1), Progress.none())) {
            assertEquals(8, model.represent(IMAGES).size(1));
        }
        Recipe image = Recipe.latentDAE(arrays);
        String message = assertThrows(IllegalArgumentException.class, image::requireSound)
                .getMessage();
        assertTrue(message.contains("orthonormal") && message.contains("Arrays"), message);
    }

    @Test
    void kernelsOfOnesOwnTrain() {
        String before = System.getProperty("ldae.kernels", "auto");
        System.setProperty("ldae.kernels", "counted");
        try (LatentDAE model = recipe().train(IMAGES, Rng.of(1), Progress.none())) {
            assertEquals(24, model.represent(IMAGES).size(1));
            assertTrue(CountedKernels.CALLS.get() > 100 /* of some dozens a step */, "calls: " + CountedKernels.CALLS);
        } finally {
            System.setProperty("ldae.kernels", before);
        }
    }

    @Test
    void aStepOfOnesOwnIsInTheStudyAndItsReport(@TempDir Path folder) throws IOException {
        Dataset some = new Dataset(DATA.train().limit(64), DATA.test().limit(64));
        Preset preset = Preset.tiny().withTraining(Training.epochs(1).withBatchSize(32));
        Step dct = Step.of("dct", "cosines instead of components", recipe -> recipe.withTokenizer(new Dct(7, 8)));
        Study study = Study.of(preset, List.of(1L)).withGroups(Set.of()).withSteps(dct);
        StudyResults results = study.run(some, folder, Progress.none());
        assertEquals(1, results.cells().size());
        Path page = StudyReport.of(results, study).write(folder);
        assertTrue(Files.readString(page).contains("cosines instead of components"));
    }

    @Test
    void theGuideShowsTheseParts() throws IOException {
        String guide = Files.readString(
                Path.of(System.getProperty("readme")).resolveSibling("docs").resolve("extending.md"));
        Matcher blocks = Pattern.compile("```java\n(package outside;.*?)\n```", Pattern.DOTALL)
                .matcher(guide);
        int shown = 0;
        for (; blocks.find(); shown++) {
            Matcher name =
                    Pattern.compile("public (?:record|final class) (\\w+)").matcher(blocks.group(1));
            assertTrue(name.find());
            Path file = Path.of("src", "test", "java", "outside", name.group(1) + ".java");
            assertEquals(Files.readString(file).strip(), blocks.group(1));
        }
        assertEquals(9, shown);
    }

    private static float[] floats(INDArray array) {
        return array.dup('c').data().asFloat();
    }
}
