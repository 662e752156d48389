package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.data.NamedSet;

class SampleTest {

    private final Dataset sample = NamedSet.FASHION_MNIST.sample();

    @Test
    void sampleHoldsTheFirstOfficialImagesAndLabels() {
        assertEquals(12_000, sample.train().size());
        assertEquals(6_000, sample.test().size());
        assertEquals(new ImageShape(1, 28, 28), sample.train().shape());
        assertEquals("Ankle boot", sample.test().classNames().get(9));
        assertArrayEquals(
                new int[] {9, 0, 0, 3, 0, 2, 7, 2, 5, 5},
                Arrays.copyOf(sample.train().labels(), 10));
        assertArrayEquals(
                new int[] {9, 2, 1, 1, 6, 1, 4, 6, 5, 7},
                Arrays.copyOf(sample.test().labels(), 10));
    }

    @Test
    void pixelsHaveTheKnownMean() {
        assertEquals(-0.42770080, mean(sample.train()), 1e-6);
        assertEquals(-0.42467470, mean(sample.test()), 1e-6);
    }

    private static double mean(ImageSource images) {
        float[] pixels = new float[images.shape().size()];
        double sum = 0;
        for (int i = 0; i < images.size(); i++) {
            images.read(i, pixels, 0);
            for (float pixel : pixels) {
                sum += pixel;
            }
        }
        return sum / ((double) images.size() * pixels.length);
    }
}
