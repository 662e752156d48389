package org.ldae.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Operands;
import org.ldae.compute.Tensor;

/** Softmax over staged rows against double references. */
class SoftmaxTest {

    private final Operands make = new Operands(5);
    private final Softmax softmax = new Softmax();

    @BeforeEach
    void hostMemory() {
        assumeTrue(Backend.isNative(), "softmax of the CPU kernels needs the native backend");
    }

    @AfterEach
    void free() {
        make.close();
    }

    private float[] ofRow(float... scores) {
        Tensor x = make.constant(1, scores.length, 0);
        x.put(scores);
        softmax.forward(x, 0, 1, 1);
        return x.toArray();
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-3f, 1, 100, 1e4f, 1e30f})
    void rowsSumToOneWhateverTheScores(float deviation) {
        int n = 197;
        Tensor x = make.matrix(50, n, deviation);
        float[] scores = x.toArray();
        softmax.forward(x, 1, 48, 0.25f);
        float[] p = x.toArray();
        for (int row = 1; row < 49; row++) {
            assertSoftmax(scores, p, row * n, n);
        }
        for (int j = 0; j < n; j++) {
            assertEquals(scores[j], p[j], "the row before is untouched");
            assertEquals(scores[49 * n + j], p[49 * n + j], "the row after is untouched");
        }
    }

    private static void assertSoftmax(float[] scores, float[] p, int from, int n) {
        double max = Double.NEGATIVE_INFINITY;
        for (int j = from; j < from + n; j++) {
            max = Math.max(max, 0.25 * scores[j]);
        }
        double total = 0;
        double expectedTotal = 0;
        for (int j = from; j < from + n; j++) {
            assertTrue(p[j] >= 0);
            total += p[j];
            expectedTotal += Math.exp(0.25 * scores[j] - max);
        }
        assertEquals(1, total, 1e-6);
        for (int j = from; j < from + n; j++) {
            assertEquals(Math.exp(0.25 * scores[j] - max) / expectedTotal, p[j], 1e-5);
        }
    }

    @Test
    void ignoresScoresOfMinusInfinity() {
        float[] p = ofRow(0, Float.NEGATIVE_INFINITY, 0);
        assertEquals(0.5, p[0], 1e-7);
        assertEquals(0, p[1], 1e-37);
        assertEquals(0.5, p[2], 1e-7);
    }

    @Test
    void keepsNotANumberVisible() {
        for (int at = 0; at < 3; at++) {
            float[] scores = {1, 3, 2};
            scores[at] = Float.NaN;
            for (float p : ofRow(scores)) {
                assertTrue(Float.isNaN(p));
            }
        }
    }
}
