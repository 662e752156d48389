package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.ndarray.INDArray;

class SgdSolverTest {

    private static final Golden DATA = Golden.read("probe/data");
    private static final INDArray X = DATA.array("features");
    private static final int[] Y = DATA.integers("labels");

    @ParameterizedTest
    @EnumSource
    void twelveStepsAgreeWithTorch(SgdSolver.Optimizer optimizer) {
        boolean lars = optimizer == SgdSolver.Optimizer.LARS;
        Golden golden = Golden.read(lars ? "probe/sgd_lars" : "probe/sgd_momentum");
        Golden inputs = Golden.read("probe/sgd");
        SgdSolver solver = new SgdSolver(optimizer, lars ? 40 : 2, 20, 4, 1);
        double[] start = new double[21];
        for (int i = 0; i < 18; i++) {
            start[i] = inputs.doubles("start")[i];
        }
        int[] order = inputs.integers("order");
        double[] losses = golden.doubles("losses");
        LinearProbe probe;
        try (SgdFit fit = new SgdFit(solver, FeatureRows.of(X), Y, start)) {
            for (int epoch = 0; epoch < 4; epoch++) {
                double mean = fit.epoch(epoch, Arrays.copyOfRange(order, epoch * 60, (epoch + 1) * 60));
                assertEquals((losses[3 * epoch] + losses[3 * epoch + 1] + losses[3 * epoch + 2]) / 3, mean, 1e-5);
            }
            probe = fit.probe("golden");
        }
        // The probe folds the running statistics into weights on raw features.
        double[] scale = Arrays.stream(golden.doubles("variance"))
                .map(v -> 1 / Math.sqrt(v + 1e-6))
                .toArray();
        for (int k = 0; k < 3; k++) {
            double bias = golden.doubles("bias")[k];
            for (int f = 0; f < 6; f++) {
                double weight = golden.doubles("weights")[k * 6 + f] * scale[f];
                assertEquals(weight, probe.weights().getFloat(k, f), 1e-5);
                bias -= weight * golden.doubles("mean")[f];
            }
            assertEquals(bias, probe.bias().getFloat(k), 2e-5);
        }
    }

    @Test
    void rateWarmsUpAndFallsAlongHalfACosine() {
        SgdSolver solver = LinearProbe.sgd().withBatchSize(512).withEpochs(90).withBaseRate(0.1);
        assertEquals(0, solver.rate(0));
        assertEquals(0.1, solver.rate(5), 1e-12);
        assertEquals(0.2, solver.rate(10), 1e-12);
        assertEquals(0.1, solver.rate(50), 1e-12);
        assertEquals(0, solver.rate(90), 1e-12);
    }

    @Test
    void learnsAndDependsOnTheSeedOnly() {
        SgdSolver solver = LinearProbe.sgd()
                .withOptimizer(SgdSolver.Optimizer.MOMENTUM)
                .withBatchSize(20)
                .withEpochs(30);
        LinearProbe probe = solver.fit(X, Y, Rng.of(1), Progress.none());
        assertEquals(
                probe.weights(),
                solver.fit(X.dup('f'), Y, Rng.of(1), Progress.none()).weights());
        assertNotEquals(
                probe.weights(), solver.fit(X, Y, Rng.of(2), Progress.none()).weights());
        assertTrue(probe.accuracy(DATA.array("test"), DATA.integers("test_labels")) > 0.5);
        assertEquals("sgd (momentum, base rate 0.1, batch 20, 30 epochs, 3 of them warm-up)", probe.describe());
    }

    @Test
    void batchNormKeepsRunningStatistics() {
        BatchNorm norm = new BatchNorm(6);
        FeatureRows rows = FeatureRows.of(X);
        float[] batch = norm.train(rows);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < 60; i++) {
            sum += batch[i * 6 + 2];
            squares += batch[i * 6 + 2] * batch[i * 6 + 2];
        }
        assertEquals(0, sum / 60, 1e-6);
        assertEquals(1, squares / 60, 1e-5);
        float[] again = norm.train(rows);
        assertArrayEquals(batch, again);
        double mean = X.getColumn(2).meanNumber().doubleValue();
        assertEquals(mean * (1 - 0.81), norm.running().mean(2), 1e-4);
    }

    @Test
    void badOptionsAreRefused() {
        LogisticSolverTest.assertMessage("baseRate", () -> LinearProbe.sgd().withBaseRate(0));
        LogisticSolverTest.assertMessage("batchSize", () -> LinearProbe.sgd().withBatchSize(1));
        LogisticSolverTest.assertMessage("epochs", () -> LinearProbe.sgd().withWarmupEpochs(90));
        LogisticSolverTest.assertMessage(
                "withBatchSize", () -> LinearProbe.sgd().fit(X, Y));
    }
}
