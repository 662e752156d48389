package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Sources of other sizes: padded and resized. */
class ChangedSizeTest {

    private static ImageSource images(int channels, int height, int width) {
        float[] pixels = new float[3 * channels * height * width];
        Rng.of(1).normals(pixels, 0, pixels.length);
        for (int i = 0; i < pixels.length; i++) {
            // The 256 levels of a byte.
            pixels[i] = (float) (Math.round(Math.max(0, Math.min(255, 128 + 60 * pixels[i]))) / 127.5 - 1);
        }
        return ImageSource.of(
                Nd4j.create(pixels, new long[] {3, channels, height, width}, 'c'),
                new int[] {1, 0, 1},
                List.of("a", "b"));
    }

    @Test
    void paddingPutsTheImageInTheMiddle() {
        ImageSource source = images(2, 3, 5);
        ImageSource padded = source.padded(2, -0.5f);
        assertEquals(new ImageShape(2, 7, 9), padded.shape());
        assertEquals(List.of("a", "b"), padded.classNames());
        assertEquals(1, padded.label(2));
        INDArray before = source.images(0, 1, 2);
        INDArray after = padded.images(0, 1, 2);
        for (int n = 0; n < 3; n++) {
            for (int c = 0; c < 2; c++) {
                for (int y = 0; y < 7; y++) {
                    for (int x = 0; x < 9; x++) {
                        boolean inside = y >= 2 && y < 5 && x >= 2 && x < 7;
                        float expected = inside ? before.getFloat(n, c, y - 2, x - 2) : -0.5f;
                        assertEquals(expected, after.getFloat(n, c, y, x));
                    }
                }
            }
        }
        assertNotEquals(source.hash(), padded.hash());
    }

    @Test
    void resizingHalvesByAveraging() {
        ImageSource source = images(1, 8, 8);
        ImageSource half = source.resized(4);
        assertEquals(new ImageShape(1, 4, 4), half.shape());
        INDArray before = source.images(0);
        INDArray after = half.images(0);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 4; x++) {
                double mean = (before.getFloat(0, 0, 2 * y, 2 * x)
                                + before.getFloat(0, 0, 2 * y, 2 * x + 1)
                                + before.getFloat(0, 0, 2 * y + 1, 2 * x)
                                + before.getFloat(0, 0, 2 * y + 1, 2 * x + 1))
                        / 4;
                // Two roundings to 256 levels.
                assertEquals(mean, after.getFloat(0, 0, y, x), 1.1 / 127.5);
            }
        }
        assertEquals(1, half.label(0));
        assertEquals(source.images(1), source.resized(8).images(1));
    }

    @Test
    void sizesThatMakeNoSenseAreRefused() {
        ImageSource source = images(1, 4, 4);
        refused(() -> source.padded(0, 0), "border of at least 1", "0");
        refused(() -> source.padded(1, 2), "[-1, 1]", "2.0");
        refused(() -> source.resized(0), "side", "0");
    }

    private static void refused(org.junit.jupiter.api.function.Executable call, String... parts) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
