package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.linalg.Cholesky;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RidgeSolverTest {

    private static final Golden DATA = Golden.read("probe/data");
    private static final INDArray X = DATA.array("features");
    private static final int[] Y = DATA.integers("labels");

    @ParameterizedTest
    @ValueSource(strings = {"1", "0.001"})
    void agreesWithTheClosedFormInNumpy(String l2) {
        Golden golden = Golden.read("probe/ridge");
        try (NormalEquations equations = new NormalEquations(FeatureRows.of(X), Y, 3)) {
            double[] weights = equations.solve(Double.parseDouble(l2));
            double[] expected = golden.doubles("weights " + l2);
            assertArrayEquals(golden.doubles("bias " + l2), equations.bias(), 1e-9);
            for (int k = 0; k < 3; k++) {
                for (int f = 0; f < 6; f++) {
                    assertEquals(expected[k * 6 + f], weights[k * 6 + f], 1e-5);
                }
            }
        }
    }

    /** Three panels, the last one short. */
    @Test
    void choleskySolvesSystemsOfSeveralPanels() {
        int size = 150;
        INDArray root = random(200, size).castTo(DataType.DOUBLE);
        INDArray matrix = root.transpose().mmul(root);
        double[][] x = new double[size][2];
        double[][] product = new double[size][2];
        for (int i = 0; i < size; i++) {
            x[i] = new double[] {Math.sin(i), i};
        }
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                double entry = matrix.getDouble(i, j) + (i == j ? 0.5 : 0);
                product[i][0] += entry * x[j][0];
                product[i][1] += entry * x[j][1];
            }
        }
        try (Cholesky cholesky = new Cholesky(matrix, 0.5)) {
            cholesky.solve(product);
        }
        for (int i = 0; i < size; i++) {
            assertArrayEquals(x[i], product[i], 1e-9);
        }
        LogisticSolverTest.assertMessage("take a larger one", () -> new Cholesky(matrix, -1000));
    }

    /** 40 rows of 50 columns, solved on the side of the rows, must leave no gradient on the side of the columns. */
    @Test
    void fewerRowsThanColumnsMinimiseTheSameObjective() {
        int rows = 40;
        int width = 50;
        FeatureRows features = FeatureRows.of(random(rows, width));
        int[] labels = java.util.Arrays.copyOf(Y, rows);
        try (NormalEquations equations = new NormalEquations(features, labels, 3)) {
            double[] w = equations.solve(0.1);
            INDArray z = equations.standardizer().apply(features);
            for (int f = 0; f < width; f++) {
                for (int k = 0; k < 3; k++) {
                    double gradient = 0.1 * w[k * width + f];
                    for (int i = 0; i < rows; i++) {
                        double error = equations.bias()[k] - (labels[i] == k ? 1 : 0);
                        for (int g = 0; g < width; g++) {
                            error += z.getFloat(i, g) * w[k * width + g];
                        }
                        gradient += error * z.getFloat(i, f) / rows;
                    }
                    assertEquals(0, gradient, 1e-6);
                }
            }
        }
    }

    @Test
    void choosesThePenaltyOnHeldOutRowsAndSaysSo() {
        LinearProbe probe = LinearProbe.ridge().fit(X, Y, Rng.of(1), Progress.none());
        LinearProbe again = LinearProbe.ridge().fit(X.dup('f'), Y, Rng.of(1), Progress.none());
        assertEquals(probe.weights(), again.weights());
        assertTrue(probe.describe().startsWith("ridge (closed form, L2 "), probe.describe());
        assertTrue(probe.describe().contains("chosen on 10% held out"), probe.describe());
        assertTrue(probe.accuracy(DATA.array("test"), DATA.integers("test_labels")) > 0.5);
    }

    @Test
    void strongPenaltyWinsWhereFeaturesAreNoise() {
        INDArray noisy = random(60, 80);
        for (int i = 0; i < 60; i++) {
            for (int f = 0; f < 3; f++) {
                noisy.putScalar(i, f, noisy.getFloat(i, f) + (Y[i] == f ? 2f : 0f));
            }
        }
        L2Choice choice = L2Choice.among(1, 1e-6).withHeldOut(0.3);
        String description = LinearProbe.ridge().withL2(choice).fit(noisy, Y).describe();
        assertEquals("ridge (closed form, L2 1.00 (end of the grid) chosen on 30% held out)", description);
    }

    private static INDArray random(int rows, int width) {
        float[] values = new float[rows * width];
        Rng.of(9).normals(values, 0, values.length);
        return Nd4j.create(values, new long[] {rows, width}, 'c');
    }
}
