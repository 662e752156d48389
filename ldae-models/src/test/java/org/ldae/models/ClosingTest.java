package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.transformer.VisionTransformer;

/** Models that are closed while others work with them: no call crashes or returns wrong numbers. */
class ClosingTest {

    private static final int THREADS = 8;
    private static final ImageSource IMAGES = Synthetic.images(40, 1);

    private static LatentDAE wide() {
        VisionTransformer network =
                new VisionTransformer(256, 4, 2, 1, 4, VisionTransformer.Conditioning.ADALN_ZERO, 4);
        return LatentDAE.untrained(Synthetic.recipe().withDenoiser(network), IMAGES, Rng.of(1));
    }

    @Test
    void aModelClosedInUseIsFreedByItsLastUser() throws Exception {
        closedInUse(wide());
    }

    @Test
    void aPlainEncoderClosedInUseIsFreedByItsLastUser() throws Exception {
        try (LatentDAE model = wide()) {
            closedInUse(model.plainEncoder(0.01));
        }
    }

    private static void closedInUse(Encoder encoder) throws Exception {
        float[] expected = numbers(encoder);
        CountDownLatch begun = new CountDownLatch(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                calls.add(threads.submit(() -> untilClosed(encoder, expected, begun)));
            }
            begun.await();
            encoder.close();
            for (Future<Integer> call : calls) {
                assertTrue(call.get() > 0);
            }
        } finally {
            threads.shutdown();
        }
        encoder.close(); // once more does nothing
    }

    /** Represents images until the encoder is closed, and counts how often. */
    private static int untilClosed(Encoder encoder, float[] expected, CountDownLatch begun) {
        for (int calls = 0; ; calls++) {
            try {
                assertArrayEquals(expected, numbers(encoder), 1e-5f);
                begun.countDown();
            } catch (IllegalStateException e) {
                assertEquals("the model is closed", e.getMessage());
                return calls;
            }
        }
    }

    private static float[] numbers(Encoder encoder) {
        return encoder.represent(IMAGES, Features.pooled()).data().asFloat();
    }

    @Test
    void everyCallAfterClosingSaysSo() {
        LatentDAE model = wide();
        model.close();
        assertClosed(() -> model.represent(IMAGES));
        assertClosed(() -> model.plainEncoder(0.01));
        assertClosed(() -> model.denoise(IMAGES.images(0), 0.5));
        assertClosed(() -> model.addNoise(IMAGES.images(0), 0.5, Rng.of(1)));
    }

    @Test
    void aClosedTrainerSaysSo() {
        Trainer trainer = Trainer.start(Synthetic.recipe(), IMAGES, Rng.of(1), Progress.none());
        trainer.close();
        assertClosed(trainer::model);
        assertClosed(trainer::step);
    }

    private static void assertClosed(Runnable call) {
        IllegalStateException thrown = assertThrows(IllegalStateException.class, call::run);
        assertEquals("the model is closed", thrown.getMessage());
    }
}
