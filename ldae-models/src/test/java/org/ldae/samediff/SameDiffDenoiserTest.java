package org.ldae.samediff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.ClassLabels;
import org.ldae.models.Expect;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Linear.Sides;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Workspace;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Saving;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.autodiff.samediff.SDVariable;

/** Networks whose gradients ND4J finds, against those written by hand; trained, saved, loaded, resumed. */
class SameDiffDenoiserTest {

    private static final TokenGrid GRID = new TokenGrid(new ImageShape(1, 16, 16), 4);
    private static final int IMAGES = 3;

    private static Denoiser.Signature signature() {
        return Denoiser.Signature.of(GRID, 8, 5).withTime(true).withClasses(4);
    }

    private static VisionTransformer byHand() {
        return new VisionTransformer(16, 2, 2, 1, 2, VisionTransformer.Conditioning.ADALN_ZERO, 8);
    }

    /** What a network gives, and the gradients of its parameters by their names. */
    private static Map<String, float[]> run(Denoiser net, List<Parameters.Slot> slots) {
        try (Parameters parameters = net.layout(signature()).zeros();
                Workspace work = Workspace.training(Backend.kernels(), parameters)) {
            for (Parameters.Slot slot : slots) {
                work.value(slot.name()).put(normals(slot.name(), slot.rows() * slot.columns(), 0.3f));
            }
            Denoiser.Pass pass = net.pass(work, signature(), IMAGES);
            // Cosines of angles of some hundred radians differ between floats and doubles.
            Conditions conditions = Conditions.at(0.0005f, 0.001f, 0.002f);
            conditions.labels()[1] = 2;
            Tensor input = pass.input();
            input.put(normals("input", input.size(), 1));
            float[] middle = pass.features(conditions, 2).toArray();
            float[] prediction = pass.forward(conditions).toArray();
            Tensor d = work.allocate(input.rows(), 5);
            d.put(normals("d", d.size(), 1));
            pass.backward(d);
            Map<String, float[]> results = new LinkedHashMap<>();
            results.put("features", middle);
            results.put("prediction", prediction);
            slots.forEach(
                    slot -> results.put(slot.name(), work.gradient(slot.name()).toArray()));
            return results;
        }
    }

    private static float[] normals(String name, int count, float scale) {
        float[] numbers = new float[count];
        Rng.of(1).stream(name).normals(numbers, 0, count);
        for (int i = 0; i < count; i++) {
            numbers[i] *= scale;
        }
        return numbers;
    }

    @Test
    void aTransformerAgreesWithTheOneWrittenByHand() {
        List<Parameters.Slot> slots = byHand().layout(signature()).slots();
        GraphTransformer graph = new GraphTransformer(16, 2, 3, 8);
        assertEquals(
                slots.stream()
                        .map(slot -> slot.name() + slot.rows() + slot.columns() + slot.init())
                        .sorted()
                        .toList(),
                graph.layout(signature()).slots().stream()
                        .map(slot -> slot.name() + slot.rows() + slot.columns() + slot.init())
                        .sorted()
                        .toList());
        Map<String, float[]> found = run(graph, slots);
        run(byHand(), slots).forEach((name, expected) -> {
            float[] actual = found.getOrDefault(name, new float[0]);
            Expect.close(name, expected, actual, 5e-6);
        });
    }

    private static final ImageSource PICTURES = ImageSource.of(
            Synthetic.waves(20, 1), IntStream.range(0, 20).map(i -> i % 3).toArray(), List.of("a", "b", "c"));

