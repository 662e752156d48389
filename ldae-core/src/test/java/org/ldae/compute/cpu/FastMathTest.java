package org.ldae.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The approximations against double references. */
class FastMathTest {

    private static final double SMALLEST_NORMAL = Float.MIN_NORMAL;

    private interface FloatFunction {
        float of(float x);
    }

    private final Exponential exponential = new Exponential();

    private float exp(float x) {
        float[] one = {x};
        exponential.apply(one, 1);
        return one[0];
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
        assertTrue(relativeError(this::exp, Math::exp, 87) < 3e-7);
        assertTrue(relativeError(this::exp, Math::exp, 0.5) < 3e-7);
    }

    @ParameterizedTest
    @ValueSource(floats = {100, 1e10f, Float.MAX_VALUE, Float.POSITIVE_INFINITY})
    void saturatesAtExtremes(float x) {
        assertEquals(1, FastMath.tanh(x), 1e-7);
        assertEquals(-1, FastMath.tanh(-x), 1e-7);
        assertEquals(1, FastMath.erf(x), 1e-7);
        assertEquals(-1, FastMath.erf(-x), 1e-7);
        assertEquals(0, exp(-x), 2e-38);
        assertTrue(exp(x) > 1e38 && Float.isFinite(exp(x)));
    }

    @Test
    void zeroAndTinyArgumentsAreExact() {
        assertEquals(0f, FastMath.tanh(0));
        assertEquals(0f, FastMath.erf(0));
        assertEquals(1f, exp(0));
        for (float x : new float[] {1e-30f, Float.MIN_NORMAL, Float.MIN_VALUE}) {
            assertEquals(x, FastMath.tanh(x), x * 1e-6);
            assertEquals(2 / Math.sqrt(Math.PI) * x, FastMath.erf(x), Math.max(Float.MIN_VALUE, x * 1e-6));
            assertEquals(1f, exp(x));
        }
    }

    @Test
    void keepsNotANumberVisible() {
        assertTrue(Float.isNaN(FastMath.tanh(Float.NaN)));
        assertTrue(Float.isNaN(FastMath.erf(Float.NaN)));
        assertTrue(Float.isNaN(exp(Float.NaN)));
    }

    @Test
    void exponentialOfAnArrayIsThatOfItsNumbers() {
        float[] x = new float[5000];
        for (int i = 0; i < x.length; i++) {
            x[i] = (i - 2500) / 25f;
        }
        x[17] = Float.NaN;
        x[18] = Float.POSITIVE_INFINITY;
        x[19] = Float.NEGATIVE_INFINITY;
        float[] y = x.clone();
        new Exponential().apply(y, 4999);
        for (int i = 0; i < 4999; i++) {
            assertEquals(exp(x[i]), y[i]);
        }
        assertEquals(x[4999], y[4999], "the rest is untouched");
    }
}
