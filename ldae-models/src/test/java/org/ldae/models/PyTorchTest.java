package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Patches;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.noise.NoiseSchedule;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.AdamW;
import org.ldae.training.GradientDescent;
import org.ldae.training.LearningRate;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The whole l-DAE against PyTorch in float64 (src/test/python/vit.py). */
class PyTorchTest {

    private static final double TOLERANCE = 2e-5;
    private static final int IMAGES = 3;
    private static final TokenGrid GRID = new TokenGrid(new ImageShape(2, 4, 6), 2);

    @ParameterizedTest
    @CsvSource({"plain, NONE", "adaln_zero, ADALN_ZERO", "classes, ADALN_ZERO"})
    void predictionFeaturesLossAndEveryGradient(String file, Conditioning conditioning) {
        Golden golden = Golden.read("models/" + file);
        try (Harness harness = harness(golden, recipe(file, conditioning))) {
            corrupt(golden, harness.pass);
            float[][] features = {new float[golden.floats("features").length]};
            harness.pass.features(new int[] {1}, features);
            Expect.close("features", golden.floats("features"), features[0], TOLERANCE);
            Expect.close(
                    "prediction",
                    golden.floats("prediction"),
                    harness.pass.denoised().toArray(),
                    TOLERANCE);
            assertEquals(golden.doubles("loss")[0], loss(harness.pass), 1e-6);
            float[] flat = harness.gradients();
            for (Parameters.Slot slot : harness.parameters.slots()) {
                float[] gradient = new float[slot.rows() * slot.columns()];
                System.arraycopy(flat, slot.offset(), gradient, 0, gradient.length);
                Expect.close(slot.name(), golden.floats("gradient." + slot.name()), gradient, TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"plain, NONE", "adaln_zero, ADALN_ZERO", "classes, ADALN_ZERO"})
    void tenStepsOfTraining(String file, Conditioning conditioning) {
        Golden golden = Golden.read("models/" + file);
        double[] expected = golden.doubles("curve");
        LearningRate rate = new LearningRate(1e-2, 2, 10);
        AdamW.Options options = AdamW.Options.defaults().withBeta2(0.95).withWeightDecay(0.05);
        try (Harness harness = harness(golden, recipe(file, conditioning));
                Workers workers = new Workers();
                GradientDescent descent =
                        new GradientDescent(workers, harness.parameters, List.of(harness.work), options, 0.5)) {
            for (int step = 1; step <= expected.length; step++) {
                corrupt(golden, harness.pass);
                assertEquals(expected[step - 1], loss(harness.pass), 2e-5, "loss of step " + step);
                harness.gradients();
                descent.update(rate.at(step), step, descent.sum());
            }
        }
    }

    private static Recipe recipe(String file, Conditioning conditioning) {
        NoiseSchedule schedule =
                conditioning == Conditioning.NONE ? NoiseSchedule.linear() : NoiseSchedule.additive(Math.sqrt(2));
        return Recipe.latentDAE(PatchPCA.patch(2).components(3))
                .withSchedule(schedule)
                .withDenoiser(new VisionTransformer(12, 3, 1, 1, 2, conditioning, 4))
                .withLabels(file.equals("classes") ? ClassLabels.withDropout(0.1) : ClassLabels.none());
    }

    private static Harness harness(Golden golden, Recipe recipe) {
        Map<String, INDArray> tensors = new HashMap<>();
        for (String name : List.of("mean", "basis", "eigenvalues", "scale")) {
            tensors.put(name, golden.array(name));
        }
        List<String> classes = recipe.labels().told() ? List.of("a", "b", "c") : List.of();
        Harness harness = new Harness(
                new FittedRecipe(recipe, recipe.tokenizer().restore(GRID.image(), tensors), classes), IMAGES);
        for (String name : harness.parameters.names()) {
            harness.work.value(name).put(golden.floats("value." + name));
        }
        return harness;
    }

    private static void corrupt(Golden golden, DenoisingPass pass) {
        float[] images = golden.floats("images");
        float[] patches = new float[images.length];
        for (int i = 0; i < IMAGES; i++) {
            int at = i * GRID.image().size();
            Patches.of(GRID).gather(images, at, patches, at);
        }
        Denoiser.Conditions conditions = Denoiser.Conditions.at(golden.floats("times"));
        // The second image's label is left out; networks without classes look at none.
        System.arraycopy(new int[] {2, Denoiser.Conditions.NO_LABEL, 0}, 0, conditions.labels(), 0, IMAGES);
        pass.corrupt(patches, golden.floats("noise"), conditions);
    }

    private static double loss(DenoisingPass pass) {
        return pass.loss(new float[] {1, 1, 1}, (double) IMAGES * pass.errorsPerImage());
    }
}
