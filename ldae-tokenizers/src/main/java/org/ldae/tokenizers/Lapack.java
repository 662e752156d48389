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
     * QL iteration (dsyev) with the smallest workspace, which makes LAPACK take its unblocked paths: the blocked ones,
     * and with them dsyevd, call trmm, and the trmm of OpenBLAS 0.3.19 is wrong on processors with AVX-512.
     *
     * @param matrix symmetric {@code [n, n]}; overwritten by the eigenvectors, one a row
     * @return the n eigenvalues in ascending order
     */
    static double[] eigen(double[] matrix, int n) {
        double[] values = new double[n];
        double[] workspace = new double[Math.max(1, 3 * n - 1)];
        int info = openblas.LAPACKE_dsyev_work(
                openblas.LAPACK_COL_MAJOR, (byte) 'V', (byte) 'L', n, matrix, n, values, workspace, workspace.length);
        if (info != 0) {
            throw new IllegalStateException(
                    "LAPACK dsyev: expected success (0) for a %d x %d matrix, got %d; try EigenSolver.PORTABLE"
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
