package org.ldae.linalg;

import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Workers;
import org.ldae.core.Rng;

/**
 * Eigenvalues (descending, at least 0) and eigenvectors (rows, signs fixed) of a covariance matrix, in double. What a native
 * library finds is checked before it is used.
 */
public final class SymmetricEigen {

    /** Entries this close to the largest count as equally large, so that rounding can't decide a sign. */
    private static final double TIE = 1e-6;

    /** Far above rounding for any n in use, far below what a wrong vector gives. */
    private static final double PROBE_TOLERANCE = 1e-8;

    private final double[] values;
    private final double[] vectors;

    private SymmetricEigen(double[] values, double[] vectors) {
        this.values = values;
        this.vectors = vectors;
    }

    /**
     * Decomposes a matrix, on the calling thread.
     *
     * @param matrix symmetric and positive semi-definite, {@code [n, n]}; eigenvalues below 0 are taken for rounding
     * @param n its side
     * @param solver who finds the eigenvectors
     * @return eigenvalues and eigenvectors
     * @throws IllegalStateException if {@link EigenSolver#LAPACK} is asked for and isn't there or finds wrong ones
     */
    public static SymmetricEigen of(double[] matrix, int n, EigenSolver solver) {
        SymmetricEigen eigen = Workers.withSingleThreadedBlas(() -> switch (solver) {
            case AUTO -> automatic(matrix, n);
            case PORTABLE -> portable(matrix, n);
            case LAPACK -> lapackOnly(matrix, n);
        });
        for (int k = 0; k < n; k++) {
            // A covariance has no negative eigenvalues: what is below 0 is rounding.
            eigen.values[k] = Math.max(0, eigen.values[k]);
            fixSign(eigen.vectors, k * n, n);
        }
        return eigen;
    }

    /**
     * The eigenvalues.
     *
     * @return {@code [n]} in descending order, the live array
     */
    public double[] values() {
        return values;
    }

    /**
     * The eigenvectors.
     *
     * @return {@code [n, n]}, one a row, the live array
     */
    public double[] vectors() {
        return vectors;
    }

    private static SymmetricEigen automatic(double[] matrix, int n) {
        SymmetricEigen eigen = Lapack.available() ? firstRight(matrix, n, Lapack.solvers()) : null;
        return eigen == null ? portable(matrix, n) : eigen;
    }

    private static SymmetricEigen lapackOnly(double[] matrix, int n) {
        if (!Lapack.available()) {
            throw new IllegalStateException(
                    "EigenSolver.LAPACK: expected org.bytedeco:openblas with natives for this platform on the class"
                            + " path, got none; add nd4j-native or use EigenSolver.AUTO");
        }
        SymmetricEigen eigen = firstRight(matrix, n, Lapack.solvers());
        if (eigen == null) {
            throw new IllegalStateException(
                    "EigenSolver.LAPACK: expected orthonormal eigenvectors of a %d x %d matrix, got wrong ones; this OpenBLAS is faulty on this processor, use EigenSolver.PORTABLE"
                            .formatted(n, n));
        }
        return eigen;
    }

    /** What the first solver finds whose result passes the check; null if none does. */
    static @Nullable SymmetricEigen firstRight(double[] matrix, int n, List<Lapack.Solver> solvers) {
        for (Lapack.Solver solver : solvers) {
            SymmetricEigen eigen = descending(solver, matrix, n);
            if (eigen.decomposes(matrix)) {
                return eigen;
            }
        }
        return null;
    }

    /**
     * Whether {@code V^T V x = x} and {@code V^T diag(values) V x = matrix x} for one random x, which no wrong
     * decomposition passes but by chance: native libraries have been seen to fail without saying so.
     */
    boolean decomposes(double[] matrix) {
        int n = values.length;
        float[] probe = new float[n];
        Rng.of(0).stream("probe").normals(probe, 0, n);
        double[] same = new double[n];
        double[] image = new double[n];
        for (int k = 0; k < n; k++) {
            double coordinate = 0;
            for (int i = 0; i < n; i++) {
                coordinate += vectors[k * n + i] * probe[i];
            }
            for (int i = 0; i < n; i++) {
                same[i] += coordinate * vectors[k * n + i];
                image[i] += values[k] * coordinate * vectors[k * n + i];
            }
        }
        double worst = 0;
        double largest = Math.max(Math.abs(values[0]), Math.abs(values[n - 1]));
        for (int i = 0; i < n; i++) {
            double expected = 0;
            for (int j = 0; j < n; j++) {
                expected += matrix[i * n + j] * probe[j];
            }
            worst = Math.max(worst, Math.abs(same[i] - probe[i]));
            worst = Math.max(worst, Math.abs(image[i] - expected) / Math.max(largest, Double.MIN_NORMAL));
        }
        return worst <= PROBE_TOLERANCE;
    }

    private static SymmetricEigen descending(Lapack.Solver solver, double[] matrix, int n) {
        double[] ascending = matrix.clone();
        double[] ascendingValues = solver.eigen(ascending, n);
        double[] values = new double[n];
        double[] vectors = new double[n * n];
        for (int k = 0; k < n; k++) {
            values[k] = ascendingValues[n - 1 - k];
            System.arraycopy(ascending, (n - 1 - k) * n, vectors, k * n, n);
        }
        return new SymmetricEigen(values, vectors);
    }

    private static SymmetricEigen portable(double[] matrix, int n) {
        Array2DRowRealMatrix rows = new Array2DRowRealMatrix(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                rows.setEntry(i, j, matrix[i * n + j]);
            }
        }
        EigenDecomposition eigen = new EigenDecomposition(rows);
        double[] vectors = new double[n * n];
        for (int k = 0; k < n; k++) {
            System.arraycopy(eigen.getEigenvector(k).toArray(), 0, vectors, k * n, n);
        }
        return new SymmetricEigen(eigen.getRealEigenvalues(), vectors);
    }

    /** Makes the entry of largest magnitude positive; among equals, the first. */
    private static void fixSign(double[] vectors, int from, int n) {
        double largest = 0;
        for (int i = from; i < from + n; i++) {
            largest = Math.max(largest, Math.abs(vectors[i]));
        }
        int pivot = from;
        while (Math.abs(vectors[pivot]) < (1 - TIE) * largest) {
            pivot++;
        }
        if (vectors[pivot] < 0) {
            for (int i = from; i < from + n; i++) {
                vectors[i] = -vectors[i];
            }
        }
    }
}
