package org.ldae.probe;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The largest eigenpairs of {@code X'X / N}, by randomised subspace iteration (Halko, Martinsson, Tropp 2011,
 * algorithm 4.4), as a preconditioner of linear models on the features X.
 *
 * <p>The Hessian of softmax regression is close to {@code c X'X / N + l2}. Representations have a few directions with
 * thousands of times the variance of the rest; inverting the Hessian on those and treating the rest as equal leaves
 * L-BFGS with a tenth of the iterations, for the price of a few evaluations.
 */
final class PrincipalDirections {

    private static final int MOST_DIRECTIONS = 64;
    private static final int PASSES = 2;

    private final double[][] basis; // [R, F], orthonormal rows
    private final double[] variances; // [R], largest first

    private PrincipalDirections(double[][] basis, double[] variances) {
        this.basis = basis;
        this.variances = variances;
    }

    static PrincipalDirections of(INDArray features, Rng rng) {
        int width = (int) features.size(1);
        int directions = (int) Math.min(MOST_DIRECTIONS, Math.min(width, features.size(0)));
        double[][] basis = new double[directions][width];
        float[] start = new float[width];
        for (int r = 0; r < directions; r++) {
            rng.stream("principal directions").at(r).normals(start, 0, width);
            for (int f = 0; f < width; f++) {
                basis[r][f] = start[f];
            }
        }
        orthonormalize(basis);
        for (int pass = 0; pass < PASSES; pass++) {
            basis = product(features, basis);
            orthonormalize(basis);
        }
        return rotate(basis, product(features, basis));
    }

    /** Rows of {@code (X'X / N) basis}. */
    private static double[][] product(INDArray features, double[][] basis) {
        int width = basis[0].length;
        float[] values = new float[basis.length * width];
        for (int r = 0; r < basis.length; r++) {
            for (int f = 0; f < width; f++) {
                values[r * width + f] = (float) basis[r][f];
            }
        }
        try (INDArray rows = Nd4j.create(values, new long[] {basis.length, width}, 'c');
                INDArray scores = features.mmul(rows.transpose());
                INDArray back = Nd4j.createUninitialized(rows.dataType(), new long[] {width, basis.length}, 'f')) {
            features.transpose().mmuli(scores, back);
            back.data().asNioFloat().get(values);
        }
        double[][] result = new double[basis.length][width];
        for (int r = 0; r < basis.length; r++) {
            for (int f = 0; f < width; f++) {
                result[r][f] = values[r * width + f] / (double) features.size(0);
            }
        }
        return result;
    }

    /** Rayleigh-Ritz: the eigenvectors within the subspace. */
    private static PrincipalDirections rotate(double[][] basis, double[][] image) {
        int directions = basis.length;
        double[][] small = new double[directions][directions];
        for (int i = 0; i < directions; i++) {
            for (int j = 0; j <= i; j++) {
                small[i][j] = 0.5 * (Lbfgs.dot(basis[i], image[j]) + Lbfgs.dot(basis[j], image[i]));
                small[j][i] = small[i][j];
            }
        }
        EigenDecomposition eigen = new EigenDecomposition(new Array2DRowRealMatrix(small, false));
        double[][] rotated = new double[directions][basis[0].length];
        double[] variances = new double[directions];
        for (int r = 0; r < directions; r++) {
            variances[r] = Math.max(0, eigen.getRealEigenvalue(r));
            for (int i = 0; i < directions; i++) {
                addScaled(rotated[r], eigen.getV().getEntry(i, r), basis[i]);
            }
        }
        return new PrincipalDirections(rotated, variances);
    }

    /** Modified Gram-Schmidt, twice for orthogonality to rounding; a vanishing direction becomes 0. */
    private static void orthonormalize(double[][] rows) {
        for (int i = 0; i < rows.length; i++) {
            double before = Lbfgs.norm(rows[i]);
            for (int again = 0; again < 2; again++) {
                for (int j = 0; j < i; j++) {
                    addScaled(rows[i], -Lbfgs.dot(rows[i], rows[j]), rows[j]);
                }
            }
            double norm = Lbfgs.norm(rows[i]);
            double scale = norm > 1e-6 * before ? 1 / norm : 0;
            for (int f = 0; f < rows[i].length; f++) {
                rows[i][f] *= scale;
            }
        }
    }

    private static void addScaled(double[] target, double factor, double[] vector) {
        for (int i = 0; i < target.length; i++) {
            target[i] += factor * vector[i];
        }
    }

    /** Inverts {@code curvature * X'X / N + l2} on weights {@code [F, K]}, and the curvature on the bias behind them. */
    Lbfgs.Preconditioner preconditioner(int classes, double curvature, double l2) {
        int width = basis[0].length;
        double rest = 1 / (curvature * variances[variances.length - 1] + l2);
        double[] factors = new double[basis.length];
        for (int r = 0; r < factors.length; r++) {
            factors[r] = 1 / (curvature * variances[r] + l2) - rest;
        }
        return vector -> {
            double[][] coordinates = project(vector, factors, classes);
            expand(coordinates, rest, vector);
            for (int k = 0; k < classes; k++) {
                vector[width * classes + k] /= curvature;
            }
        };
    }

    /**
     * Coordinates along each direction, times its factor. A row at a time: the JIT compiler makes vector code only of arrays
     * that are indexed alike.
     */
    private double[][] project(double[] vector, double[] factors, int classes) {
        double[][] coordinates = new double[basis.length][classes];
        double[] row = new double[classes];
        for (int f = 0; f < basis[0].length; f++) {
            System.arraycopy(vector, f * classes, row, 0, classes);
            for (int r = 0; r < basis.length; r++) {
                addScaled(coordinates[r], factors[r] * basis[r][f], row);
            }
        }
        return coordinates;
    }

    /** {@code rest vector} and what the coordinates make along the directions. */
    private void expand(double[][] coordinates, double rest, double[] vector) {
        double[] row = new double[coordinates[0].length];
        for (int f = 0; f < basis[0].length; f++) {
            for (int k = 0; k < row.length; k++) {
                row[k] = vector[f * row.length + k] * rest;
            }
            for (int r = 0; r < basis.length; r++) {
                addScaled(row, basis[r][f], coordinates[r]);
            }
            System.arraycopy(row, 0, vector, f * row.length, row.length);
        }
    }
}
