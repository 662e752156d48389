package org.ldae.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class InferenceTest {

    private static final int SIZE = 3;

    /** The number i at place i. */
    private static INDArray counting(int count) {
        float[] numbers = new float[count * SIZE];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        return NdArrays.of(numbers, count, SIZE);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "5, 1", "5, 2", "7, 3", "64, 5", "65, 64", "3, 100"})
    void everyItemIsMappedOnceInItsPlace(int count, int most) {
        try (INDArray items = counting(count);
                INDArray sums = Inference.withoutWeights(most)
                        .map(Items.of(items), new long[] {1}, (work, n) -> (in, out, first) -> {
                            assertEquals(n * SIZE, in.length);
                            assertEquals(first * SIZE, in[0]);
                            for (int i = 0; i < n; i++) {
                                out[i] = in[SIZE * i] + in[SIZE * i + 1] + in[SIZE * i + 2];
                            }
                        })) {
            assertArrayEquals(new long[] {count, 1}, sums.shape());
            float[] expected = new float[count];
            IntStream.range(0, count).forEach(i -> expected[i] = 9 * i + 3);
            assertArrayEquals(expected, sums.data().asFloat());
        }
    }

    @Test
    void readsViewsInRowMajorOrder() {
        try (INDArray items = counting(4)) {
            INDArray columns = items.transpose(); // [3, 4]
            INDArray copied = Inference.withoutWeights(2)
                    .map(
                            Items.of(columns),
                            new long[] {4},
                            (work, n) -> (in, out, first) -> System.arraycopy(in, 0, out, 0, in.length));
            assertEquals(columns.dup('c'), copied);
        }
    }

    @Test
    void refusesNothing() {
        Items none = new Items(0, SIZE, () -> (index, to, offset) -> {});
        Inference inference = Inference.withoutWeights(2);
        Inference.Passes passes = (work, n) -> (in, out, first) -> {};
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> inference.map(none, new long[] {1}, passes));
        assertEquals("items: expected at least one on the first axis, got none", thrown.getMessage());
    }

    @Test
    void aFailingPassFailsTheRun() {
        Inference inference = Inference.withoutWeights(1);
        try (INDArray items = counting(8)) {
            Inference.Passes passes = (work, n) -> (in, out, first) -> {
                throw new IllegalStateException("first " + first);
            };
            assertThrows(IllegalStateException.class, () -> inference.map(Items.of(items), new long[] {1}, passes));
        }
    }

    @Test
    void pixelsAreTheirOwnFeatures() {
        ImageShape shape = new ImageShape(2, 2, 2);
        INDArray images = NdArrays.of(new float[] {0.1f, 0.2f, 0.3f, 0.4f, -0.1f, -0.2f, -0.3f, -0.4f}, 1, 2, 2, 2);
        ImageSource source = ImageSource.of(images, new int[0], List.of());
        try (Encoder pixels = new PixelEncoder(new TokenGrid(shape, 1))) {
            assertArrayEquals(
                    new float[] {0.1f, -0.1f, 0.2f, -0.2f, 0.3f, -0.3f, 0.4f, -0.4f},
                    pixels.represent(source, Features.tokens()).data().asFloat());
            assertArrayEquals(
                    new float[] {0.25f, -0.25f},
                    pixels.represent(source, Features.pooled()).data().asFloat(),
                    1e-7f);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> pixels.represent(source, Features.pooled().withNoise(1)));
        }
    }
}
