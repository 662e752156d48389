package org.ldae.tokenizers.linear;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ldae.core.NdArrays;
import org.ldae.linalg.EigenSolver;
import org.ldae.linalg.SymmetricEigen;
import org.ldae.tokenizers.LinearMap;
import org.ldae.tokenizers.SavedTensors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a PCA finds, in double: the mean patch, all D directions and the variance along each, in descending order.
 *
 * <p>Never changed after it is made; accessors inside this package hand out the arrays themselves.
 */
final class PrincipalBasis {

    private final double[] mean;
    private final double[] variances;
    private final double[] vectors;

    private PrincipalBasis(double[] mean, double[] variances, double[] vectors) {
        this.mean = mean;
        this.variances = variances;
        this.vectors = vectors;
    }

    static PrincipalBasis of(PatchMoments moments, EigenSolver solver) {
        double[] mean = moments.mean();
        SymmetricEigen eigen = SymmetricEigen.of(moments.covariance(), mean.length, solver);
        return new PrincipalBasis(mean, eigen.values(), eigen.vectors());
    }

    static PrincipalBasis restore(Map<String, INDArray> tensors, int size) {
        return new PrincipalBasis(
                SavedTensors.read(tensors, "mean", size),
                SavedTensors.read(tensors, "eigenvalues", size),
                SavedTensors.read(tensors, "basis", size, size));
    }

    /** Mean patch {@code [D]}. */
    double[] mean() {
        return mean;
    }

    /** Variance along each direction {@code [D]}. */
    double[] variances() {
        return variances;
    }

    /** Directions {@code [D, D]}, one a row. */
    double[] vectors() {
        return vectors;
    }

    /** Projection on the leading directions. */
    LinearMap map(double[] scale) {
        return new LinearMap(mean, vectors, vectors, scale);
    }

    /** New float64 arrays by name, the scale among them. */
    Map<String, INDArray> tensors(double[] scale) {
        int size = mean.length;
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put("mean", NdArrays.of(mean, size));
        tensors.put("basis", NdArrays.of(vectors, size, size));
        tensors.put("eigenvalues", NdArrays.of(variances, size));
        tensors.put("scale", NdArrays.of(scale, scale.length));
        return tensors;
    }
}
