package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.testing.SystemProperty;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A step and an encoder come to the same numbers on 1, 2 and 3 threads, to a millionth, over odd sizes. */
class ThreadsTest {

    private static final double TOLERANCE = 1e-6;
    private static final int PATCH = 4;

    /** Split over two and three threads into unequal shares. */
    private static final int IMAGES = 7;

    /** A row of patches: as many tokens as one likes. */
    private static INDArray array(int tokens) {
        float[] pixels = new float[IMAGES * PATCH * PATCH * tokens];
        Rng.of(1).normals(pixels, 0, pixels.length);
        return Nd4j.create(pixels, new long[] {IMAGES, 1, PATCH, (long) PATCH * tokens}, 'c')
                .muli(0.3);
    }

    private static Recipe recipe(VisionTransformer net) {
        return Recipe.latentDAE(PatchPCA.patch(PATCH).components(3))
                .withDenoiser(net)
                .withTraining(Training.epochs(1).withBatchSize(IMAGES));
    }

    private static VisionTransformer net(int width, int heads, Conditioning conditioning) {
        return new VisionTransformer(width, heads, 2, 1, 2, conditioning, 8);
    }

    private static <T> T splitting(String how, Supplier<T> work) {
        System.setProperty("ldae.split", how);
        try {
            return work.get();
        } finally {
            System.clearProperty("ldae.split");
        }
    }

    /** Loss and gradients of a first step, summed over the threads. */
    private static final class Step {
        private final int shares;
        private final double loss;
        private final float[] gradients;

        Step(Trainer trainer) {
            loss = trainer.step();
            shares = trainer.workspaces().size();
            gradients = trainer.workspaces().get(0).gradients().toArray();
        }

        static Step of(int threads, Recipe recipe, Tokenizer tokenizer, ImageSource images) {
            return SystemProperty.with(SystemProperty.THREADS, threads, () -> {
                try (Trainer trainer = Trainer.start(recipe, tokenizer, images, Rng.of(2))) {
                    return new Step(trainer);
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 48, 2, ADALN_ZERO",
        "7, 72, 3, ADALN_ZERO",
        "7, 20, 5, NONE",
        "197, 48, 2, NONE",
        "197, 24, 1, ADALN_ZERO",
    })
    void aStep(int tokens, int width, int heads, Conditioning conditioning) {
        assumeTrue(Backend.provider().name().equals("cpu"), "the portable kernels run on one thread");
        ImageSource images = ImageSource.of(array(tokens), new int[0], List.of());
        Recipe recipe = recipe(net(width, heads, conditioning));
        Tokenizer tokenizer = recipe.tokenizer().fit(images, Rng.of(1), Progress.none());
        Step alone = Step.of(1, recipe, tokenizer, images);
        for (int threads = 2; threads <= 3; threads++) {
            for (String split : List.of("images", "rows")) {
                int count = threads;
                Step shared = splitting(split, () -> Step.of(count, recipe, tokenizer, images));
                assertEquals(split.equals("rows") ? 1 : threads, shared.shares);
                assertEquals(alone.loss, shared.loss, TOLERANCE * alone.loss);
                Expect.close(threads + " threads, " + split, alone.gradients, shared.gradients, TOLERANCE);
            }
        }
    }

    @Test
    void anEncoder() {
        INDArray images = array(197);
        Recipe recipe = recipe(net(48, 2, Conditioning.NONE));
        try (LatentDAE model = LatentDAE.untrained(recipe, ImageSource.of(images, new int[0], List.of()), Rng.of(1))) {
            INDArray alone = SystemProperty.with(SystemProperty.THREADS, 1, () -> model.represent(images));
            INDArray first = images.get(NDArrayIndex.interval(0, 1));
            INDArray firstAlone = SystemProperty.with(SystemProperty.THREADS, 1, () -> model.represent(first));
            for (int threads = 2; threads <= 3; threads++) {
                int count = threads;
                Supplier<INDArray> all =
                        () -> SystemProperty.with(SystemProperty.THREADS, count, () -> model.represent(images));
                Expect.close(threads + " threads", alone, all.get(), TOLERANCE);
                Expect.close(threads + " threads, rows", alone, splitting("rows", all), TOLERANCE);
                Expect.close(
                        "one image",
                        firstAlone,
                        SystemProperty.with(SystemProperty.THREADS, count, () -> model.represent(first)),
                        TOLERANCE);
            }
        }
    }
}
