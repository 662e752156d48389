package org.ldae.compute.cpu;

/**
 * Arithmetic over ranges of heap arrays, in loops that the JIT compiler turns into vector code.
 *
 * <p>It does so only where all arrays are indexed alike, since it can't rule out that two of them are one; where a row goes
 * with many, copies of it are laid behind each other first ({@link Staging#loadRepeated}).
 */
final class Loops {

    private Loops() {}

    /** The largest number of x[from .. to), or NaN if the first is; comparisons are faster than {@link Math#max}. */
    static float max(float[] x, int from, int to) {
        float max = x[from];
        for (int j = from + 1; j < to; j++) {
            if (x[j] > max) {
                max = x[j];
            }
        }
        return max;
    }

    /** {@code x = factor (x + shift)} over x[from .. to). */
    static void shift(float[] x, int from, int to, float shift, float factor) {
        for (int j = from; j < to; j++) {
            x[j] = (x[j] + shift) * factor;
        }
    }

    /** {@code x = factor x} over x[from .. to). */
    static void scale(float[] x, int from, int to, float factor) {
        for (int j = from; j < to; j++) {
            x[j] *= factor;
        }
    }

    /** {@code y = x y} over the first n. */
    static void multiply(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] *= x[i];
        }
    }

    /** {@code z = x y} over the first n. */
    static void multiply(float[] x, float[] y, float[] z, int n) {
        for (int i = 0; i < n; i++) {
            z[i] = x[i] * y[i];
        }
    }

    /** {@code y = y - factor x} over [from, to). */
    static void subtractScaled(float[] x, float[] y, int from, int to, float factor) {
        for (int j = from; j < to; j++) {
            y[j] -= factor * x[j];
        }
    }

    /** {@code y = y + x} over the first n. */
    static void add(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += x[i];
        }
    }

    /** {@code x = x + number} over the first n. */
    static void add(float[] x, int n, float number) {
        for (int i = 0; i < n; i++) {
            x[i] += number;
        }
    }

    /** {@code z = z + x y} over the first n. */
    static void addProducts(float[] x, float[] y, float[] z, int n) {
        for (int i = 0; i < n; i++) {
            z[i] += x[i] * y[i];
        }
    }

    /** {@code x = x - mean} and y its squares over [from, to). */
    static void centre(float[] x, float[] y, int from, int to, float mean) {
        for (int j = from; j < to; j++) {
            float centred = x[j] - mean;
            x[j] = centred;
            y[j] = centred * centred;
        }
    }

    /** {@code x = (x - mean) inverse} over [from, to). */
    static void normalise(float[] x, int from, int to, float mean, float inverse) {
        for (int j = from; j < to; j++) {
            x[j] = (x[j] - mean) * inverse;
        }
    }

    /** {@code x = x inverse scale + shift} over [from, to). */
    static void modulate(float[] x, float[] scale, float[] shift, int from, int to, float inverse) {
        for (int j = from; j < to; j++) {
            x[j] = x[j] * inverse * scale[j] + shift[j];
        }
    }

    /** {@code x = a x + b y} over the first n. */
    static void blend(float[] x, float[] y, int n, float a, float b) {
        for (int i = 0; i < n; i++) {
            x[i] = a * x[i] + b * y[i];
        }
    }

    /** {@code y = y + x x} over the first n. */
    static void addSquares(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] += x[i] * x[i];
        }
    }

    /** {@code to = to + from[at ..]}; scalar code, since the indices differ. */
    static void add(float[] from, int at, float[] to, int n) {
        for (int j = 0; j < n; j++) {
            to[j] += from[at + j];
        }
    }

    /** In double; with fewer sums beside each other it would take four times as long. */
    static double sumOfSquares(float[] x, int n) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int j = 0;
        for (; j + 3 < n; j += 4) {
            a += (double) x[j] * x[j];
            b += (double) x[j + 1] * x[j + 1];
            c += (double) x[j + 2] * x[j + 2];
            d += (double) x[j + 3] * x[j + 3];
        }
        for (; j < n; j++) {
            a += (double) x[j] * x[j];
        }
        return (a + b) + (c + d);
    }

    /** The sum of the first n; eight at a time in single precision, those in double. */
    static double total(float[] x, int n) {
        double total = 0;
        int j = 0;
        for (; j + 7 < n; j += 8) {
            total += ((x[j] + x[j + 1]) + (x[j + 2] + x[j + 3])) + ((x[j + 4] + x[j + 5]) + (x[j + 6] + x[j + 7]));
        }
        for (; j < n; j++) {
            total += x[j];
        }
        return total;
    }
}
