package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.Rng;

/** The approximations against double references. */
class FastMathTest {

    private static final double SMALLEST_NORMAL = Float.MIN_NORMAL;

    private interface FloatFunction {
        float of(float x);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** Largest error relative to the reference over evenly spaced numbers and powers of two of both signs. */
    private static double relativeError(FloatFunction f, DoubleUnaryOperator reference, double limit) {
        double worst = 0;
        for (int i = -100_000; i <= 100_000; i++) {
            worst = Math.max(worst, relativeError(f, reference, (float) (limit * i / 100_000)));
        }
        for (double x = limit; x > Float.MIN_NORMAL; x /= 2) {
            worst = Math.max(worst, relativeError(f, reference, (float) x));
            worst = Math.max(worst, relativeError(f, reference, (float) -x));
        }
        return worst;
    }

    private static double relativeError(FloatFunction f, DoubleUnaryOperator reference, float x) {
        double expected = reference.applyAsDouble(x);
        double error = Math.abs(f.of(x) - expected);
        return error == 0 ? 0 : error / Math.max(SMALLEST_NORMAL, Math.abs(expected));
    }

    @Test
    void tanhIsWithinItsStatedError() {
        assertTrue(relativeError(FastMath::tanh, Math::tanh, 20) < 5e-7);
        assertTrue(relativeError(FastMath::tanh, Math::tanh, 0.01) < 5e-7);
    }

    @Test
    void erfIsWithinItsStatedError() {
        assertTrue(relativeError(FastMath::erf, Erf::erf, 10) < 5e-7);
        assertTrue(relativeError(FastMath::erf, Erf::erf, 0.01) < 5e-7);
    }

    @Test
    void expIsWithinItsStatedError() {
        assertTrue(relativeError(FastMath::exp, Math::exp, 87) < 3e-7);
        assertTrue(relativeError(FastMath::exp, Math::exp, 0.5) < 3e-7);
    }

    @Test
    void sigmoidIsWithinFloatRounding() {
        assertTrue(relativeError(FastMath::sigmoid, FastMathTest::sigmoid, 87) < 4e-7);
    }

    @ParameterizedTest
    @ValueSource(floats = {100, 1e10f, Float.MAX_VALUE, Float.POSITIVE_INFINITY})
    void saturatesAtExtremes(float x) {
        assertEquals(1, FastMath.tanh(x), 1e-7);
        assertEquals(-1, FastMath.tanh(-x), 1e-7);
        assertEquals(1, FastMath.erf(x), 1e-7);
        assertEquals(-1, FastMath.erf(-x), 1e-7);
        assertEquals(1, FastMath.sigmoid(x));
        assertEquals(0, FastMath.sigmoid(-x), 1e-37);
        assertEquals(0, FastMath.exp(-x), 2e-38);
        assertTrue(FastMath.exp(x) > 1e38 && Float.isFinite(FastMath.exp(x)));
    }

    @Test
    void zeroAndTinyArgumentsAreExact() {
        assertEquals(0f, FastMath.tanh(0));
        assertEquals(0f, FastMath.erf(0));
        assertEquals(1f, FastMath.exp(0));
        assertEquals(0.5f, FastMath.sigmoid(0));
        for (float x : new float[] {1e-30f, Float.MIN_NORMAL, Float.MIN_VALUE}) {
            assertEquals(x, FastMath.tanh(x), x * 1e-6);
            assertEquals(2 / Math.sqrt(Math.PI) * x, FastMath.erf(x), Math.max(Float.MIN_VALUE, x * 1e-6));
            assertEquals(1f, FastMath.exp(x));
        }
    }

    @Test
    void keepsNotANumberVisible() {
        assertTrue(Float.isNaN(FastMath.tanh(Float.NaN)));
        assertTrue(Float.isNaN(FastMath.erf(Float.NaN)));
        assertTrue(Float.isNaN(FastMath.exp(Float.NaN)));
        assertTrue(Float.isNaN(FastMath.sigmoid(Float.NaN)));
        float[] row = {1, Float.NaN, 2};
        FastMath.softmax(row, 0, 3, 1);
        assertTrue(Float.isNaN(row[0]) && Float.isNaN(row[1]) && Float.isNaN(row[2]));
    }

