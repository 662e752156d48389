package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.baselines.Supervised;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.inference.PixelEncoder;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Session;
import org.ldae.training.Training;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;

/** Operations counted, against operations added up by hand. */
class FlopsTest {

    private static final ImageSource IMAGES = Synthetic.images(40, 3);
    private static final int TOKENS = 6;
    private static final int PATCH = 16;
    private static final int LATENT = 5;
    private static final int WIDTH = 16;

    private static Recipe recipe() {
        return Synthetic.recipe().withDenoiser(Synthetic.network().withConditioning(Conditioning.NONE));
    }

    /** Multiplications of a plain block of L tokens: queries, keys, values, projection and MLP of ratio 2; attention. */
    private static long block(long tokens, long width) {
        return tokens * (4 + 2 * 2) * width * width + 2 * tokens * tokens * width;
    }

    @Test
    void ldaeEncodesDecodesAndRunsForwardAndTwiceAsMuchBackward() {
        try (Trainer trainer = Trainer.start(recipe(), IMAGES, Rng.of(1), Progress.none())) {
            long embed = TOKENS * PATCH * WIDTH;
            long net = 3 * (3 * block(TOKENS, WIDTH) + embed) + 2 * embed; // the input has no gradient
            long tokenizer = 2 * TOKENS * PATCH * LATENT; // z_0 of the image, the image of z_t
            long loss = 2 * TOKENS * PATCH * LATENT; // the error's components, and back
            assertEquals(2 * (net + tokenizer + loss), trainer.flopsPerImage());
        }
    }

    @Test
    void aMaskedEncoderSeesItsTokensOnly() {
        Recipe half = Recipe.masked(PatchPCA.patch(4).components(PATCH), Synthetic.network())
                .withDenoiser(new MaskedTransformer(Synthetic.network(), 8, false))
                .withDropping(Dropping.of(0.5))
                .withTraining(recipe().training());
        try (Trainer trainer = Trainer.start(half, IMAGES, Rng.of(1), Progress.none())) {
            long encoder = 3 * 2 * block(3, WIDTH) + 2 * 3 * PATCH * WIDTH + 3 * 3 * WIDTH * 8;
            long decoder = 3 * (block(TOKENS, 8) + TOKENS * PATCH * 8);
            long tokenizer = 2 * TOKENS * PATCH * PATCH;
            assertEquals(2 * (encoder + decoder + tokenizer), trainer.flopsPerImage());
        }
    }

    @Test
    void readingOutRunsTheEncoderOnceForAnImageAndOnceForItsMirrorImage() {
        try (LatentDAE model = recipe().train(IMAGES, Rng.of(1), Progress.none())) {
            long once = model.reading(Features.pooled()).flopsPerImage();
            long encoder = 2 * block(TOKENS, WIDTH) + TOKENS * PATCH * WIDTH;
            assertEquals(2 * (encoder + 2L * TOKENS * PATCH * LATENT), once);
            assertEquals(2 * once, model.reading(Features.pooled().mirrored()).flopsPerImage());
            assertEquals(
                    once / 2 - TOKENS * 8 * WIDTH * WIDTH - 2 * TOKENS * TOKENS * WIDTH,
                    model.reading(Features.pooled().after(1)).flopsPerImage() / 2);
        }
    }

    @Test
    void pixelsCostNothing() {
        try (PixelEncoder pixels = new PixelEncoder(recipe().tokenizer().grid(Synthetic.SHAPE))) {
            assertEquals(0, pixels.reading(Features.pooled()).flopsPerImage());
        }
    }

    @Test
    void countingLeavesTheTrainingAsItWas() {
        try (Trainer one = Trainer.start(recipe(), IMAGES, Rng.of(1), Progress.none());
                Trainer other = Trainer.start(recipe(), IMAGES, Rng.of(1), Progress.none())) {
            assertTrue(one.flopsPerImage() > 0);
            assertEquals(other.step(), one.step());
            assertEquals((double) one.flopsPerImage() * 5, one.flops());
            assertEquals(other.step(), one.step());
        }
    }

    @Test
    void aBudgetBecomesTheStepsItPaysFor(@TempDir Path folder) throws IOException {
        Recipe recipe = recipe();
        long image;
        try (Trainer trainer = Trainer.start(recipe, IMAGES, Rng.of(1), Progress.none())) {
            image = trainer.flopsPerImage();
        }
        Training budget = Training.flops(image * 5 * 40.7).withBatchSize(5).withRate(3e-3);
        Recipe budgeted = recipe.withTraining(budget);
        Recipe steps = recipe.withTraining(Training.steps(40).withBatchSize(5).withRate(3e-3));
        Path file = folder.resolve("run.safetensors");
        try (Trainer one = Trainer.start(budgeted, IMAGES, Rng.of(1), Progress.none());
                Trainer other = Trainer.start(steps, IMAGES, Rng.of(1), Progress.none())) {
            assertEquals(40, one.totalSteps());
            for (int i = 0; i < 3; i++) {
                assertEquals(other.step(), one.step());
            }
            one.save(file);
            try (LatentDAE model = one.model()) {
                assertEquals(steps, model.recipe());
            }
            try (Trainer resumed = Trainer.resume(file, budgeted, IMAGES, Rng.of(1))) {
                assertEquals(other.step(), resumed.step());
            }
        }
    }

    @Test
    void supervisedTrainingTakesABudgetToo() {
        int[] labels = IntStream.range(0, 40).map(i -> i % 2).toArray();
        ImageSource labelled = ImageSource.of(Synthetic.waves(40, 3), labels, List.of("a", "b"));
        VisionTransformer net = Synthetic.network();
        long encoder = 2 * block(TOKENS, WIDTH) + TOKENS * PATCH * WIDTH;
        long image = 2 * (3 * encoder - TOKENS * PATCH * WIDTH + 3 * 2 * WIDTH);
        Training budget = Training.flops(image * 4 * 12.5).withBatchSize(4);
        long[] steps = new long[1];
        Progress counting = event -> steps[0] = Math.max(steps[0], event.total());
        Supervised.of(4, net, budget)
                .train(labelled, Rng.of(1), Session.of(counting))
                .close();
        assertEquals(12, steps[0]);
    }

    @Test
    void aLargeBudgetStarts() {
        Training budget = Training.flops(1e14).withBatchSize(5).withRate(3e-3);
        int[] labels = IntStream.range(0, 40).map(i -> i % 2).toArray();
        ImageSource labelled = ImageSource.of(Synthetic.waves(40, 3), labels, List.of("a", "b"));
        try (Trainer trainer = Trainer.start(recipe().withTraining(budget), IMAGES, Rng.of(1), Progress.none())) {
            assertEquals((long) (1e14 / 5 / trainer.flopsPerImage()), trainer.totalSteps());
            trainer.step();
        }
        Progress stop = event -> {
            throw new CancellationException("started");
        };
        assertThrows(
                CancellationException.class,
                () -> Supervised.of(4, Synthetic.network(), budget).train(labelled, Rng.of(1), Session.of(stop)));
    }

    @Test
    void aBudgetHasNoStepsBeforehand() {
        Expect.refused(
                IllegalStateException.class, () -> Training.flops(3e13).totalSteps(100), "3.00e+13 FLOPs", "inSteps");
    }
}
