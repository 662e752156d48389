package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.LinearMap;
import org.ldae.tokenizers.LinearTokenizer;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.ImagePart;
import org.ldae.training.Share;
import org.ldae.training.Step;
import org.ldae.training.Training;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;

/** Two levels of noise in an image, and the masked autoencoder as a corner of that. */
class DroppingTest {

    private static final ImageSource IMAGES = Synthetic.images(40, 3);
    private static final TokenGrid GRID = new TokenGrid(Synthetic.SHAPE, 4);
    /** Six tokens of two by three, of which three are visible. */
    private static final Dropping HALF = Dropping.of(0.5);

    private static Recipe masked() {
        return Recipe.masked(PatchPCA.patch(4).components(16), Synthetic.network())
                .withDropping(HALF)
                .withTraining(Training.epochs(5).withBatchSize(10).withRate(3e-3));
    }

    /** l-DAE with noise on what is visible. */
    private static Recipe twoLevels() {
        return Synthetic.recipe()
                .withSchedule(NoiseSchedule.single(0.4))
                .withDropping(HALF.withVisibleWeight(0.3))
                .withDenoiser(MaskedTransformer.of(Synthetic.network()));
    }

    /** Patches as they are. */
    private static Tokenizer pixels(TokenizerOptions options, TokenGrid grid) {
        double[][] identity = new double[grid.patchSize()][grid.patchSize()];
        for (int i = 0; i < identity.length; i++) {
            identity[i][i] = 1;
        }
        return new LinearTokenizer(options, grid, LinearMap.of(identity));
    }

    private static float[] random(int count, long seed) {
        float[] numbers = new float[count];
        Rng.of(seed).normals(numbers, 0, count);
        return numbers;
    }

    private static FittedRecipe fitted(Recipe recipe) {
        return new FittedRecipe(recipe, recipe.tokenizer().fit(IMAGES, Rng.of(0), Progress.none()), List.of());
    }

    /** Shows chosen tokens of each image. */
    private static void see(Harness harness, int... kept) {
        System.arraycopy(kept, 0, harness.pass.places(), 0, kept.length);
    }

    private static double loss(Harness harness, float[] pixels, int dimension) {
        int images = harness.pass.images();
        harness.pass.corrupt(pixels, random(pixels.length / 16 * dimension, 5), Denoiser.Conditions.of(images));
        float[] present = new float[images];
        Arrays.fill(present, 1);
        return harness.pass.loss(present, (double) images * harness.pass.errorsPerImage());
    }

    @Test
    void theMaskedAutoencodersLossAndEveryGradientEqualPyTorch() {
        Golden golden = Golden.read("models/masked");
        TokenGrid grid = new TokenGrid(new ImageShape(2, 4, 6), 2);
        VisionTransformer net = new VisionTransformer(12, 3, 2, 1, 2, Conditioning.NONE, 4);
        Recipe recipe = Recipe.masked(PatchPCA.patch(2).components(8), net)
                .withDropping(HALF)
                .withDenoiser(new MaskedTransformer(net, 12, false));
        try (Harness harness = new Harness(recipe, pixels(recipe.tokenizer(), grid), 3)) {
            for (String name : harness.parameters.names()) {
                harness.work.value(name).put(golden.floats("value." + name));
            }
            see(harness, 4, 0, 3, 1, 5, 2, 0, 2, 4);
            float[] patches = golden.floats("patches");
            harness.pass.corrupt(patches, new float[patches.length], Denoiser.Conditions.of(3));
            double count = 3.0 * harness.pass.errorsPerImage();
            assertEquals(golden.doubles("loss")[0], harness.pass.loss(new float[] {1, 1, 1}, count), 1e-5);
            harness.gradients();
            for (Parameters.Slot slot : harness.parameters.slots()) {
                float[] gradient = harness.work.gradient(slot.name()).toArray();
                Expect.close(slot.name(), golden.floats("gradient." + slot.name()), gradient, 2e-5);
            }
        }
    }

