package org.ldae.probe;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;

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

    static PrincipalDirections of(LogisticRows features, Rng rng) {
        int width = features.width();
        int directions = Math.min(MOST_DIRECTIONS, Math.min(width, features.count()));
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
            basis = features.product(basis);
            orthonormalize(basis);
        }
        return rotate(basis, features.product(basis));
    }

    /** Rows of {@code (X'X / N) basis}. */
    static double[][] product(RowBlocks features, double[][] basis) {
        int width = features.width();
        double[] sums = new double[basis.length * width];
        try (Tensor rows = tensor(basis);
                GroupSums back = new GroupSums(features, basis.length)) {
            features.eachGroup((kernels, group) -> {
                Tensor view = rows.slice(0, basis.length, width);
                try (Tensor scores = Tensor.zeros(features.step(), basis.length)) {
                    for (int b = group; b < features.blocks(); b += features.groups()) {
                        Tensor block = features.block(b);
                        Tensor ofBlock = scores.slice(0, block.rows(), basis.length);
                        kernels.gemm(Transpose.SECOND, block, view, 0, ofBlock);
                        back.add(kernels, b, ofBlock);
                    }
                }
            });
            back.total(sums);
        }
        double[][] result = new double[basis.length][width];
        for (int i = 0; i < sums.length; i++) {
            result[i / width][i % width] = sums[i] / features.count();
        }
        return result;
    }

    private static Tensor tensor(double[][] rows) {
        int width = rows[0].length;
        float[] numbers = new float[rows.length * width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) rows[i / width][i % width];
        }
        Tensor tensor = Tensor.zeros(rows.length, width);
        tensor.put(numbers);
        return tensor;
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
                Lbfgs.addScaled(rotated[r], eigen.getV().getEntry(i, r), basis[i]);
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
                    Lbfgs.addScaled(rows[i], -Lbfgs.dot(rows[i], rows[j]), rows[j]);
                }
            }
            double norm = Lbfgs.norm(rows[i]);
            double scale = norm > 1e-6 * before ? 1 / norm : 0;
            for (int f = 0; f < rows[i].length; f++) {
                rows[i][f] *= scale;
            }
        }
    }

    /** Inverts {@code curvature * X'X / N + l2} on weights {@code [K, F]}, and the curvature on the bias behind them. */
    PrincipalPreconditioner preconditioner(int classes, double curvature, double l2) {
        double rest = 1 / (curvature * variances[variances.length - 1] + l2);
        double[][] stretched = new double[basis.length][];
        for (int r = 0; r < stretched.length; r++) {
            double factor = 1 / (curvature * variances[r] + l2) - rest;
            stretched[r] = Arrays.stream(basis[r]).map(v -> factor * v).toArray();
        }
        return new PrincipalPreconditioner(
                tensor(basis), tensor(stretched), Tensor.zeros(classes, basis[0].length), curvature, rest);
    }
}
