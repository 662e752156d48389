package org.ldae.compute.cpu;

/**
 * One-dimensional transforms of Winograd's F(4, 3) (Lavin and Gray 2016), over vectors: index i of each array is one tile and
 * channel.
 *
 * <p>Four results of a filter of three numbers cost six products instead of twelve, 4 x 4 results of a 3 x 3 filter 36
 * instead of 144. The polynomials are interpolated at 0, +-3/4, +-3/2 and infinity, which loses three times fewer digits
 * than the customary 0, +-1, +-2 (a 3 x 3 convolution of 256 channels errs by 3e-6 of its largest result) and is exact in
 * binary. Each loop writes two arrays at most and all arrays share one index, since C2 vectorises no others.
 */
final class Winograd {

    /** Side of a tile of results. */
    static final int RESULTS = 4;

    /** Side of a tile of inputs, and of a transformed tile. */
    static final int SIDE = 6;

    /** Side of a filter. */
    static final int FILTER = 3;

    private static final float A = 0.75f;
    private static final float B = 2 * A;
    private static final float A2 = A * A;
    private static final float B2 = B * B;
    private static final float FIRST = 1 / (A2 * B2);
    private static final float INNER = 1 / (2 * A2 * (A2 - B2));
    private static final float OUTER = -INNER / 4;

    private Winograd() {}

    /** One of the transforms. */
    @FunctionalInterface
    interface Transform {
        /**
         * Transforms vectors.
         *
         * @param from as many arrays as the transform reads
         * @param to as many arrays as it writes
         * @param n numbers of each array
         */
        void apply(float[][] from, float[][] to, int n);
    }

    /** Six inputs. */
    static void input(float[][] d, float[][] v, int n) {
        end(d[0], d[2], d[4], v[0], n);
        pair(d[4], d[2], -B2, d[3], d[1], A, v[1], v[2], n);
        pair(d[4], d[2], -A2, d[3], d[1], B, v[3], v[4], n);
        end(d[1], d[3], d[5], v[5], n);
    }

    /** Four results of six products, which are used up. */
    static void result(float[][] m, float[][] y, int n) {
        sumAndDifference(m[1], m[2], n);
        sumAndDifference(m[3], m[4], n);
        even(m[0], m[1], m[3], y[0], y[2], n);
        odd(m[2], m[4], m[5], y[1], y[3], n);
    }

    /** Transposed {@link #result}: gradients of six products from those of four results. */
    static void resultBackward(float[][] y, float[][] m, int n) {
        System.arraycopy(y[0], 0, m[0], 0, n);
        pair(y[0], y[2], A2, y[1], y[3], A, m[1], m[2], n);
        pair(y[0], y[2], B2, y[1], y[3], B, m[3], m[4], n);
        System.arraycopy(y[3], 0, m[5], 0, n);
    }

    /** Three numbers of a filter. */
    static void filter(float[][] g, float[][] u, int n) {
        scale(g[0], FIRST, u[0], n);
        filterPair(g, INNER, A, u[1], u[2], n);
        filterPair(g, OUTER, B, u[3], u[4], n);
        System.arraycopy(g[2], 0, u[5], 0, n);
    }

    /** Transposed {@link #filter}: gradients of three numbers of a filter from those of six, which are used up. */
    static void filterBackward(float[][] u, float[][] g, int n) {
        sumAndDifference(u[1], u[2], n);
        sumAndDifference(u[3], u[4], n);
        filterFirst(u[0], u[1], u[3], g[0], n);
        filterRest(u, g[1], g[2], n);
    }

    private static void end(float[] x, float[] y, float[] z, float[] v, int n) {
        for (int i = 0; i < n; i++) {
            v[i] = A2 * B2 * x[i] - (A2 + B2) * y[i] + z[i];
        }
    }

    private static void pair(
            float[] x, float[] y, float square, float[] z, float[] w, float point, float[] v, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            float even = x[i] + square * y[i];
            float odd = point * (z[i] + square * w[i]);
            v[i] = even + odd;
            u[i] = even - odd;
        }
    }

    private static void sumAndDifference(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            float sum = x[i] + y[i];
            float difference = x[i] - y[i];
            x[i] = sum;
            y[i] = difference;
        }
    }

    private static void even(float[] m, float[] inner, float[] outer, float[] y0, float[] y2, int n) {
        for (int i = 0; i < n; i++) {
            y0[i] = m[i] + inner[i] + outer[i];
            y2[i] = A2 * (inner[i] + 4 * outer[i]);
        }
    }

    private static void odd(float[] inner, float[] outer, float[] m, float[] y1, float[] y3, int n) {
        for (int i = 0; i < n; i++) {
            y1[i] = A * (inner[i] + 2 * outer[i]);
            y3[i] = A * A2 * (inner[i] + 8 * outer[i]) + m[i];
        }
    }

    private static void scale(float[] g, float factor, float[] u, int n) {
        for (int i = 0; i < n; i++) {
            u[i] = factor * g[i];
        }
    }

    private static void filterPair(float[][] g, float factor, float point, float[] v, float[] u, int n) {
        float[] g0 = g[0];
        float[] g1 = g[1];
        float[] g2 = g[2];
        float square = point * point;
        for (int i = 0; i < n; i++) {
            float even = factor * (g0[i] + square * g2[i]);
            float odd = factor * point * g1[i];
            v[i] = even + odd;
            u[i] = even - odd;
        }
    }

    private static void filterFirst(float[] u, float[] inner, float[] outer, float[] g, int n) {
        for (int i = 0; i < n; i++) {
            g[i] = FIRST * u[i] + INNER * (inner[i] - 0.25f * outer[i]);
        }
    }

    private static void filterRest(float[][] u, float[] g1, float[] g2, int n) {
        float[] inner = u[1];
        float[] innerOdd = u[2];
        float[] outer = u[3];
        float[] outerOdd = u[4];
        float[] last = u[5];
        for (int i = 0; i < n; i++) {
            g1[i] = A * INNER * (innerOdd[i] - 0.5f * outerOdd[i]);
        }
        for (int i = 0; i < n; i++) {
            g2[i] = A2 * INNER * (inner[i] - outer[i]) + last[i];
        }
    }
}
