package org.ldae.compute.cpu;

/**
 * Elementary functions without branches, so that the JIT compiler turns loops over them into vector code; {@link
 * Exponential} has e^x.
 *
 * <p>The rational approximations were fitted by iterated weighted least squares; their relative error in float32 is
 * below 5e-7.
 */
final class FastMath {

    private static final float TANH_LIMIT = 9;
    private static final float ERF_LIMIT = 4;

    private FastMath() {}

    static float tanh(float x) {
        float c = Math.min(TANH_LIMIT, Math.max(-TANH_LIMIT, x));
        float u = c * c;
        float p = (((1.335459485e-8f * u + 2.060903072e-5f) * u + 3.495584861e-3f) * u + 0.1338102286f) * u + 1f;
        float q = (((7.776529968e-7f * u + 3.285629563e-4f) * u + 2.587696967e-2f) * u + 0.4671433846f) * u + 1f;
        return c * p / q;
    }

    /** {@code x = tanh(x)} for the first n. */
    static void tanh(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = tanh(x[i]);
        }
    }

    /** {@code x = erf(x)} for the first n. */
    static void erf(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = erf(x[i]);
        }
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
}
