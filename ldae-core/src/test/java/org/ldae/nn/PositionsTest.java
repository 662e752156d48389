package org.ldae.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.ldae.testing.Golden;

class PositionsTest {

    @Test
    void theGridEqualsTheFormulaInNumpy() {
        assertArrayEquals(Golden.read("nn/positions").floats("table"), Positions.grid(3, 5, 24), 1e-6f);
    }

    @Test
    void theFirstHalfIsTheColumnAndTheSecondTheRow() {
        float[] table = Positions.grid(2, 3, 8);
        int rowOneColumnTwo = 5 * 8;
        assertEquals(Math.sin(2), table[rowOneColumnTwo], 1e-6);
        assertEquals(Math.cos(2), table[rowOneColumnTwo + 2], 1e-6);
        assertEquals(Math.sin(1), table[rowOneColumnTwo + 4], 1e-6);
        assertEquals(Math.cos(1), table[rowOneColumnTwo + 6], 1e-6);
    }

    @Test
    void aWidthThatIsNoMultipleOfFourIsAnError() {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> Positions.grid(2, 2, 10));
        assertEquals("positions: expected a width that is a multiple of 4, got 10", thrown.getMessage());
    }

    @Test
    void theTimeEmbeddingEqualsDiTs() {
        Golden golden = Golden.read("nn/time");
        double[] times = golden.doubles("t");
        float[] table = new float[times.length * 256];
        for (int i = 0; i < times.length; i++) {
            Positions.time(times[i], table, i * 256, 256);
        }
        assertArrayEquals(golden.floats("embedding"), table, 1e-6f);
    }

    @Test
    void timeZeroIsCosinesOfOneAndSinesOfZero() {
        float[] table = {9, 9, 9, 9, 9, 9};
        Positions.time(0, table, 1, 4);
        assertArrayEquals(new float[] {9, 1, 1, 0, 0, 9}, table);
    }
}