    private static Recipe recipe(Denoiser net) {
        return Recipe.latentDAE(PatchPCA.patch(4).components(6))
                .withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.noise())
                .withSchedule(NoiseSchedule.ddpm())
                .withDenoiser(net)
                .withLabels(ClassLabels.withDropout(0.1))
                .withTraining(Training.epochs(4).withBatchSize(5).withRate(3e-3).withWarmup(0.5));
    }

    @Test
    void trainsSavesLoadsAndResumesToTheBit(@TempDir Path folder) throws IOException {
        Recipe recipe = recipe(new GraphTransformer(8, 2, 2, 8));
        assertEquals(recipe, Recipe.fromJson(recipe.toJson()));
        Path half = folder.resolve("half.safetensors");
        Path end = folder.resolve("end.safetensors");
        double[] losses;
        float[] features;
        try (Trainer trainer = Trainer.start(recipe, PICTURES, Rng.of(1), Progress.none())) {
            for (int i = 0; i < 5; i++) {
                trainer.step();
            }
            trainer.save(half);
            trainer.run(Progress.none(), Saving.to(end));
            losses = trainer.losses();
            try (LatentDAE model = trainer.model()) {
                features = Expect.numbers(model.represent(PICTURES, Features.pooled()));
            }
        }
        try (Trainer resumed = Trainer.resume(half, recipe, PICTURES, Rng.of(1))) {
            resumed.run(Progress.none());
            assertArrayEquals(losses, resumed.losses());
        }
        try (LatentDAE loaded = LatentDAE.load(end)) {
            assertArrayEquals(features, Expect.numbers(loaded.represent(PICTURES, Features.pooled())));
        }
    }

    @Test
    void trainsAsTheOneWrittenByHand() {
        VisionTransformer hand = new VisionTransformer(8, 2, 1, 1, 2, VisionTransformer.Conditioning.ADALN_ZERO, 8);
        double[] expected = losses(recipe(hand));
        assertArrayEquals(expected, losses(recipe(new GraphTransformer(8, 2, 2, 8))), 1e-3);
    }

    private static double[] losses(Recipe recipe) {
        try (Trainer trainer = Trainer.start(recipe, PICTURES, Rng.of(1), Progress.none())) {
            trainer.run(Progress.none());
            return trainer.losses();
        }
    }

    @Test
    void theJavadocShowsANetworkThatTrains() throws IOException {
        Path folder = Path.of("src").resolve("%s/java/org/ldae/samediff");
        String shown = Files.readString(Path.of(folder.toString().formatted("main"), "SameDiffDenoiser.java"))
                .replace(" * ", "");
        String compiled = Files.readString(Path.of(folder.toString().formatted("test"), "TokenMlp.java"));
        assertTrue(words(shown).contains(words(compiled.substring(compiled.indexOf("public record")))));
        double[] losses = losses(recipe(new TokenMlp(16)).withLabels(ClassLabels.none()));
        assertTrue(losses[losses.length - 1] < losses[0]);
    }

    private static String words(String text) {
        return text.replace("@Override", "").replaceAll("\\s+", " ");
    }

    /** A network that forgets something. */
    private record Wrong(int declared, boolean uses, int outputs) implements SameDiffDenoiser {
        @Override
        public int blocks() {
            return declared;
        }

        @Override
        public int width(int block) {
            return 4;
        }

        @Override
        public SDVariable build(Graph g) {
            SDVariable x = g.block(g.linear("embed", g.input(), new Sides(8, 4)));
            SDVariable extra = g.parameter("extra", 1, 4, Init.ONES);
            return g.linear("head", uses ? x.mul(extra) : x, new Sides(4, outputs));
        }
    }

    @Test
    void mistakesAreNamed() {
        try (Parameters parameters = new Wrong(1, true, 5).layout(signature()).initialise(Rng.of(1));
                Workspace work = Workspace.training(Backend.kernels(), parameters)) {
            Expect.refused(
                    IllegalArgumentException.class,
                    () -> new Wrong(2, true, 5).pass(work, signature(), 1),
                    "blocks() = 2",
                    "got 1");
            Denoiser.Pass unused = new Wrong(1, false, 5).pass(work, signature(), 1);
            Tensor prediction = unused.forward(Conditions.of(1));
            Expect.refused(IllegalStateException.class, () -> unused.backward(prediction), "extra");
        }
        try (Parameters parameters = new Wrong(1, true, 3).layout(signature()).initialise(Rng.of(1));
                Workspace work = Workspace.inference(Backend.kernels(), parameters)) {
            Denoiser.Pass wide = new Wrong(1, true, 3).pass(work, signature(), 1);
            Expect.refused(
                    IllegalArgumentException.class, () -> wide.forward(Conditions.of(1)), "the prediction", "[16, 3]");
        }
    }
}
