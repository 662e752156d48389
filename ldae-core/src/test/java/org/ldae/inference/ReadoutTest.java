package org.ldae.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What becomes of tokens, against PyTorch (src/test/python/readout.py). */
class ReadoutTest {

    private static final Golden GOLDEN = Golden.read("inference/readout");
    private static final ImageSource IMAGES = ImageSource.of(GOLDEN.array("images"), new int[0], List.of());
    private static final Encoder PATCHES = new PixelEncoder(new TokenGrid(new ImageShape(2, 10, 14), 2));

    private static float[] read(Features features) {
        try (INDArray read = PATCHES.represent(IMAGES, features)) {
            return read.data().asFloat();
        }
    }

    @Test
    void cellsThatDontDivideTheMapAgreeWithPyTorch() {
        assertArrayEquals(GOLDEN.floats("pyramid"), read(Features.pyramid(1, 2, 4)), 1e-6f);
    }

    @Test
    void averagesOverAnImageAndItsMirrorImageAgreeWithPyTorch() {
        assertArrayEquals(
                GOLDEN.floats("mirrored"), read(Features.pyramid(1, 2, 4).mirrored()), 1e-6f);
    }

    @Test
    void oneCellIsTheAverage() {
        assertArrayEquals(read(Features.pooled()), read(Features.pyramid(1)), 0);
    }

    @Test
    void cellsThatAreFinerThanTheMapAreRefused() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> read(Features.pyramid(1, 8)));
        assertEquals(
                "pyramid: expected at most as many cells along a side as tokens, got 8 for 5 x 7 tokens; leave out"
                        + " finer grids",
                thrown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Features.pyramid(-1));
        assertThrows(IllegalArgumentException.class, () -> read(Features.pyramid(0))); // no class token
        assertThrows(IllegalArgumentException.class, () -> Features.pooled().after(2, 1));
        assertThrows(
                IllegalArgumentException.class, () -> read(Features.pooled().after(1, 2)));
    }

    @Test
    void namesAreTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            assertEquals("averaged", Features.pooled().name());
            assertEquals("all-tokens.block-3", Features.tokens().after(3).name());
            assertEquals(
                    "pyramid-1-2-4.blocks-1-2.t-0.5.noisy.mirrored",
                    Features.pyramid(1, 2, 4)
                            .after(1, 2)
                            .at(0.5)
                            .withNoise(1)
                            .mirrored()
                            .name());
        } finally {
            Locale.setDefault(before);
        }
    }
}
