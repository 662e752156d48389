package org.ldae.compute.cpu;

import org.ldae.compute.Activation;

/**
 * Non-linearities and their slopes over the start of an array. Several short loops instead of a long one: beyond some
 * length of its body the JIT compiler gives up on vector code. One instance belongs to one thread.
 */
final class Activations {

    private static final float SQRT_2_OVER_PI = 0.7978845608f;
    private static final float CUBIC = 0.044715f;
    private static final float GELU_LIMIT = 5.2f;
    private static final float SQRT_HALF = 0.70710678118f;
    private static final float DENSITY = 0.3989422804f;
    private static final float LEAK = 0.2f;

    private final Exponential exponential = new Exponential();
    private float[] t = new float[0];
    private float[] u = new float[0];

    /** {@code y = f(x)} for the first n; y may be x. */
    void apply(Activation f, float[] x, float[] y, int n) {
        term(f, x, n);
        value(f, x, y, n);
    }

    /** {@code y = f(x), slope = f'(x)} for the first n, of three arrays. */
    void apply(Activation f, float[] x, float[] y, float[] slope, int n) {
        term(f, x, n);
        value(f, x, y, n);
        slope(f, x, slope, n);
    }

    /** {@code d = d f'(x)} for the first n. */
    void backward(Activation f, float[] x, float[] d, int n) {
        term(f, x, n);
        slope(f, x, u, n);
        Loops.multiply(u, d, n);
    }

    /** What value and slope have in common, into t. */
    private void term(Activation f, float[] x, int n) {
        reserve(n);
        switch (f) {
            case RELU, LEAKY_RELU -> {}
            case GELU_TANH -> {
                cubic(x, t, n);
                FastMath.tanh(t, n);
            }
            case GELU_ERF -> {
                for (int i = 0; i < n; i++) {
                    t[i] = SQRT_HALF * x[i];
                }
                FastMath.erf(t, n);
            }
            case SILU -> {
                minus(x, t, n);
                exponential.apply(t, n);
            }
        }
    }

    private void value(Activation f, float[] x, float[] y, int n) {
        switch (f) {
            case RELU -> {
                for (int i = 0; i < n; i++) {
                    y[i] = Math.max(x[i], 0);
                }
            }
            case LEAKY_RELU -> {
                for (int i = 0; i < n; i++) {
                    y[i] = Math.max(x[i], LEAK * x[i]);
                }
            }
            case GELU_TANH, GELU_ERF -> gate(x, t, y, n);
            case SILU -> {
                for (int i = 0; i < n; i++) {
                    y[i] = x[i] / (1 + t[i]);
                }
            }
        }
    }

    private void slope(Activation f, float[] x, float[] slope, int n) {
        switch (f) {
            case RELU -> {
                for (int i = 0; i < n; i++) {
                    slope[i] = x[i] > 0 ? 1 : 0;
                }
            }
            case LEAKY_RELU -> {
                for (int i = 0; i < n; i++) {
                    slope[i] = x[i] > 0 ? 1 : LEAK;
                }
            }
            case GELU_TANH -> geluSlope(x, t, slope, n);
            case GELU_ERF -> {
                density(x, slope, n);
                exponential.apply(slope, n);
                for (int i = 0; i < n; i++) {
                    slope[i] = 0.5f * (1 + t[i]) + x[i] * DENSITY * slope[i];
                }
            }
            case SILU -> siluSlope(x, t, slope, n);
        }
    }

    /** t = sqrt(2 / pi) (x + 0.044715 x^3). */
    private static void cubic(float[] x, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            float v = x[i];
            t[i] = SQRT_2_OVER_PI * v * (1 + CUBIC * v * v);
        }
    }

    private static void gate(float[] x, float[] t, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = 0.5f * x[i] * (1 + t[i]);
        }
    }

    private static void minus(float[] x, float[] t, int n) {
        for (int i = 0; i < n; i++) {
            t[i] = -x[i];
        }
    }

    private static void density(float[] x, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = -0.5f * x[i] * x[i];
        }
    }

    private static void geluSlope(float[] x, float[] t, float[] slope, int n) {
        for (int i = 0; i < n; i++) {
            // Beyond the limit the slope is 0 or 1, but 1 - t t keeps a rounding error that v inner magnifies.
            float v = Math.min(GELU_LIMIT, Math.max(-GELU_LIMIT, x[i]));
            float inner = SQRT_2_OVER_PI * (1 + 3 * CUBIC * v * v);
            slope[i] = 0.5f * (1 + t[i] + v * (1 - t[i] * t[i]) * inner);
        }
    }

    private static void siluSlope(float[] x, float[] t, float[] slope, int n) {
        for (int i = 0; i < n; i++) {
            float s = 1 / (1 + t[i]);
            slope[i] = s + x[i] * s * (1 - s);
        }
    }

    private void reserve(int n) {
        if (t.length < n) {
            t = new float[n];
            u = new float[n];
        }
    }
}
