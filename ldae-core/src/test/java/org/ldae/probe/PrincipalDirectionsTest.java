package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PrincipalDirectionsTest {

    private static final int ROWS = 400;

    @Test
    void withAllDirectionsThePreconditionerInvertsExactly() {
        int width = 12;
        INDArray x = correlated(width);
        double[] vector = new double[width * 2 + 2];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = Math.cos(i);
        }
        double[] expected = vector.clone();
        double curvature = 0.2;
        double l2 = 0.03;
        double[] product = new double[vector.length];
        for (int k = 0; k < 2; k++) {
            for (int f = 0; f < width; f++) {
                for (int g = 0; g < width; g++) {
                    double covariance = 0;
                    for (int i = 0; i < ROWS; i++) {
                        covariance += (double) x.getFloat(i, f) * x.getFloat(i, g) / ROWS;
                    }
                    product[k * width + f] += (curvature * covariance + (f == g ? l2 : 0)) * vector[k * width + g];
                }
            }
            product[width * 2 + k] = curvature * vector[width * 2 + k];
        }
        try (RowBlocks blocks = blocks(x);
                PrincipalPreconditioner inverse =
                        PrincipalDirections.of(blocks, Rng.of(1)).preconditioner(2, curvature, l2)) {
            inverse.apply(product);
        }
        assertArrayEquals(expected, product, 1e-4);
    }

    @Test
    void sameMinimumInFewerStepsThanWithoutPreconditioner() {
        INDArray x = correlated(150);
        int[] labels = new int[ROWS];
        for (int i = 0; i < ROWS; i++) {
            labels[i] = x.getFloat(i, 0) + x.getFloat(i, 60) > 0 ? 1 : i % 5 == 0 ? 2 : 0;
        }
        Lbfgs.Stop stop = new Lbfgs.Stop(1e-4, 3000);
        double l2 = 1e-3;
        double curvature = 2.0 / 9;
        try (RowBlocks blocks = blocks(x);
                SoftmaxObjective objective = new SoftmaxObjective(blocks, labels, 3, new boolean[ROWS], l2);
                PrincipalPreconditioner directions =
                        PrincipalDirections.of(blocks, Rng.of(1)).preconditioner(3, curvature, l2)) {
            Lbfgs.Result plain = new Lbfgs(objective, v -> {}).minimize(new double[151 * 3], stop);
            Lbfgs.Result fast = new Lbfgs(objective, directions).minimize(new double[151 * 3], stop);
            assertTrue(plain.converged() && fast.converged());
            assertEquals(plain.value(), fast.value(), 1e-4 * plain.value());
            assertTrue(fast.iterations() * 2 < plain.iterations(), fast.iterations() + " of " + plain.iterations());
        }
    }

    private static RowBlocks blocks(INDArray x) {
        return RowBlocks.of(FeatureRows.of(x), rows -> {});
    }

    /** Columns that share a few strong factors. */
    private static INDArray correlated(int width) {
        float[] values = new float[ROWS * width];
        float[] factors = new float[ROWS * 4];
        Rng.of(2).normals(values, 0, values.length);
        Rng.of(3).normals(factors, 0, factors.length);
        for (int i = 0; i < values.length; i++) {
            int row = i / width;
            values[i] = 0.3f * values[i] / (1 + i % width / 20f) + (3f - i % 3) * factors[row * 4 + i % 4];
        }
        return Nd4j.create(values, new long[] {ROWS, width}, 'c');
    }
}
