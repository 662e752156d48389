package org.ldae.front;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.checkpoint.Safetensors;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.Dropping;
import org.ldae.models.Expect;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Slope;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.objective.Space;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The front's windows against plain loops, its whitening, and what training leaves alone. */
class WhitenedFrontTest {

    private static final VisionTransformer NET =
            VisionTransformer.tiny().withWidth(8, 2).withBlocks(1, 1);

    private static final WhitenedFront FRONT = new WhitenedFront(NET, 5, 6, 2, 0.1);

    /** 8 x 12 pixels in one channel, of three classes. */
    private static final ImageSource IMAGES = ImageSource.of(
            Synthetic.waves(20, 1), IntStream.range(0, 20).map(i -> i % 3).toArray(), List.of("a", "b", "c"));

    private static Recipe recipe() {
        return Recipe.singleLevel(PatchPCA.patch(4).components(6))
                .withDenoiser(FRONT)
                .withTraining(Training.epochs(6).withBatchSize(5).withRate(3e-3).withWarmup(0.5));
    }

    /** Shows what a network behind the front is given. */
    private record Shown() implements Denoiser {
        @Override
        public int blocks() {
            return 1;
        }

        @Override
        public int encoderBlocks() {
            return 1;
        }

        @Override
        public int width(int block) {
            return 1;
        }

        @Override
        public Parameters.Layout layout(Signature signature) {
            return Parameters.layout();
        }

        @Override
        public Pass pass(Workspace work, Signature signature, int images) {
            Tensor input = work.allocate(images * signature.grid().tokens(), signature.inputs());
            return new Pass() {
                @Override
                public Tensor input() {
                    return input;
                }

                @Override
                public Tensor forward(Conditions conditions) {
                    return input;
                }

                @Override
                public Tensor features(Conditions conditions, int block) {
                    return input;
                }

                @Override
                public void backward(Tensor dPrediction) {}
            };
        }
    }

