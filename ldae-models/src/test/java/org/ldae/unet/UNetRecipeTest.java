package org.ldae.unet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.ClassLabels;
import org.ldae.models.Expect;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Saving;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A UNet as the network of recipes: trained, saved, resumed, probed, on pixels and on latents. */
class UNetRecipeTest {

    private static final ImageSource IMAGES = ImageSource.of(
            Synthetic.waves(20, 1), IntStream.range(0, 20).map(i -> i % 3).toArray(), List.of("a", "b", "c"));

    private static Recipe recipe() {
        return Recipe.latentDAE(PatchPCA.patch(2).components(4))
                .withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.noise())
                .withSchedule(NoiseSchedule.ddpm())
                .withDenoiser(new UNet(8, List.of(1, 2), 1, 2))
                .withLabels(ClassLabels.withDropout(0.1))
                .withTraining(
                        Training.epochs(12).withBatchSize(5).withRate(3e-3).withWarmup(0.5));
    }

    static Stream<Recipe> recipes() {
        Recipe base = recipe();
        return Stream.of(
                base,
                base.withLabels(ClassLabels.none()),
                base.withTokenizer(PatchPCA.patch(1).components(1)),
                base.withTokenizer(ConvVAE.factor(1)
                        .channels(1)
                        .withTraining(Training.epochs(1).withBatchSize(10))),
                Recipe.latentDAE(PatchPCA.patch(2).components(3))
                        .withDenoiser(new UNet(8, List.of(1, 2), 1, 0))
                        .withTraining(base.training()));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void learnsOnThePixelsOrTokensOfAnyTokenizer(Recipe recipe) {
        assertEquals(recipe, Recipe.fromJson(recipe.toJson()));
        try (Trainer trainer = Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none())) {
            trainer.run(Progress.none());
            double[] losses = trainer.losses();
            double first = mean(losses, 0);
            double last = mean(losses, losses.length - 16);
            assertTrue(last < 0.9 * first, () -> first + " -> " + last);
            try (LatentDAE model = trainer.model()) {
                for (int block = 1; block <= model.blocks(); block++) {
                    Features features = Features.pooled().after(block);
                    INDArray all = model.represent(IMAGES, features);
                    assertEquals(recipe.denoiser().width(block), all.size(1));
                }
                INDArray flat = model.represent(IMAGES, Features.tokens());
                int width = recipe.denoiser().width(recipe.denoiser().encoderBlocks());
                assertEquals((long) model.grid().tokens() * width, flat.size(1));
            }
        }
    }

    private static double mean(double[] losses, int from) {
        return Arrays.stream(losses, from, from + 16).average().orElseThrow();
    }

    @Test
    void savedLoadedAndResumedToTheBit(@TempDir Path folder) throws IOException {
        Path half = folder.resolve("half.safetensors");
        Path end = folder.resolve("end.safetensors");
        double[] losses;
        float[] features;
        try (Trainer trainer = Trainer.start(recipe(), IMAGES, Rng.of(1), Progress.none())) {
            for (int i = 0; i < 5; i++) {
                trainer.step();
            }
            trainer.save(half);
            trainer.run(Progress.none(), Saving.to(end));
            losses = trainer.losses();
            try (LatentDAE model = trainer.model()) {
                features = Expect.numbers(model.represent(IMAGES));
            }
        }
        try (Trainer resumed = Trainer.resume(half, recipe(), IMAGES, Rng.of(1))) {
            resumed.run(Progress.none());
            assertArrayEquals(losses, resumed.losses());
            try (LatentDAE model = resumed.model()) {
                assertArrayEquals(features, Expect.numbers(model.represent(IMAGES)));
            }
        }
        try (LatentDAE loaded = LatentDAE.load(end)) {
            assertArrayEquals(features, Expect.numbers(loaded.represent(IMAGES)));
        }
    }
}