    @ParameterizedTest
    @EnumSource
    void activationsAreWithinFloatRounding(Activation f) {
        int n = 20_000;
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (i - 9_999.5f) / 800f;
        }
        float[] y = new float[n];
        float[] slope = new float[n];
        java.util.Arrays.fill(slope, 1);
        FastMath.activate(f, x, y, n);
        FastMath.activateBackward(f, x, slope, n);
        for (int i = 0; i < n; i++) {
            double v = x[i];
            assertEquals(reference(f, v), y[i], 4e-7 * Math.max(1, Math.abs(v)), f + " of " + v);
            double h = 1e-5;
            double expected = (reference(f, v + h) - reference(f, v - h)) / (2 * h);
            assertEquals(expected, slope[i], 6e-6, "slope of " + f + " at " + v);
        }
    }

    @ParameterizedTest
    @EnumSource
    void slopesFarOutAreConstant(Activation f) {
        for (float far : new float[] {30, 1000, 1e6f, 1e15f}) {
            float[] slope = {1, 1};
            FastMath.activateBackward(f, new float[] {-far, far}, slope, 2);
            assertEquals(f == Activation.LEAKY_RELU ? 0.2 : 0, slope[0], 6e-6, f + " at " + -far);
            assertEquals(1, slope[1], 6e-6, f + " at " + far);
        }
    }

    private static double reference(Activation f, double x) {
        return switch (f) {
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case GELU_ERF -> 0.5 * x * Erf.erfc(-x / Math.sqrt(2));
            case SILU -> x * sigmoid(x);
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> Math.max(x, 0.2 * x);
        };
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-3f, 1, 100, 1e4f, 1e30f})
    void softmaxRowsSumToOneWhateverTheScores(float deviation) {
        int n = 197;
        float[] x = new float[3 * n];
        Rng.of(5).normals(x, 0, x.length);
        for (int i = 0; i < x.length; i++) {
            x[i] *= deviation;
        }
        float[] scores = x.clone();
        FastMath.softmax(x, n, n, 0.25f);
        double max = Double.NEGATIVE_INFINITY;
        for (int j = n; j < 2 * n; j++) {
            max = Math.max(max, 0.25 * scores[j]);
        }
        double total = 0;
        double expectedTotal = 0;
        for (int j = n; j < 2 * n; j++) {
            assertTrue(x[j] >= 0);
            total += x[j];
            expectedTotal += Math.exp(0.25 * scores[j] - max);
        }
        assertEquals(1, total, 1e-6);
        for (int j = n; j < 2 * n; j++) {
            assertEquals(Math.exp(0.25 * scores[j] - max) / expectedTotal, x[j], 1e-5);
        }
        assertEquals(scores[n - 1], x[n - 1], "the row before is untouched");
        assertEquals(scores[2 * n], x[2 * n], "the row after is untouched");
    }

    @Test
    void softmaxIgnoresScoresOfMinusInfinity() {
        float[] x = {0, Float.NEGATIVE_INFINITY, 0};
        FastMath.softmax(x, 0, 3, 1);
        assertEquals(0.5, x[0], 1e-7);
        assertEquals(0, x[1], 1e-37);
        assertEquals(0.5, x[2], 1e-7);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 197})
    void sumsAndProductsCoverEveryElementAndNoOther(int n) {
        float[] x = new float[n + 4];
        float[] y = new float[n + 4];
        Rng.of(1).normals(x, 0, x.length);
        Rng.of(2).normals(y, 0, y.length);
        double sum = 0;
        double dot = 0;
        double squares = 0;
        for (int j = 2; j < 2 + n; j++) {
            sum += x[j];
            dot += (double) x[j] * y[j];
        }
        for (int j = 0; j < n; j++) {
            squares += (double) x[j] * x[j];
        }
        assertEquals(sum, FastMath.sum(x, 2, n), 1e-5 * n);
        assertEquals(dot, FastMath.dot(x, y, 2, n), 1e-5 * n);
        assertEquals(squares, FastMath.sumOfSquares(x, n), 1e-12 * n);
    }
}
