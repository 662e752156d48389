package org.ldae.sampling;

import java.util.Arrays;
import org.ldae.compute.Workers;
import org.ldae.linalg.ColumnProducts;
import org.ldae.linalg.EigenSolver;
import org.ldae.linalg.SymmetricEigen;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Frechet distance of two sets of features, each taken as a Gaussian: {@code |m_a - m_b|^2 + tr(A + B - 2 (A B)^(1/2))}
 * (Dowson and Landau 1982; Heusel et al. 2017, arXiv 1706.08500, eq. 6).
 *
 * <p>It is what FID computes, but FID stands for one Inception network's features: numbers from other features, such as
 * "Frechet distance on the features of a FeatureNet", compare with each other only. It shrinks with the number of images, so
 * compare sets of equal size.
 */
public final class FrechetDistance {

    private FrechetDistance() {}

    /**
     * The distance, in double. The trace of the root of {@code A B} is that of the symmetric {@code A^(1/2) B A^(1/2)}, found
     * by eigenvalues, so covariances of any rank will do.
     *
     * @param a features {@code [N, F]}, N at least 2, of any floating type
     * @param b features {@code [M, F]}, M at least 2
     * @return the squared distance, at least 0, in squared units of the features
     * @throws IllegalArgumentException if the shapes don't fit or a number isn't finite
     */
    public static double between(INDArray a, INDArray b) {
        requireFeatures("a", a);
        requireFeatures("b", b);
        if (a.size(1) != b.size(1)) {
            throw new IllegalArgumentException("b: expected [M, F] with F = %d as in a, got F = %d; use one extractor"
                    .formatted(a.size(1), b.size(1)));
        }
        return Workers.withSingleThreadedBlas(() -> distance(a, b));
    }

    private static double distance(INDArray a, INDArray b) {
        INDArray first = a.castTo(DataType.DOUBLE);
        INDArray second = b.castTo(DataType.DOUBLE);
        INDArray apart = first.mean(0).subi(second.mean(0));
        INDArray covariance = covariance(first);
        INDArray other = covariance(second);
        double rest = apart.mul(apart).sumNumber().doubleValue() + trace(covariance) + trace(other);
        if (!Double.isFinite(rest)) {
            throw new IllegalArgumentException("features: expected finite numbers, got moments of " + rest);
        }
        return Math.max(0, rest - 2 * traceOfRoot(covariance, other));
    }

    private static void requireFeatures(String name, INDArray features) {
        if (features.rank() != 2 || !features.dataType().isFPType() || features.size(0) < 2 || features.size(1) < 1) {
            throw new IllegalArgumentException("%s: expected floating [N, F] with N >= 2, got %s %s"
                    .formatted(name, features.dataType(), Arrays.toString(features.shape())));
        }
    }

    /** Divided by N - 1, as FID's code and numpy's cov do. */
    private static INDArray covariance(INDArray features) {
        INDArray centred = features.subRowVector(features.mean(0));
        INDArray product = Nd4j.create(DataType.DOUBLE, new long[] {features.size(1), features.size(1)}, 'f');
        ColumnProducts.add(1, centred, product);
        return product.addi(product.transpose().dup()).divi(2.0 * (features.size(0) - 1));
    }

    private static double trace(INDArray matrix) {
        double sum = 0;
        for (int i = 0; i < matrix.rows(); i++) {
            sum += matrix.getDouble(i, i);
        }
        return sum;
    }

    /** tr((A B)^(1/2)) of symmetric positive semi-definite A and B. */
    private static double traceOfRoot(INDArray a, INDArray b) {
        int n = a.rows();
        SymmetricEigen eigen = eigen(a);
        INDArray vectors = Nd4j.createFromArray(eigen.vectors()).reshape('c', n, n);
        INDArray root = Nd4j.createFromArray(roots(eigen.values()));
        // In A's eigenvectors A^(1/2) is diagonal, and the eigenvalues are the same.
        INDArray turned = vectors.mmul(b).mmul(vectors.transpose());
        INDArray middle = turned.mulColumnVector(root.reshape(n, 1)).muliRowVector(root);
        double sum = 0;
        for (double each : roots(eigen(middle.add(middle.transpose()).divi(2)).values())) {
            sum += each;
        }
        return sum;
    }

    private static SymmetricEigen eigen(INDArray symmetric) {
        return SymmetricEigen.of(symmetric.dup('c').data().asDouble(), symmetric.rows(), EigenSolver.AUTO);
    }

    private static double[] roots(double[] values) {
        double[] roots = new double[values.length];
        for (int i = 0; i < roots.length; i++) {
            roots[i] = Math.sqrt(values[i]);
        }
        return roots;
    }
}
