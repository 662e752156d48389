package org.ldae.tokenizers;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/** LAPACK's symmetric eigensolver, if the application's backend brings OpenBLAS. */
final class Lapack {

    private static final boolean AVAILABLE = load();

    private Lapack() {}

    /** Whether OpenBLAS and its native library are there. */
    static boolean available() {
        return AVAILABLE;
    }

    /**
     * Divide and conquer (dsyevd).
     *
     * @param matrix symmetric {@code [n, n]}; overwritten by the eigenvectors, one a row
     * @return the n eigenvalues in ascending order
     */
    static double[] eigen(double[] matrix, int n) {
        double[] values = new double[n];
        int info = openblas.LAPACKE_dsyevd(openblas.LAPACK_COL_MAJOR, (byte) 'V', (byte) 'U', n, matrix, n, values);
        if (info != 0) {
            throw new IllegalStateException(
                    "LAPACK dsyevd: expected success (0) for a %d x %d matrix, got %d; try EigenSolver.PORTABLE"
                            .formatted(n, n, info));
        }
        return values;
    }

    private static boolean load() {
        try {
            Loader.load(openblas.class);
            return true;
        } catch (LinkageError absent) {
            // Not on the class path, or no native library for this platform: what available() is there to say.
            return false;
        }
    }
}