    private static float[] normals(int count, long seed) {
        float[] numbers = new float[count];
        Rng.of(seed).normals(numbers, 0, count);
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({"3, 8, 12, 4, 6, 2", "1, 8, 8, 4, 4, 4", "2, 6, 9, 3, 5, 3", "1, 4, 6, 2, 3, 1"})
    void tokensAreTheWindowsOfTheirPatchSplitBySign(
            int channels, int height, int width, int patch, int side, int stride) {
        TokenGrid grid = new TokenGrid(new ImageShape(channels, height, width), patch);
        WhitenedFront front = new WhitenedFront(new Shown(), 2, side, stride, 0.1);
        Denoiser.Signature signature = Denoiser.Signature.of(grid, grid.patchSize(), 1);
        int images = 2;
        float[] filters = normals(2 * side * side * channels, 1);
        float[] offsets = normals(2, 2);
        float[] input = normals(images * height * width * channels, 3);
        float[] shown;
        try (Parameters parameters = front.layout(signature).initialise(Rng.of(1));
                Workspace work = Workspace.inference(Backend.kernels(), parameters)) {
            work.value(WhitenedFront.FILTERS).put(filters);
            work.value(WhitenedFront.OFFSETS).put(offsets);
            Denoiser.Pass pass = front.pass(work, signature, images);
            pass.input().put(input);
            shown = pass.forward(Denoiser.Conditions.of(images)).toArray();
        }
        int across = patch / stride;
        int around = (side - stride) / 2;
        int at = 0;
        float[] expected = new float[shown.length];
        for (int token = 0; token < images * grid.tokens(); token++) {
            int image = token / grid.tokens();
            int row = token % grid.tokens() / grid.columns();
            int column = token % grid.columns();
            for (int window = 0; window < across * across; window++) {
                int top = row * patch + window / across * stride - around;
                int left = column * patch + window % across * stride - around;
                double[] z = {offsets[0], offsets[1]};
                for (int p = 0; p < side; p++) {
                    for (int q = 0; q < side; q++) {
                        for (int c = 0; c < channels; c++) {
                            int y = top + p;
                            int x = left + q;
                            if (y >= 0 && y < height && x >= 0 && x < width) {
                                int there = image * grid.tokens() + y / patch * grid.columns() + x / patch;
                                float pixel = input[
                                        there * grid.patchSize() + (y % patch * patch + x % patch) * channels + c];
                                for (int k = 0; k < 2; k++) {
                                    z[k] += pixel * filters[((k * side + p) * side + q) * channels + c];
                                }
                            }
                        }
                    }
                }
                expected[at++] = (float) Math.max(0, z[0]);
                expected[at++] = (float) Math.max(0, z[1]);
                expected[at++] = (float) Math.max(0, -z[0]);
                expected[at++] = (float) Math.max(0, -z[1]);
            }
        }
        assertEquals(expected.length, at);
        Expect.close("windows", expected, shown, 1e-5);
    }

    @Test
    void componentsOfWindowsHaveNoMeanVarianceOneAndNoCorrelation() {
        WhitenedFront front = new WhitenedFront(NET, 3, 4, 2, 0);
        WindowComponents found = WindowComponents.of(IMAGES, front, Rng.of(1));
        int count = 50_000;
        float[] windows = ImageWindows.draw(IMAGES, 4, count, Rng.of(2)); // others than it was fitted on
        double[][] products = new double[3][4];
        for (int i = 0; i < count; i++) {
            double[] z = {found.offsets()[0], found.offsets()[1], found.offsets()[2], 1};
            for (int k = 0; k < 3; k++) {
                for (int j = 0; j < 16; j++) {
                    z[k] += found.filters()[k * 16 + j] * windows[i * 16 + j];
                }
            }
            for (int k = 0; k < 3; k++) {
                for (int l = 0; l < 4; l++) {
                    products[k][l] += z[k] * z[l] / count;
                }
            }
        }
        for (int k = 0; k < 3; k++) {
            for (int l = 0; l < 4; l++) {
                assertEquals(k == l ? 1 : 0, products[k][l], 0.05);
            }
        }
    }

    @Test
    void gradientsBehindItAreThoseOfDifferences() {
        TokenGrid grid = new TokenGrid(new ImageShape(2, 8, 8), 4);
        Denoiser.Signature signature = Denoiser.Signature.of(grid, grid.patchSize(), 3);
        WhitenedFront front = new WhitenedFront(NET, 4, 6, 2, 0.1);
        float[] slope = normals(2 * grid.tokens() * 3, 4);
        try (Parameters parameters = front.layout(signature).initialise(Rng.of(1));
                Workspace work = Workspace.training(Backend.kernels(), parameters)) {
            work.value(WhitenedFront.FILTERS).put(normals(4 * 72, 5));
            Denoiser.Pass pass = front.pass(work, signature, 2);
            pass.input().put(normals(pass.input().size(), 3));
            Denoiser.Conditions conditions = Denoiser.Conditions.of(2);
            pass.forward(conditions);
            Tensor d = work.allocate(2 * grid.tokens(), 3);
            d.put(slope);
            pass.backward(d);
            float[] gradients = work.gradients().toArray();
            for (Parameters.Slot slot : parameters.slots()) {
                if (front.keeps(slot.name())) {
                    for (int i = slot.offset(); i < slot.offset() + slot.rows() * slot.columns(); i++) {
                        assertEquals(0, gradients[i]);
                    }
                }
            }
            Slope.check("front", parameters, gradients, () -> {
                float[] prediction = pass.forward(conditions).toArray();
                double sum = 0;
                for (int i = 0; i < prediction.length; i++) {
                    sum += (double) slope[i] * prediction[i];
                }
                return sum;
            });
        }
    }

    @Test
    void aRecipeTrainsSavesResumesAndKeepsTheFiltersOfItsImages(@TempDir Path folder) throws IOException {
        Recipe recipe = recipe();
        assertEquals(recipe, Recipe.fromJson(recipe.toJson()));
        Path file = folder.resolve("half.safetensors");
        try (Trainer whole = Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none());
                Trainer half = Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none());
                LatentDAE untrained = LatentDAE.untrained(recipe, IMAGES, Rng.of(1))) {
            whole.run(Progress.none());
            double[] losses = whole.losses();
            assertTrue(losses[losses.length - 1] < 0.7 * losses[0], () -> losses[0] + " to " + losses[23]);
            for (int step = 0; step < 10; step++) {
                half.step();
            }
            half.save(file);
            try (Trainer resumed = Trainer.resume(file, recipe, IMAGES, Rng.of(1))) {
                resumed.run(Progress.none());
                try (LatentDAE one = whole.model();
                        LatentDAE other = resumed.model()) {
                    INDArray expected = one.represent(IMAGES, Features.tokens());
                    assertArrayEquals(
                            expected.data().asFloat(),
                            other.represent(IMAGES, Features.tokens()).data().asFloat());
                    one.save(file);
                    try (LatentDAE loaded = LatentDAE.load(file)) {
                        assertArrayEquals(
                                expected.data().asFloat(),
                                loaded.represent(IMAGES, Features.tokens())
                                        .data()
                                        .asFloat());
                    }
                    float[] filters = tensor(one, folder, WhitenedFront.FILTERS);
                    assertArrayEquals(tensor(untrained, folder, WhitenedFront.FILTERS), filters);
                    assertArrayEquals(
                            WindowComponents.of(IMAGES, FRONT, Rng.of(1).stream("weights").stream("images"))
                                    .filters(),
                            filters);
                }
            }
        }
    }

    private static float[] tensor(LatentDAE model, Path folder, String name) throws IOException {
        Path file = folder.resolve("model.safetensors");
        model.save(file);
        try (Safetensors tensors = Safetensors.read(file)) {
            String found = tensors.names().stream()
                    .filter(each -> each.endsWith(name))
                    .findFirst()
                    .orElseThrow();
            return tensors.tensor(found).data().asFloat();
        }
    }

    @Test
    void refusesWhatItCannotSee() {
        assertThrows(IllegalArgumentException.class, () -> new WhitenedFront(NET, 5, 5, 2, 0.1));
        assertThrows(IllegalArgumentException.class, () -> new WhitenedFront(NET, 5, 6, 2, -1));
        Recipe latents = recipe().withInput(Space.LATENT);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Trainer.start(latents, IMAGES, Rng.of(1), Progress.none()))
                .getMessage();
        assertTrue(String.valueOf(message).contains("withInput(Space.IMAGE)"), message);
        Recipe wide = recipe().withDenoiser(WhitenedFront.of(NET).withComponents(37));
        message = assertThrows(
                        IllegalArgumentException.class, () -> Trainer.start(wide, IMAGES, Rng.of(1), Progress.none()))
                .getMessage();
        assertTrue(String.valueOf(message).contains("at most 36 components"), message);
        Denoiser masked = WhitenedFront.of(MaskedTransformer.of(NET)).withComponents(9);
        assertFalse(masked.takesSubsets());
        assertThrows(
                IllegalArgumentException.class,
                () -> recipe().withDenoiser(masked)
                        .withDropping(Dropping.of(0.5))
                        .requireSound());
    }
}
