package org.ldae.compute;

/**
 * Elementary functions over ranges of heap arrays, written so that the JIT compiler turns the loops into vector code.
 *
 * <p>The rational approximations were fitted by iterated weighted least squares; their relative error in float32 is
 * below 5e-7 for tanh and erf, and below 3e-7 for exp.
 */
final class FastMath {

    private static final float SQRT_2_OVER_PI = 0.7978845608f;
    private static final float CUBIC = 0.044715f;
    private static final float TANH_LIMIT = 9;
    private static final float GELU_LIMIT = 5.2f;
    private static final float ERF_LIMIT = 4;
    private static final float SQRT_HALF = 0.70710678118f;
    private static final float DENSITY = 0.3989422804f;
    private static final float LEAK = 0.2f;

    private FastMath() {}

    static float tanh(float x) {
        float c = Math.min(TANH_LIMIT, Math.max(-TANH_LIMIT, x));
        float u = c * c;
        float p = (((1.335459485e-8f * u + 2.060903072e-5f) * u + 3.495584861e-3f) * u + 0.1338102286f) * u + 1f;
        float q = (((7.776529968e-7f * u + 3.285629563e-4f) * u + 2.587696967e-2f) * u + 0.4671433846f) * u + 1f;
        return c * p / q;
    }

    static float erf(float x) {
        float c = Math.min(ERF_LIMIT, Math.max(-ERF_LIMIT, x));
        float u = c * c;
        float p = ((((1.986787049e-6f * u + 2.845657106e-4f) * u + 3.883328662e-3f) * u + 5.310169715e-2f) * u
                                + 0.1935446869f)
                        * u
                + 1.128379139f;
        float q = ((((3.742021408e-5f * u + 1.185567751e-3f) * u + 1.520721961e-2f) * u + 0.1153498459f) * u
                                + 0.5048570685f)
                        * u
                + 1f;
        return c * p / q;
    }

    /** e^x by 2^k times a polynomial of the remainder; x below -87 gives about 2e-38, above 88 about 2e38. */
    static float exp(float x) {
        float c = Math.min(88f, Math.max(-87f, x));
        float k = c * 1.44269504f + 12582912f;
        int bits = Float.floatToRawIntBits(k) << 23;
        k -= 12582912f;
        float r = c - k * 0.693145752f - k * 1.42860677e-6f;
        float p = ((((1.3888889e-3f * r + 8.3333333e-3f) * r + 4.1666667e-2f) * r + 0.16666667f) * r + 0.5f) * r * r
                + r
                + 1;
        return Float.intBitsToFloat(Float.floatToRawIntBits(p) + bits);
    }

    static float sigmoid(float x) {
        return 1 / (1 + exp(-x));
    }

    static void activate(Activation f, float[] x, float[] y, int n) {
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
            case GELU_TANH -> {
                for (int i = 0; i < n; i++) {
                    float v = x[i];
                    y[i] = 0.5f * v * (1 + tanh(SQRT_2_OVER_PI * v * (1 + CUBIC * v * v)));
                }
            }
            case GELU_ERF -> {
                for (int i = 0; i < n; i++) {
                    y[i] = 0.5f * x[i] * (1 + erf(SQRT_HALF * x[i]));
                }
            }
            case SILU -> {
                for (int i = 0; i < n; i++) {
                    y[i] = x[i] * sigmoid(x[i]);
                }
            }
        }
    }

    static void activateBackward(Activation f, float[] x, float[] d, int n) {
        switch (f) {
            case RELU -> {
                for (int i = 0; i < n; i++) {
                    d[i] = x[i] > 0 ? d[i] : 0;
                }
            }
            case LEAKY_RELU -> {
                for (int i = 0; i < n; i++) {
                    d[i] *= x[i] > 0 ? 1 : LEAK;
                }
            }
            case GELU_TANH -> {
                for (int i = 0; i < n; i++) {
                    // Beyond the limit the slope is 0 or 1, but 1 - t t keeps a rounding error that v inner magnifies.
                    float v = Math.min(GELU_LIMIT, Math.max(-GELU_LIMIT, x[i]));
                    float square = v * v;
                    float t = tanh(SQRT_2_OVER_PI * v * (1 + CUBIC * square));
                    float inner = SQRT_2_OVER_PI * (1 + 3 * CUBIC * square);
                    d[i] *= 0.5f * (1 + t + v * (1 - t * t) * inner);
                }
            }
            case GELU_ERF -> {
                for (int i = 0; i < n; i++) {
                    float v = x[i];
                    d[i] *= 0.5f * (1 + erf(SQRT_HALF * v)) + v * DENSITY * exp(-0.5f * v * v);
                }
            }
            case SILU -> {
                for (int i = 0; i < n; i++) {
                    float s = sigmoid(x[i]);
                    d[i] *= s + x[i] * s * (1 - s);
                }
            }
        }
    }

    /** Softmax of one row of scores multiplied by a factor. */
    static void softmax(float[] x, int from, int n, float factor) {
        float max = x[from];
        for (int j = from + 1; j < from + n; j++) {
            max = Math.max(max, x[j]);
        }
        float sum = 0;
        for (int j = from; j < from + n; j++) {
            float e = exp((x[j] - max) * factor);
            x[j] = e;
            sum += e;
        }
        float inverse = 1 / sum;
        for (int j = from; j < from + n; j++) {
            x[j] *= inverse;
        }
    }

    /** Adds {@code from[at ..]} to the start of another array. */
    static void add(float[] from, int at, float[] to, int n) {
        for (int j = 0; j < n; j++) {
            to[j] += from[at + j];
        }
    }

    static float sum(float[] x, int from, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int end = from + n;
        int j = from;
        for (; j + 3 < end; j += 4) {
            a += x[j];
            b += x[j + 1];
            c += x[j + 2];
            d += x[j + 3];
        }
        for (; j < end; j++) {
            a += x[j];
        }
        return (a + b) + (c + d);
    }

    static float dot(float[] x, float[] y, int from, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int end = from + n;
        int j = from;
        for (; j + 3 < end; j += 4) {
            a += x[j] * y[j];
            b += x[j + 1] * y[j + 1];
            c += x[j + 2] * y[j + 2];
            d += x[j + 3] * y[j + 3];
        }
        for (; j < end; j++) {
            a += x[j] * y[j];
        }
        return (a + b) + (c + d);
    }

    static double sumOfSquares(float[] x, int n) {
        double a = 0;
        double b = 0;
        int j = 0;
        for (; j + 1 < n; j += 2) {
            a += (double) x[j] * x[j];
            b += (double) x[j + 1] * x[j + 1];
        }
        return j < n ? a + b + (double) x[j] * x[j] : a + b;
    }
}
