package org.ldae.tokenizers.linear;

import java.util.Arrays;
import org.ldae.linalg.EigenSolver;
import org.ldae.linalg.SymmetricEigen;

/** Angles between subspaces, for tests. */
final class Subspaces {

    private Subspaces() {}

    /**
     * The largest angle between a vector spanned by d rows {@code [d, size]} and the span of the first m of other rows, in
     * degrees: for m = d the largest principal angle.
     */
    static double largestAngle(double[] rows, int d, double[] others, int m) {
        int size = rows.length / d;
        double[] a = orthonormal(rows, d, size);
        double[] b = orthonormal(others, m, size);
        // The sine of the angle is the norm of what the projection on b leaves of a.
        double[] rest = a.clone();
        for (int k = 0; k < d; k++) {
            for (int l = 0; l < m; l++) {
                subtract(rest, k * size, b, l * size, dot(a, k * size, b, l * size, size), size);
            }
        }
        double[] gram = new double[d * d];
        for (int i = 0; i < gram.length; i++) {
            gram[i] = dot(rest, i / d * size, rest, i % d * size, size);
        }
        double square = SymmetricEigen.of(gram, d, EigenSolver.PORTABLE).values()[0];
        return Math.toDegrees(Math.asin(Math.sqrt(Math.min(1, Math.max(0, square)))));
    }

    /** Gram-Schmidt, twice over. */
    private static double[] orthonormal(double[] rows, int d, int size) {
        double[] q = Arrays.copyOf(rows, d * size);
        for (int k = 0; k < d; k++) {
            for (int l = 0; l < 2 * k; l++) {
                int from = l % k * size;
                subtract(q, k * size, q, from, dot(q, k * size, q, from, size), size);
            }
            double norm = Math.sqrt(dot(q, k * size, q, k * size, size));
            for (int j = 0; j < size; j++) {
                q[k * size + j] /= norm;
            }
        }
        return q;
    }

    private static void subtract(double[] to, int toAt, double[] from, int fromAt, double factor, int size) {
        for (int j = 0; j < size; j++) {
            to[toAt + j] -= factor * from[fromAt + j];
        }
    }

    private static double dot(double[] a, int aAt, double[] b, int bAt, int size) {
        double sum = 0;
        for (int j = 0; j < size; j++) {
            sum += a[aAt + j] * b[bAt + j];
        }
        return sum;
    }
}
