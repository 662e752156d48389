package org.ldae.linalg;

import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/** LAPACK's symmetric eigensolvers, if the application's backend brings OpenBLAS. */
public final class Lapack {

    private static final boolean AVAILABLE = load();

    private Lapack() {}

    /**
     * Whether OpenBLAS and its native library are there.
     *
     * @return false if nothing of this class may be called
     */
    public static boolean available() {
        return AVAILABLE;
    }

    /** One of LAPACK's ways to the eigenvectors. */
    @FunctionalInterface
    interface Solver {
        /**
         * Decomposes a matrix.
         *
         * @param matrix symmetric {@code [n, n]}; overwritten by the eigenvectors, one a row
         * @param n its side
         * @return the n eigenvalues in ascending order
         */
        double[] eigen(double[] matrix, int n);
    }

    /** The fastest first; what they find wants a check. */
    static List<Solver> solvers() {
        return List.of(DivideAndConquer::eigen, Lapack::iterate);
    }

    /**
     * QL iteration (dsyev) with the smallest workspace, which makes LAPACK take its unblocked paths: the blocked ones call
     * trmm, and the trmm of OpenBLAS 0.3.19 is wrong on processors with AVX-512. Five times slower than {@link
     * DivideAndConquer}, and it calls no product of matrices at all.
     */
    private static double[] iterate(double[] matrix, int n) {
        double[] values = new double[n];
        double[] workspace = new double[Math.max(1, 3 * n - 1)];
        int info = openblas.LAPACKE_dsyev_work(
                openblas.LAPACK_COL_MAJOR, (byte) 'V', (byte) 'L', n, matrix, n, values, workspace, workspace.length);
        requireSuccess("dsyev", n, info);
        return values;
    }

    /** Fails if a routine says so. */
    static void requireSuccess(String routine, int n, int info) {
        if (info != 0) {
            throw new IllegalStateException(
                    "LAPACK %s: expected success (0) for a %d x %d matrix, got %d; try EigenSolver.PORTABLE"
                            .formatted(routine, n, n, info));
        }
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
