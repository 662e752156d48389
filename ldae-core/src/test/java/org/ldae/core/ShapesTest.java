package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ShapesTest {

    private static INDArray zeros(long... shape) {
        return Nd4j.zeros(DataType.FLOAT, shape);
    }

    private static String message(INDArray array) {
        Throwable thrown = assertThrows(
                IllegalArgumentException.class,
                () -> Shapes.require("images", array, "N C H W", Shapes.ANY, 3, 32, 32));
        return String.valueOf(thrown.getMessage());
    }

    @Test
    void aFittingArrayIsReturned() {
        INDArray images = zeros(5, 3, 32, 32);
        assertSame(images, Shapes.require("images", images, "N C H W", Shapes.ANY, 3, 32, 32));
    }

    @Test
    void aWrongLengthNamesWhatWasExpectedAndWhatCame() {
        assertEquals(
                "images: expected float32 [N, C, H, W] = [N, 3, 32, 32], got float32 [5, 3, 32, 28]; "
                        + "check the length of each axis",
                message(zeros(5, 3, 32, 28)));
    }

    @Test
    void aSingleItemIsToldToAddAnAxis() {
        assertEquals(
                "images: expected float32 [N, C, H, W] = [N, 3, 32, 32], got float32 [3, 32, 32]; "
                        + "a single item needs a leading axis of length 1: reshape it",
                message(zeros(3, 32, 32)));
    }

    @Test
    void aWrongNumberOfAxesIsSaid() {
        assertEquals(
                "images: expected float32 [N, C, H, W] = [N, 3, 32, 32], got float32 [5, 3072]; "
                        + "check the number of axes",
                message(zeros(5, 3072)));
    }

    @Test
    void aWrongTypeIsToldHowToConvert() {
        assertEquals(
                "images: expected float32 [N, C, H, W] = [N, 3, 32, 32], got DOUBLE [5, 3, 32, 32]; "
                        + "convert it with castTo(DataType.FLOAT)",
                message(Nd4j.zeros(DataType.DOUBLE, 5, 3, 32, 32)));
    }

    @Test
    void aWholeRowMajorArrayIsItsOwnContiguousForm() {
        INDArray array = zeros(2, 3, 4);
        assertSame(array, Shapes.contiguous(array));
        INDArray vector = zeros(5);
        assertSame(vector, Shapes.contiguous(vector));
        // A reshaped array calls itself a view, yet it is all of its buffer in order: nothing to copy.
        INDArray reshaped = Nd4j.createFromArray(1f, 2f, 3f, 4f, 5f, 6f).reshape('c', 1, 2, 3);
        assertSame(reshaped, Shapes.contiguous(reshaped));
    }

    static Stream<Map.Entry<String, INDArray>> oddlyStrided() {
        INDArray counted = Nd4j.arange(24).castTo(DataType.FLOAT).reshape('c', 2, 3, 4);
        return Stream.of(
                Map.entry("permute(1, 0, 2)", counted.permute(1, 0, 2)),
                Map.entry("permute(0, 2, 1)", counted.permute(0, 2, 1)),
                Map.entry("permute(2, 1, 0)", counted.permute(2, 1, 0)),
                Map.entry(
                        "transposed square", counted.dup('c').reshape('c', 4, 6).transpose()),
                Map.entry("column-major", counted.dup('f')),
                Map.entry("second item", counted.get(NDArrayIndex.interval(1, 2))),
                Map.entry("first item", counted.get(NDArrayIndex.interval(0, 1))),
                Map.entry("a column", counted.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(1))),
                Map.entry(
                        "every second",
                        counted.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 4))),
                Map.entry("broadcast", zeros(3, 1).addi(1).broadcast(3, 4)));
    }

    @ParameterizedTest
    @MethodSource("oddlyStrided")
    void aViewBecomesRowMajorInMemory(Map.Entry<String, INDArray> named) {
        INDArray view = named.getValue();
        INDArray contiguous = Shapes.contiguous(view);
        assertArrayEquals(view.shape(), contiguous.shape());
        float[] memory = contiguous.data().asFloat();
        assertEquals(view.length(), memory.length);
        long[] shape = view.shape();
        long[] at = new long[shape.length];
        for (float actual : memory) {
            assertEquals(view.getFloat(at), actual);
            for (int axis = shape.length - 1; axis >= 0 && ++at[axis] == shape[axis]; axis--) {
                at[axis] = 0;
            }
        }
    }

    @Test
    void theCopyOfAViewIsIndependent() {
        INDArray array = zeros(4, 4);
        INDArray copy = Shapes.contiguous(array.get(NDArrayIndex.interval(1, 3)));
        assertNotSame(array, copy);
        copy.addi(1);
        assertEquals(0, array.sumNumber().doubleValue());
    }
}
