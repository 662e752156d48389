package org.ldae.tokenizers;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.buffer.DataType;
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
                read(tensors, "mean", size), read(tensors, "eigenvalues", size), read(tensors, "basis", size, size));
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

    /** The matrix from centred patches to latents, {@code [D, d]}: the leading directions as columns, scaled. */
    INDArray encoder(double[] scale) {
        int size = mean.length;
        float[] matrix = new float[size * scale.length];
        for (int k = 0; k < scale.length; k++) {
            for (int j = 0; j < size; j++) {
                matrix[j * scale.length + k] = (float) (vectors[k * size + j] * scale[k]);
            }
        }
        return HeapCopy.of(matrix, size, scale.length);
    }

    /** The matrix from latents to centred patches, {@code [d, D]}: the leading directions as rows, unscaled. */
    INDArray decoder(double[] scale) {
        int size = mean.length;
        float[] matrix = new float[scale.length * size];
        for (int k = 0; k < scale.length; k++) {
            for (int j = 0; j < size; j++) {
                matrix[k * size + j] = (float) (vectors[k * size + j] / scale[k]);
            }
        }
        return HeapCopy.of(matrix, scale.length, size);
    }

    /** The scaled maps as matrices of the compute floor. */
    LinearCodec codec(Workspace work, double[] scale) {
        int size = mean.length;
        float[] in = new float[scale.length * size];
        float[] out = new float[scale.length * size];
        float[] bias = new float[scale.length];
        for (int k = 0; k < scale.length; k++) {
            double dot = 0;
            for (int j = 0; j < size; j++) {
                int at = k * size + j;
                in[at] = (float) (vectors[at] * scale[k]);
                out[at] = (float) (vectors[at] / scale[k]);
                dot += vectors[at] * mean[j];
            }
            bias[k] = (float) (-dot * scale[k]);
        }
        return new LinearCodec(work, scale.length, size).encodingBy(in, bias).decodingBy(out, floats(mean));
    }

    /** New float64 arrays by name, the scale among them. */
    Map<String, INDArray> tensors(double[] scale) {
        int size = mean.length;
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put("mean", HeapCopy.of(mean, size));
        tensors.put("basis", HeapCopy.of(vectors, size, size));
        tensors.put("eigenvalues", HeapCopy.of(variances, size));
        tensors.put("scale", HeapCopy.of(scale, scale.length));
        return tensors;
    }

    /** Copies a float64 tensor of a known shape, refusing anything else. */
    static double[] read(Map<String, INDArray> tensors, String name, long... shape) {
        @Nullable INDArray tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "tensors: expected %s float64 %s, got only %s; were they saved from a PatchPCA?"
                            .formatted(name, Arrays.toString(shape), tensors.keySet()));
        }
        if (tensor.dataType() != DataType.DOUBLE || !Arrays.equals(tensor.shape(), shape)) {
            throw new IllegalArgumentException(
                    "tensors: expected %s float64 %s, got %s %s; do the options and the image shape belong to these tensors?"
                            .formatted(
                                    name, Arrays.toString(shape), tensor.dataType(), Arrays.toString(tensor.shape())));
        }
        double[] values = tensor.dup('c').data().asDouble();
        if (!Arrays.stream(values).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "tensors: expected finite numbers in %s, got others; the file is damaged".formatted(name));
        }
        return values;
    }

    static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
