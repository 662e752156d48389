package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RowBlocksTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "63, 5", "64, 5", "65, 5", "1500, 3", "1025, 7", "70, 5000", "3, 300000"})
    void eachRowIsInOneBlockOfOneGroup(int count, int width) {
        float[] values = normals(count * width);
        INDArray x = Nd4j.create(values, new long[] {count, width}, 'c');
        AtomicIntegerArray seen = new AtomicIntegerArray(count);
        try (RowBlocks blocks = RowBlocks.of(FeatureRows.of(x), block -> {})) {
            assertEquals(count, blocks.count());
            assertEquals(width, blocks.width());
            blocks.eachGroup((kernels, group) -> {
                for (int b = group; b < blocks.blocks(); b += blocks.groups()) {
                    Tensor block = blocks.block(b);
                    assertTrue(block.rows() <= blocks.step());
                    float[] numbers = block.toArray();
                    for (int r = 0; r < block.rows(); r++) {
                        int row = blocks.first(b) + r;
                        seen.incrementAndGet(row);
                        assertEquals(values[row * width], numbers[r * width]);
                        assertEquals(values[(row + 1) * width - 1], numbers[(r + 1) * width - 1]);
                    }
                }
            });
        }
        for (int i = 0; i < count; i++) {
            assertEquals(1, seen.get(i), "row " + i);
        }
    }

    @Test
    void sumsAreThoseOfAllRowsEachTime() {
        int count = 1500;
        int width = 3;
        float[] values = normals(count * width);
        INDArray x = Nd4j.create(values, new long[] {count, width}, 'c');
        double[] expected = new double[2 * width];
        for (int i = 0; i < count; i++) {
            for (int f = 0; f < width; f++) {
                expected[f] += (double) values[i * width + f];
                expected[width + f] += (double) values[i * width + f] * i;
            }
        }
        try (RowBlocks blocks = RowBlocks.of(FeatureRows.of(x), block -> {});
                GroupSums sums = new GroupSums(blocks, 2)) {
            for (int again = 0; again < 2; again++) {
                blocks.eachGroup((kernels, group) -> {
                    for (int b = group; b < blocks.blocks(); b += blocks.groups()) {
                        float[] perRow = new float[2 * blocks.block(b).rows()];
                        for (int r = 0; r < perRow.length / 2; r++) {
                            perRow[2 * r] = 1;
                            perRow[2 * r + 1] = blocks.first(b) + r;
                        }
                        try (Tensor ofBlock = Tensor.zeros(perRow.length / 2, 2)) {
                            ofBlock.put(perRow);
                            sums.add(kernels, b, ofBlock);
                        }
                    }
                });
                double[] total = new double[2 * width + 1];
                total[2 * width] = 7;
                sums.total(total);
                assertEquals(7, total[2 * width]);
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], total[i], 1e-6 * count * count);
                }
            }
        }
    }

    @Test
    void threadsChangeNoDigitOfAProbe() {
        INDArray x = Nd4j.create(normals(700 * 40), new long[] {700, 40}, 'c');
        int[] labels = new int[700];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = x.getFloat(i, 0) > 0.5 ? 2 : x.getFloat(i, 1) > 0 ? 1 : 0;
        }
        LogisticSolver logistic = LinearProbe.logistic();
        SgdSolver sgd = LinearProbe.sgd().withBatchSize(350).withEpochs(3);
        for (ProbeSolver solver : new ProbeSolver[] {logistic, sgd}) {
            LinearProbe alone = Backend.withThreads(1, () -> solver.fit(x, labels, Rng.of(1), Progress.none()));
            LinearProbe shared = solver.fit(x, labels, Rng.of(1), Progress.none());
            assertArrayEquals(
                    alone.weights().data().asFloat(), shared.weights().data().asFloat());
            assertArrayEquals(
                    alone.bias().data().asFloat(), shared.bias().data().asFloat());
        }
    }

    private static float[] normals(int count) {
        float[] values = new float[count];
        Rng.of(7).normals(values, 0, count);
        return values;
    }
}
