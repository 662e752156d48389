package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.data.Picture;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.PixelEncoder;
import org.ldae.inference.Predictor;
import org.ldae.tokenizers.LatentEncoder;

/** One picture at a time. */
class PredictorTest {

    private static final ImageSource IMAGES = Synthetic.images(12, 1);

    private static final ImageShape SHAPE = IMAGES.shape();

    private static LatentDAE model() {
        return LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(1));
    }

    static Stream<Features> features() {
        return Stream.of(
                Features.pooled(),
                Features.tokens(),
                Features.pooled().after(1),
                Features.pooled().at(0.5));
    }

    @ParameterizedTest
    @MethodSource("features")
    void givesTheBitsOfRepresent(Features features) {
        try (LatentDAE model = model();
                PlainEncoder plain = model.plainEncoder(0.01)) {
            for (Encoder encoder :
                    List.of(model, plain, new LatentEncoder(model.tokenizer()), new PixelEncoder(model.grid()))) {
                try (Predictor predictor = encoder.predictor(features)) {
                    for (int i = 0; i < IMAGES.size(); i++) {
                        assertArrayEquals(
                                expected(encoder, features, i), predictor.features(pixels(i)), encoder.toString());
                    }
                }
            }
        }
    }

    private static float[] expected(Encoder encoder, Features features, int image) {
        return encoder.represent(IMAGES.select(image), features).data().asFloat();
    }

    private static float[] pixels(int image) {
        float[] pixels = new float[IMAGES.shape().size()];
        IMAGES.read(image, pixels, 0);
        return pixels;
    }

    @Test
    void aPictureHasTheFeaturesOfItsPixels() throws IOException {
        BufferedImage image = new BufferedImage(SHAPE.width(), SHAPE.height(), BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(3, 2, 0, 200);
        Picture picture = Picture.of(image);
        try (LatentDAE model = model();
                Predictor predictor = model.predictor(Features.pooled())) {
            assertArrayEquals(predictor.features(picture.pixels(SHAPE)), predictor.features(picture));
        }
    }

    @Test
    void manyThreadsShareIt() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (LatentDAE model = model();
                Predictor predictor = model.predictor(Features.pooled())) {
            List<Future<float[]>> calls = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                float[] pixels = pixels(i % IMAGES.size());
                calls.add(threads.submit(() -> predictor.features(pixels)));
            }
            for (int i = 0; i < calls.size(); i++) {
                assertArrayEquals(
                        expected(model, Features.pooled(), i % IMAGES.size()),
                        calls.get(i).get());
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void whatIsClosedSaysSo() {
        LatentDAE model = model();
        Predictor predictor = model.predictor(Features.pooled());
        Predictor other = model.predictor(Features.tokens());
        predictor.features(pixels(0));
        predictor.close();
        predictor.close();
        assertClosed("the predictor is closed", predictor);
        model.close();
        assertClosed("the model is closed", other);
        other.close();
    }

    private static void assertClosed(String message, Predictor predictor) {
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> predictor.features(pixels(0)));
        assertEquals(message, thrown.getMessage());
    }

    @Test
    void aPictureOfAnotherSizeIsRefused() {
        try (LatentDAE model = model();
                Predictor predictor = model.predictor(Features.pooled())) {
            IllegalArgumentException thrown =
                    assertThrows(IllegalArgumentException.class, () -> predictor.features(new float[5]));
            assertTrue(String.valueOf(thrown.getMessage()).contains("got 5"), thrown.getMessage());
        }
    }
}
