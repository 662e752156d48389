package org.ldae.compute.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * e^x over the start of an array, to a relative error below 3e-7, in loops that become vector code: about 1 nanosecond a
 * number, against 11 one by one.
 *
 * <p>The JIT compiler vectorises neither conversions nor reinterpretations between floats and ints, so the exponents go
 * through a buffer that is seen as both. One instance belongs to one thread.
 */
final class Exponential {

    private float[] powers = new float[0];
    private float[] remainders = new float[0];
    private int[] exponents = new int[0];
    private FloatBuffer floats = FloatBuffer.allocate(0);
    private IntBuffer ints = IntBuffer.allocate(0);

    /** {@code x = e^x} for the first n numbers; x below -87 gives about 2e-38, above 88 about 2e38. */
    void apply(float[] x, int n) {
        reserve(n);
        reduce(x, powers, remainders, n);
        floats.put(0, powers, 0, n);
        ints.get(0, exponents, 0, n);
        raise(exponents, n);
        ints.put(0, exponents, 0, n);
        floats.get(0, powers, 0, n);
        multiply(remainders, powers, x, n);
    }

    /** Remainder r with x = k log 2 + r, and k in the low bits of the mantissa of another number. */
    private static void reduce(float[] x, float[] k, float[] r, int n) {
        for (int i = 0; i < n; i++) {
            float c = Math.min(88f, Math.max(-87f, x[i]));
            float shifted = c * 1.44269504f + 12582912f;
            k[i] = shifted;
            float rounded = shifted - 12582912f;
            r[i] = c - rounded * 0.693145752f - rounded * 1.42860677e-6f;
        }
    }

    /** The bits of 2^k. */
    private static void raise(int[] k, int n) {
        for (int i = 0; i < n; i++) {
            k[i] = (k[i] << 23) + 0x3f800000;
        }
    }

    private static void multiply(float[] r, float[] power, float[] result, int n) {
        for (int i = 0; i < n; i++) {
            float v = r[i];
            float p = ((((1.3888889e-3f * v + 8.3333333e-3f) * v + 4.1666667e-2f) * v + 0.16666667f) * v + 0.5f) * v * v
                    + v
                    + 1;
            result[i] = p * power[i];
        }
    }

    private void reserve(int n) {
        if (powers.length < n) {
            powers = new float[n];
            remainders = new float[n];
            exponents = new int[n];
            ByteBuffer bytes = ByteBuffer.allocateDirect(4 * n).order(ByteOrder.nativeOrder());
            floats = bytes.asFloatBuffer();
            ints = bytes.asIntBuffer();
        }
    }
}
