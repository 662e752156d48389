package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Backend;
import org.ldae.compute.KernelsProvider;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.inference.Predictor;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Training and encoding with networks' products in bfloat16, beside float32. */
class HalvedProductsTest {

    private static final String HALVED = "bfloat16";
    private static final ImageSource IMAGES = Synthetic.images(256, 1);

    /** Wide enough for products that are rounded. */
    private static Recipe recipe() {
        return Synthetic.recipe()
                .withDenoiser(Synthetic.network().withWidth(128, 4))
                .withTraining(Training.epochs(4).withBatchSize(128).withRate(1e-3));
    }

    private static void needsTheProcessor() {
        KernelsProvider halved = Backend.providers().stream()
                .filter(each -> each.name().equals(HALVED))
                .findFirst()
                .orElseThrow();
        assumeTrue(halved.unavailable().isEmpty(), () -> halved.unavailable().orElse(""));
    }

    private static <T> T halved(Supplier<T> work) {
        return Backend.withKernels(HALVED, work);
    }

    private static double[] losses(Trainer trainer) {
        try (trainer) {
            trainer.run(Progress.none());
            return trainer.losses();
        }
    }

    @Test
    void trainingLosesNothingThatSeedsDoNotMove() {
        needsTheProcessor();
        double[] exact = losses(Trainer.start(recipe(), IMAGES, Rng.of(1), Progress.none()));
        double[] rounded = losses(halved(() -> Trainer.start(recipe(), IMAGES, Rng.of(1), Progress.none())));
        assertFalse(Arrays.equals(exact, rounded), "nothing was rounded");
        for (int i = 0; i < exact.length; i++) {
            assertEquals(1, rounded[i] / exact[i], 0.01, "step " + i);
        }
    }

    @Test
    void aSeedGivesTheSameBitsAgain() {
        needsTheProcessor();
        Supplier<double[]> training =
                () -> losses(halved(() -> Trainer.start(recipe(), IMAGES, Rng.of(2), Progress.none())));
        assertArrayEquals(training.get(), training.get());
    }

    @Test
    void featuresPointTheSameWay() {
        needsTheProcessor();
        try (LatentDAE model = recipe().train(IMAGES, Rng.of(3), Progress.none());
                INDArray exact = model.represent(IMAGES, Features.tokens());
                INDArray rounded = halved(() -> model.represent(IMAGES, Features.tokens()))) {
            assertFalse(exact.equals(rounded), "nothing was rounded");
            double away = exact.sub(rounded).norm2Number().doubleValue()
                    / exact.norm2Number().doubleValue();
            assertTrue(away < 0.01, "away by " + away);
        }
    }

    @Test
    void aPredictorKeepsTheKernelsItWasMadeWith() {
        needsTheProcessor();
        float[] pixels = IMAGES.images(0).reshape(-1).toFloatVector();
        Recipe wide = recipe().withDenoiser(Synthetic.network()
                        .withWidth(512, 4) // six tokens alone are few rows
                        .withConditioning(
                                VisionTransformer.Conditioning.NONE)) // whose blocks add something from the start
                .withTraining(Training.epochs(1).withBatchSize(16));
        try (LatentDAE model = wide.train(Synthetic.images(16, 4), Rng.of(4), Progress.none());
                Predictor exact = model.predictor(Features.tokens());
                Predictor rounded = halved(() -> model.predictor(Features.tokens()))) {
            float[] a = exact.features(pixels);
            float[] b = rounded.features(pixels);
            assertFalse(Arrays.equals(a, b), "nothing was rounded");
            assertArrayEquals(a, b, 0.2f);
        }
    }
}
