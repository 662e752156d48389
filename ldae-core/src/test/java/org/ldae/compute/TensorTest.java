package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTest {

    private Tensor matrix;

    /** Three rows of four: 0 to 11. */
    @BeforeEach
    void countUp() {
        matrix = Tensor.zeros(3, 4);
        matrix.put(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    }

    @AfterEach
    void free() {
        matrix.close();
    }

    @Test
    void startsAsZeros() {
        try (Tensor zeros = Tensor.zeros(2, 3)) {
            assertEquals(2, zeros.rows());
            assertEquals(3, zeros.columns());
            assertEquals(6, zeros.size());
            assertArrayEquals(new float[6], zeros.toArray());
        }
    }

    @Test
    void getReturnsWhatWasPutAndCopies() {
        float[] copy = matrix.toArray();
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, copy);
        copy[0] = 99;
        assertEquals(0, matrix.toArray()[0]);
    }

    @Test
    void putCopiesItsSource() {
        float[] source = new float[12];
        matrix.put(source);
        source[3] = 7;
        assertArrayEquals(new float[12], matrix.toArray());
    }

    @Test
    void aViewOfWholeRowsSharesMemory() {
        Tensor last = matrix.view(1, 2, 0, 4);
        assertArrayEquals(new float[] {4, 5, 6, 7, 8, 9, 10, 11}, last.toArray());
        last.put(new float[] {-4, -5, -6, -7, -8, -9, -10, -11});
        assertArrayEquals(new float[] {0, 1, 2, 3, -4, -5, -6, -7, -8, -9, -10, -11}, matrix.toArray());
    }

    @Test
    void aViewOfColumnsIsStrided() {
        Tensor middle = matrix.columns(1, 2);
        assertEquals(3, middle.rows());
        assertEquals(2, middle.columns());
        assertEquals(4, middle.stride());
        assertFalse(middle.contiguous());
        assertArrayEquals(
                new float[] {1, 2, 5, 6, 9, 10}, middle.array().dup('c').data().asFloat());
    }

    @Test
    void viewsOfViewsAddTheirOffsets() {
        Tensor inner = matrix.view(1, 2, 1, 3).view(1, 1, 1, 2);
        assertArrayEquals(new float[] {10, 11}, inner.toArray());
        assertArrayEquals(new float[] {10, 11}, inner.array().dup('c').data().asFloat());
        assertEquals(10, inner.index(0));
    }

    @Test
    void aSliceIsARunOfNumbersInAnotherShape() {
        Tensor slice = matrix.slice(3, 2, 3);
        assertArrayEquals(new float[] {3, 4, 5, 6, 7, 8}, slice.toArray());
        assertArrayEquals(new float[] {6, 7, 8}, slice.view(1, 1, 0, 3).toArray());
        assertArrayEquals(
                new float[] {10}, matrix.view(2, 1, 0, 4).slice(2, 1, 1).toArray());
    }

    @Test
    void theArraySharesMemoryWithTheTensor() {
        matrix.view(0, 3, 2, 2).array().assign(5);
        assertArrayEquals(new float[] {0, 1, 5, 5, 4, 5, 5, 5, 8, 9, 5, 5}, matrix.toArray());
    }

    @Test
    void oneRowOfAStridedViewIsContiguous() {
        Tensor row = matrix.view(2, 1, 1, 2);
        assertTrue(row.contiguous());
        assertArrayEquals(new float[] {9, 10}, row.toArray());
    }

    @Test
    void stridedViewsRefuseToBeCopiedOrSliced() {
        Tensor strided = matrix.columns(0, 2);
        for (Throwable thrown : new Throwable[] {
            assertThrows(IllegalStateException.class, strided::toArray),
            assertThrows(IllegalStateException.class, () -> strided.put(new float[6])),
            assertThrows(IllegalStateException.class, () -> strided.slice(0, 1, 2))
        }) {
            assertEquals("tensor: expected consecutive rows, got a view of 2 of 4 columns", thrown.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 4, 0, 4", "0, 3, 2, 3", "3, 1, 0, 1", "-1, 1, 0, 1", "0, 1, -1, 1"})
    void viewsOutsideAreErrors(int row, int count, int column, int width) {
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.view(row, count, column, width));
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 4", "-1, 1, 1", "12, 1, 1"})
    void slicesOutsideAreErrors(int from, int rows, int columns) {
        assertThrows(IndexOutOfBoundsException.class, () -> matrix.slice(from, rows, columns));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-2, 3", "65536, 8192"})
    void wrongSidesAreErrors(int rows, int columns) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(rows, columns));
        assertTrue(
                String.valueOf(thrown.getMessage()).contains("[%d, %d]".formatted(rows, columns)), thrown::getMessage);
    }

    @Test
    void closingFreesTheOwnersMemoryOnly() {
        Tensor owner = Tensor.zeros(2, 2);
        Tensor view = owner.columns(0, 1);
        view.close();
        assertFalse(owner.array().data().wasClosed());
        owner.put(new float[] {1, 2, 3, 4});
        owner.close();
        assertTrue(owner.array().data().wasClosed());
        owner.close();
    }
}