    /** The golden file holds what the class {@code MaskedAutoencoder} of version 0.1 came to, written by itself. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theCornerEqualsTheMaskedAutoencoderItReplaced(boolean normalised) {
        Golden golden = Golden.read("models/masked-training");
        String name = normalised ? "normalised" : "pixels";
        Recipe recipe = normalised
                ? masked()
                : masked().withOutput(Space.IMAGE, Objective.originalImage().withTailWeight(1));
        List<Double> losses = new ArrayList<>();
        try (LatentDAE model = recipe.train(
                IMAGES, Rng.of(1), event -> event.number(Progress.Quantity.LOSS).ifPresent(losses::add))) {
            float[] expected = golden.floats(name + ".losses");
            List<Double> steps = losses.subList(losses.size() - expected.length, losses.size());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], steps.get(i), 1e-5 * expected[i], "step " + i);
            }
            Expect.close(
                    "features",
                    golden.floats(name + ".features"),
                    Expect.numbers(model.represent(IMAGES.limit(8), Features.pooled())),
                    2e-4);
        }
    }

    @Test
    void theLossIsTheMeanOfTheDroppedPlusAWeightTimesThatOfTheVisible() {
        Recipe recipe =
                masked().withOutput(Space.IMAGE, Objective.originalImage().withTailWeight(1));
        float[] pixels = random(GRID.image().size(), 2);
        double[] byWeight = new double[2];
        for (int w = 0; w < 2; w++) {
            Recipe weighted = recipe.withDropping(HALF.withVisibleWeight(w));
            try (Harness harness = new Harness(weighted, pixels(recipe.tokenizer(), GRID), 1)) {
                see(harness, 4, 0, 3);
                byWeight[w] = loss(harness, pixels, 16);
                // The errors by hand, from the pass's own prediction.
                float[] prediction = harness.pass.denoised().toArray();
                double dropped = 0;
                double visible = 0;
                for (int i = 0; i < pixels.length; i++) {
                    double square = Math.pow(prediction[i] - pixels[i], 2) / (3 * 16);
                    if (IntStream.of(4, 0, 3).anyMatch(token(i)::equals)) {
                        visible += square;
                    } else {
                        dropped += square;
                    }
                }
                assertEquals(dropped + w * visible, byWeight[w], 1e-5);
            }
        }
        assertTrue(byWeight[1] > byWeight[0]);
    }

    private static Integer token(int number) {
        return number / 16;
    }

    @Test
    void whatIsDroppedChangesNothingButItsTarget() {
        float[] pixels = random(GRID.image().size(), 5);
        float[] others = pixels.clone();
        Arrays.fill(others, 2 * 16, 3 * 16, 9);
        try (Harness harness = new Harness(fitted(masked()), 1)) {
            see(harness, 4, 0, 3);
            loss(harness, pixels, 16);
            float[] one = harness.pass.denoised().toArray();
            loss(harness, others, 16);
            assertArrayEquals(one, harness.pass.denoised().toArray());
            see(harness, 4, 2, 3);
            loss(harness, others, 16);
            assertFalse(Arrays.equals(one, harness.pass.denoised().toArray()));
        }
    }

    @Test
    void aStepDependsOnItsKeyAndNotOnHowTheBatchIsSplit() {
        FittedRecipe fitted = fitted(twoLevels());
        Rng key = Rng.of(3).at(1);
        try (Harness harness = new Harness(fitted, 1)) {
            double whole = step(harness, fitted, List.of(new Share(0, 1, 0, 7, 7)), key);
            float[] gradients = taken(harness);
            double parts = step(harness, fitted, List.of(new Share(0, 2, 0, 3, 2), new Share(1, 2, 3, 7, 4)), key);
            assertEquals(whole, parts, 1e-6 * whole);
            Expect.close("gradients", gradients, taken(harness), 1e-5);
            double other = step(harness, fitted, List.of(new Share(0, 1, 0, 7, 7)), Rng.of(4));
            assertTrue(Math.abs(whole - other) > 1e-4, whole + " " + other);
        }
    }

    private static float[] taken(Harness harness) {
        float[] gradients = harness.work.gradients().toArray();
        harness.work.kernels().fill(harness.work.gradients(), 0);
        return gradients;
    }

    private static double step(Harness harness, FittedRecipe fitted, List<Share> shares, Rng key) {
        int[] batch = {8, 3, 1, 0, 5, 6, 2};
        ImagePart.Images read = (step, position) -> {
            float[] image = new float[IMAGES.shape().size()];
            IMAGES.read(batch[position], image, 0);
            return image;
        };
        double loss = 0;
        for (Share share : shares) {
            DenoisingImages pass = new DenoisingImages(fitted, harness.work, IMAGES, share.size(), null);
            loss += ImagePart.of(share, read, pass).run(Step.of(IMAGES, key, batch));
        }
        return loss;
    }

    @ParameterizedTest
    @CsvSource({"0.75, 1, 16", "0.75, 2, 16", "0.9, 1, 6", "0.5, 2, 32", "0.3, 1, 44"})
    void visibleTokensAreDrawnAllAlikeAndInBlocks(double share, int block, int visible) {
        TokenGrid grid = new TokenGrid(new ImageShape(3, 32, 32), 4);
        Dropping dropping = Dropping.of(share).withBlocks(block);
        assertEquals(visible, dropping.visible(grid));
        int[] often = new int[64];
        int[] places = new int[visible + 3];
        for (int draw = 0; draw < 4000; draw++) {
            dropping.draw(Rng.of(7).at(draw), grid, places, 3);
            int[] seen = Arrays.copyOfRange(places, 3, places.length);
            assertEquals(visible, IntStream.of(seen).distinct().count());
            IntStream.of(seen).forEach(token -> often[token]++);
            for (int first = 0; first < visible; first += block * block) {
                for (int i = 0; i < block * block; i++) {
                    assertEquals(seen[first] / 8 / block, seen[first + i] / 8 / block);
                    assertEquals(seen[first] % 8 / block, seen[first + i] % 8 / block);
                }
            }
        }
        double expected = 4000.0 * visible / 64;
        for (int token : often) {
            assertEquals(expected, token, 5 * Math.sqrt(expected));
        }
    }

    @Test
    void theRecipeIsWrittenReadAndUpgraded() {
        assertEquals(twoLevels(), Recipe.fromJson(twoLevels().toJson()));
        assertEquals("0.0 -> 0.5", Synthetic.recipe().diff(twoLevels()).get("dropping.share"));
        String old = Synthetic.recipe().toJson().replaceAll("\"dropping\": \\{[^}]*\\},", "");
        assertFalse(old.contains("dropping"));
        assertEquals(twoLevels(), Recipe.fromJson(twoLevels().toJson().replace("\"pooled\": false,", "")));
        assertEquals(Synthetic.recipe(), Recipe.fromJson(old));
    }

    @Test
    void refusals() {
        Expect.refused(() -> Dropping.of(1), "share", "[0, 1)", "1.0");
        Expect.refused(() -> Dropping.of(Double.NaN), "share", "NaN");
        Expect.refused(() -> HALF.withBlocks(0), "side >= 1", "0");
        Expect.refused(() -> Dropping.none().withVisibleWeight(0.1), "nothing is dropped", "0.1");
        Expect.refused(() -> masked().withDenoiser(Synthetic.network()).requireSound(), "subset", "MaskedTransformer");
        Expect.refused(() -> train(masked().withDropping(Dropping.of(0.9))), "L = 6", "0.9");
        Expect.refused(() -> train(masked().withDropping(HALF.withBlocks(2))), "2 x 3", "withBlocks");
        Expect.refused(() -> new MaskedTransformer(Synthetic.network(), 6, false), "decoder width", "6");
        VisionTransformer noDecoder = Synthetic.network().withBlocks(2, 0);
        Expect.refused(() -> MaskedTransformer.of(noDecoder), "decoder block", "0");
    }

    private static void train(Recipe recipe) {
        recipe.train(IMAGES, Rng.of(1), Progress.none()).close();
    }
}
