package org.ldae.probe;

import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;

/**
 * {@code rest W + W B' S} on weights {@code W [K, F]}, where B holds directions and S the same stretched, and a division of the
 * bias. The products run in float32 on the calling thread.
 */
final class PrincipalPreconditioner implements Lbfgs.Preconditioner, AutoCloseable {

    private final Kernels kernels = Backend.kernels();
    private final Tensor basis;
    private final Tensor stretched;
    private final Tensor weights;
    private final Tensor coordinates; // [K, R]
    private final float[] numbers;
    private final double curvature;
    private final double rest;

    /** Takes the matrices over: {@code [R, F]}, {@code [R, F]} and room for {@code [K, F]}. */
    PrincipalPreconditioner(Tensor basis, Tensor stretched, Tensor weights, double curvature, double rest) {
        this.basis = basis;
        this.stretched = stretched;
        this.weights = weights;
        this.coordinates = Tensor.zeros(weights.rows(), basis.rows());
        this.numbers = new float[weights.size()];
        this.curvature = curvature;
        this.rest = rest;
    }

    @Override
    public void apply(double[] vector) {
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) vector[i];
        }
        weights.put(numbers);
        Workers.withSingleThreadedBlas(() -> {
            kernels.gemm(Transpose.SECOND, weights, basis, 0, coordinates);
            kernels.gemm(Transpose.NONE, coordinates, stretched, 0, weights);
            return weights;
        });
        weights.get(numbers);
        for (int i = 0; i < numbers.length; i++) {
            vector[i] = rest * vector[i] + numbers[i];
        }
        for (int i = numbers.length; i < vector.length; i++) {
            vector[i] /= curvature;
        }
    }

    @Override
    public void close() {
        basis.close();
        stretched.close();
        weights.close();
        coordinates.close();
    }
}
