package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
        INDArray array = owner.array();
        Tensor view = owner.columns(0, 1);
        view.close();
        assertFalse(array.data().wasClosed());
        owner.put(new float[] {1, 2, 3, 4});
        owner.close();
        assertTrue(array.data().wasClosed());
        owner.close();
    }

    /** Reading freed memory would end the process. */
    @Test
    void aClosedTensorAndItsViewsSaySo() {
        Tensor owner = Tensor.zeros(300, 1000);
        Tensor view = owner.view(1, 2, 0, 1000);
        Tensor used = owner.slice(10, 2, 3);
        used.array();
        Kernels kernels = Backend.kernels();
        kernels.fill(used, 1);
        kernels.gemm(Kernels.Transpose.SECOND, used, used, 0, view.columns(0, 2));
        owner.close();
        for (Tensor each : List.of(owner, view, used)) {
            for (Executable use : List.<Executable>of(
                    each::toArray,
                    () -> each.get(new float[each.size()]),
                    () -> each.put(new float[each.size()]),
                    () -> each.view(0, 1, 0, 1),
                    () -> each.columns(0, 1),
                    () -> each.slice(0, 1, 1),
                    each::array,
                    each::host,
                    () -> each.at(0, 0),
                    () -> kernels.fill(each, 0),
                    () -> kernels.gemm(Kernels.Transpose.SECOND, each, each, 0, each))) {
                IllegalStateException thrown = assertThrows(IllegalStateException.class, use);
                assertTrue(String.valueOf(thrown.getMessage()).startsWith("the tensor is closed"), thrown::toString);
            }
        }
    }

    /** Memory of a device that the host doesn't see. */
    private static final class Elsewhere implements Memory {
        private final float[] numbers = new float[6];
        private boolean closed;

        @Override
        public void put(int at, float[] source, int from, int count) {
            System.arraycopy(source, from, numbers, at, count);
        }

        @Override
        public void get(int at, float[] destination, int from, int count) {
            System.arraycopy(numbers, at, destination, from, count);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void liesOnMemoryThatTheHostDoesNotSee() {
        Elsewhere device = new Elsewhere();
        Tensor tensor = Tensor.over(device, 2, 3);
        tensor.put(new float[] {1, 2, 3, 4, 5, 6});
        Tensor last = tensor.view(1, 1, 1, 2);
        assertArrayEquals(new float[] {5, 6}, last.toArray());
        assertSame(device, last.memory(Elsewhere.class));
        assertEquals(4, last.index(0));
        assertEquals(3, last.stride());
        assertThrows(IllegalStateException.class, last::host);
        assertThrows(IllegalStateException.class, last::array);
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> matrix.memory(Elsewhere.class));
        assertTrue(String.valueOf(thrown.getMessage()).contains("Elsewhere"), thrown::toString);
        tensor.close();
        assertTrue(device.closed);
    }

    @Test
    void sharesAnArraysMemoryAndLeavesItOpen() {
        INDArray array = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}, {5, 6}});
        try (Tensor shared = Tensor.over(Memory.ofNd4j(array), 3, 2)) {
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, shared.toArray());
            shared.slice(2, 2, 2).put(new float[] {7, 8, 9, 10});
            assertEquals(10, shared.array().getFloat(2, 1));
        }
        assertEquals(Nd4j.createFromArray(new float[][] {{1, 2}, {7, 8}, {9, 10}}), array);
    }
}
