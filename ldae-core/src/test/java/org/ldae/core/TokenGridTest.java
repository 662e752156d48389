package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenGridTest {

    @Test
    void countsRowsColumnsTokensAndNumbers() {
        TokenGrid grid = new TokenGrid(new ImageShape(3, 32, 48), 8);
        assertEquals(4, grid.rows());
        assertEquals(6, grid.columns());
        assertEquals(24, grid.tokens());
        assertEquals(192, grid.patchSize());
    }

    @ParameterizedTest
    @CsvSource({"32, 28, 8", "28, 32, 8", "8, 8, 16"})
    void aPatchThatDoesNotDivideTheImageIsAnError(int height, int width, int patch) {
        ImageShape image = new ImageShape(1, height, width);
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new TokenGrid(image, patch));
        assertEquals(
                "patch: expected a divisor of both image sides, got %d for [C, H, W] = [1, %d, %d]; "
                                .formatted(patch, height, width)
                        + "choose another patch or resize the images",
                thrown.getMessage());
    }

    @Test
    void aPatchOfNothingIsAnError() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new TokenGrid(new ImageShape(1, 4, 4), 0));
        assertEquals("patch: expected a side of at least 1 pixel, got 0", thrown.getMessage());
    }
}
