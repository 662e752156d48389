package org.ldae.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.models.ClassLabels;
import org.ldae.models.Expect;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** From a model to images. */
class SamplesTest {

    private static final Recipe RECIPE = Recipe.latentDAE(PatchPCA.patch(4).components(3))
            .withDenoiser(VisionTransformer.tiny().withWidth(32, 2).withBlocks(1, 1))
            .withSchedule(NoiseSchedule.linear())
            .withInput(Space.LATENT)
            .withOutput(Space.LATENT, Objective.velocity())
            .withTraining(Training.epochs(100).withBatchSize(16).withRate(3e-3));

    /** Dark images of class 0, bright ones of class 1. */
    private static ImageSource images() {
        float[] pixels = new float[128 * 64];
        int[] labels = new int[128];
        Rng.of(1).normals(pixels, 0, pixels.length);
        for (int i = 0; i < pixels.length; i++) {
            labels[i / 64] = i / 64 % 2;
            pixels[i] = 0.1f * pixels[i] + (i / 64 % 2 == 0 ? -0.6f : 0.6f);
        }
        return ImageSource.of(
                Nd4j.createFromArray(pixels).reshape('c', 128, 1, 8, 8), labels, List.of("dark", "bright"));
    }

    private static LatentDAE train(Recipe recipe) {
        return recipe.train(images(), Rng.of(1), Progress.none());
    }

    @Test
    void imagesAreOfTheClassAskedForAndTheSameAgain() {
        try (LatentDAE model = train(RECIPE.withLabels(ClassLabels.withDropout(0.2)))) {
            Samples samples = Samples.of(model, Sampler.ddim(10)).withGuidance(2);
            List<Progress.Event> events = new ArrayList<>();
            int[] labels = {0, 1, 0, 1};
            INDArray drawn = samples.draw(labels, Rng.of(4), events::add);
            assertArrayEquals(new long[] {4, 1, 8, 8}, drawn.shape());
            assertEquals(10, events.size());
            assertEquals(10, events.get(9).done());
            for (int i = 0; i < 4; i++) {
                double mean = drawn.slice(i).meanNumber().doubleValue();
                assertEquals(labels[i] == 0 ? -0.6 : 0.6, mean, 0.3, "image " + i + " of " + drawn.mean(1, 2, 3));
            }
            assertTrue(drawn.maxNumber().doubleValue() <= 1 && drawn.minNumber().doubleValue() >= -1);
            assertEquals(drawn, samples.draw(labels, Rng.of(4), Progress.none()));
            assertNotEquals(drawn, samples.draw(labels, Rng.of(5), Progress.none()));
            Expect.refused(() -> samples.draw(3, Rng.of(4), Progress.none()), "guidance", "labels");
            Expect.refused(() -> samples.draw(new int[] {2}, Rng.of(4), Progress.none()), "labels", "below 2", "2");
            Expect.refused(() -> samples.withGuidance(-1), "guidance", "-1");
        }
    }

    @Test
    void anInterruptEndsItAfterAStep() {
        List<Progress.Event> events = new ArrayList<>();
        try (LatentDAE model = LatentDAE.untrained(RECIPE, images(), Rng.of(1))) {
            Samples samples = Samples.of(model, Sampler.ddim(10));
            assertThrows(
                    CancellationException.class,
                    () -> samples.draw(2, Rng.of(4), event -> {
                        events.add(event);
                        Thread.currentThread().interrupt();
                    }));
            assertEquals(1, events.size());
        } finally {
            assertTrue(Thread.interrupted(), "the interrupt is kept");
        }
    }

    @Test
    void everyKindOfRecipeCanBeSampled() {
        Recipe additive = Recipe.latentDAE(PatchPCA.patch(4).components(3))
                .withDenoiser(VisionTransformer.tiny().withWidth(32, 2).withBlocks(1, 1))
                .withTraining(Training.epochs(1).withBatchSize(16));
        try (LatentDAE model = train(additive)) {
            for (Sampler sampler : List.of(Sampler.ddim(4), Sampler.dpmSolver(4), Sampler.ancestral(4))) {
                INDArray drawn =
                        Samples.of(model, sampler).startingLike(images()).draw(3, Rng.of(4), Progress.none());
                assertArrayEquals(new long[] {3, 1, 8, 8}, drawn.shape());
            }
            Expect.refused(
                    () -> Samples.of(model, Sampler.ddim(4)).draw(3, Rng.of(4), Progress.none()),
                    "Additive",
                    "1.41",
                    "startingLike");
            Samples samples = Samples.of(model, Sampler.langevin(3)).startingLike(images());
            Expect.refused(() -> samples.withGuidance(2), "guidance", "withDropout");
            Expect.refused(() -> samples.draw(0, Rng.of(4), Progress.none()), "at least 1", "0");
            Expect.refused(() -> samples.draw(new int[] {0}, Rng.of(4), Progress.none()), "labels", "below 0");
        }
    }

    @Test
    void aSingleLevelIsRefusedBeforeAnythingIsDrawn() {
        Recipe single = Recipe.singleLevel(PatchPCA.patch(4).components(3))
                .withDenoiser(VisionTransformer.tiny().withWidth(32, 2).withBlocks(1, 1))
                .withTraining(Training.epochs(1).withBatchSize(16));
        try (LatentDAE model = train(single)) {
            Expect.refused(() -> Samples.of(model, Sampler.ddim(4)), "many levels", "Single", "additive");
        }
    }
}
