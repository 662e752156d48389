package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.ldae.data.Failures.assertFails;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class NormalizedImagesTest {

    private static final float[] PIXELS = {-1, 0, 1, 1, 0.5f, 0.5f, -0.5f, 0, 0, 0, 1, -1, -1, -1, 0.25f, 0.75f};
    private final ImageSource images =
            ImageSource.of(Nd4j.createFromArray(PIXELS).reshape('c', 2, 2, 2, 2), new int[] {1, 0}, List.of("a", "b"));

    @Test
    void channelsLoseTheirMeanAndDeviation() {
        Normalization measured = Normalization.of(images);
        assertEquals(0.125, measured.means().get(0), 1e-12);
        assertEquals(Math.sqrt(5.0 / 8 - 0.125 * 0.125), measured.deviations().get(0), 1e-12);
        Normalization after = Normalization.of(images.normalized(measured));
        for (int c = 0; c < 2; c++) {
            assertEquals(0, after.means().get(c), 1e-6);
            assertEquals(1, after.deviations().get(c), 1e-6);
        }
        assertEquals(1, images.normalized(measured).label(0));
        assertEquals(List.of("a", "b"), images.normalized(measured).classNames());
    }

    @Test
    void imageNetsNumbersAreThoseOfTheScaleFromMinusOneToOne() {
        Normalization imageNet = Normalization.imageNet();
        float x = 0.3f;
        double expected = ((x + 1) / 2 - 0.485) / 0.229;
        assertEquals(
                expected, (x - imageNet.means().get(0)) / imageNet.deviations().get(0), 1e-6);
    }

    @Test
    void cachedImagesAreNotRoundedToLevels() {
        ImageSource levels =
                ImageSource.of(Nd4j.createFromArray(-1f, 1f, -1f, 1f).reshape('c', 1, 1, 2, 2), new int[0], List.of());
        ImageSource normal = levels.normalized(new Normalization(List.of(0.5), List.of(0.25)));
        assertArrayEquals(new float[] {-6, 2, -6, 2}, DataFiles.read(normal.cached(), 0));
        assertEquals(1, normal.cached().size());
    }

    @Test
    void impossibleNumbersAreRejected() {
        assertFails(
                IllegalArgumentException.class,
                () -> new Normalization(List.of(0.0), List.of(0.0)),
                "positive deviations",
                "[0.0]");
        assertFails(IllegalArgumentException.class, () -> new Normalization(List.of(), List.of()), "as many means");
        assertFails(IllegalArgumentException.class, () -> images.normalized(Normalization.imageNet()), "[2, 2, 2]");
    }
}
