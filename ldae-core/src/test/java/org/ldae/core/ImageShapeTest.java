package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageShapeTest {

    @Test
    void printsItselfAsAShapeAndCountsNumbers() {
        ImageShape shape = new ImageShape(3, 32, 28);
        assertEquals("[3, 32, 28]", shape.toString());
        assertEquals(3 * 32 * 28, shape.size());
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 0, 1", "1, 1, 0", "-3, 32, 32"})
    void sidesThatAreNotPositiveAreErrors(int channels, int height, int width) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new ImageShape(channels, height, width));
        assertEquals(
                "image shape: expected positive [C, H, W], got [%d, %d, %d]".formatted(channels, height, width),
                thrown.getMessage());
    }

    @Test
    void aSizeBeyondIntIsAnErrorNotAWrongNumber() {
        assertThrows(ArithmeticException.class, () -> new ImageShape(3, 50_000, 50_000).size());
    }
}
