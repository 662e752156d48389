package org.ldae.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionTest {

    @ParameterizedTest
    @CsvSource({"32, 3, 16", "0, 1, 16", "32, 0, 16", "32, 4, 0"})
    void headsThatDoNotDivideTheWidthAreAnError(int width, int heads, int tokens) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new Attention.Sizes(width, heads, tokens));
        assertEquals(
                "attention: expected positive sizes and heads that divide the width, got width %d, heads %d, tokens %d"
                        .formatted(width, heads, tokens),
                thrown.getMessage());
    }
}
