package org.ldae.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.apache.commons.math3.special.Erf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.compute.Activation;

/** The non-linearities against double references. */
class ActivationsTest {

    private final Activations activations = new Activations();

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
        activations.apply(f, x, y, n);
        activations.backward(f, x, slope, n);
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
            activations.backward(f, new float[] {-far, far}, slope, 2);
            assertEquals(f == Activation.LEAKY_RELU ? 0.2 : 0, slope[0], 6e-6, f + " at " + -far);
            assertEquals(1, slope[1], 6e-6, f + " at " + far);
        }
    }

    private static double reference(Activation f, double x) {
        return switch (f) {
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            case GELU_ERF -> 0.5 * x * Erf.erfc(-x / Math.sqrt(2));
            case SILU -> x / (1 + Math.exp(-x));
            case RELU -> Math.max(x, 0);
            case LEAKY_RELU -> Math.max(x, 0.2 * x);
        };
    }

    @ParameterizedTest
    @EnumSource
    void theResultMayTakeTheInputsPlace(Activation f) {
        float[] x = {-3, -0.5f, 0, 0.5f, 3};
        float[] y = new float[5];
        activations.apply(f, x, y, 5);
        activations.apply(f, x, x, 5);
        assertArrayEquals(y, x);
    }
}
