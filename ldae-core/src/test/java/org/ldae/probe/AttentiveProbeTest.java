package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.ldae.core.NdArrays;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Attentive pooling against PyTorch (src/test/python/attentive.py) and against central differences. */
class AttentiveProbeTest {

    private static final Golden GOLDEN = Golden.read("probe/attentive");
    private static final int[] LABELS = GOLDEN.integers("labels");
    private static final AttentiveSolver.Shape SHAPE = new AttentiveSolver.Shape(5, 2, 4);
    private static final double L2 = 0.1;

    private static AttentiveObjective objective(RowBlocks images, boolean[] heldOut) {
        return new AttentiveObjective(images, LABELS, heldOut, SHAPE, L2);
    }

    private static RowBlocks images() {
        return RowBlocks.of(FeatureRows.of(GOLDEN.array("tokens")), block -> {});
    }

    @Test
    void lossAndEveryGradientAgreeWithPyTorch() {
        try (RowBlocks images = images();
                AttentiveObjective objective = objective(images, new boolean[LABELS.length])) {
            double[] gradient = new double[GOLDEN.doubles("point").length];
            assertEquals(GOLDEN.number("loss"), objective.evaluate(GOLDEN.doubles("point"), gradient), 1e-6);
            assertArrayEquals(GOLDEN.doubles("gradient"), gradient, 1e-6);
        }
    }

    @Test
    void theGradientWithoutHeldOutImagesIsThatOfCentralDifferences() {
        boolean[] heldOut = new boolean[LABELS.length];
        heldOut[1] = true;
        heldOut[7] = true;
        try (RowBlocks images = images();
                AttentiveObjective objective = objective(images, heldOut)) {
            double[] point = GOLDEN.doubles("point");
            double[] gradient = new double[point.length];
            objective.evaluate(point, gradient);
            double step = 1e-2;
            for (int i = 0; i < point.length; i++) {
                double[] moved = point.clone();
                moved[i] += step;
                double above = objective.evaluate(moved, new double[point.length]);
                moved[i] -= 2 * step;
                double below = objective.evaluate(moved, new double[point.length]);
                assertEquals((above - below) / (2 * step), gradient[i], 1e-4, "number " + i);
            }
        }
    }

    @Test
    void theMinimumIsPyTorchs() {
        try (RowBlocks images = images();
                AttentiveObjective objective = objective(images, new boolean[LABELS.length])) {
            double[] point = GOLDEN.doubles("point");
            Lbfgs.Result result = new Lbfgs(objective, vector -> {}).minimize(point, new Lbfgs.Stop(1e-6, 500));
            assertEquals(GOLDEN.number("minimum"), result.value(), 1e-5);
        }
    }

    /** One token of each image, at a place of its own, carries the class; the others are noise. */
    private static INDArray needles(int count, int[] labels, long seed) {
        int tokens = 16;
        int width = 6;
        float[] numbers = new float[count * tokens * width];
        Rng.of(seed).normals(numbers, 0, numbers.length);
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
            int at = (i * tokens + (i * 7 + i / 5) % tokens) * width;
            numbers[at] = 12;
            for (int k = 0; k < 3; k++) {
                numbers[at + 1 + k] = labels[i] == k ? 3 : 0;
            }
        }
        return NdArrays.of(numbers, count, (long) tokens * width);
    }

    @Test
    void whatTheAverageLosesIsFound() {
        int[] labels = new int[240];
        int[] others = new int[120];
        INDArray train = needles(240, labels, 1);
        INDArray test = needles(120, others, 2);
        AttentiveProbe probe = AttentiveProbe.of(16).withQueries(1).fit(train, labels, Rng.of(1), Progress.none());
        double accuracy = probe.accuracy(test, others);
        assertTrue(accuracy > 0.9, probe + " " + accuracy);
        AttentiveProbe again = AttentiveProbe.of(16).withQueries(1).fit(train, labels, Rng.of(1), Progress.none());
        assertArrayEquals(probe.predict(test), again.predict(test));
        INDArray averaged = train.reshape(240, 16, 6).mean(1);
        INDArray averagedTest = test.reshape(120, 16, 6).mean(1);
        assertTrue(LinearProbe.logistic().fit(averaged, labels).accuracy(averagedTest, others) < accuracy - 0.2);
    }

    @Test
    void tokensThatDontFitAreRefused() {
        assertThrows(
                IllegalArgumentException.class,
                () -> AttentiveProbe.of(7).fit(GOLDEN.array("tokens"), LABELS, Rng.of(1), Progress.none()));
        assertThrows(IllegalArgumentException.class, () -> AttentiveProbe.of(5).withQueries(0));
    }
}
