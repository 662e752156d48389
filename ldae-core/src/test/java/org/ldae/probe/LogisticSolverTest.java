package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.NdArrays;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class LogisticSolverTest {

    private static final Golden DATA = Golden.read("probe/data");
    private static final INDArray X = DATA.array("features");
    private static final int[] Y = DATA.integers("labels");
    private static final INDArray TEST = DATA.array("test");

    @ParameterizedTest
    @ValueSource(strings = {"1", "0.01", "0.0001"})
    void agreesWithScikitLearn(String l2) {
        Golden golden = Golden.read("probe/logistic");
        double penalty = Double.parseDouble(l2);
        Standardizer standardizer = Standardizer.fit(FeatureRows.of(X));
        LogisticSolver solver = LogisticSolver.defaults().withTolerance(1e-7);
        LogisticFit fit;
        double loss;
        try (RowBlocks standardized = RowBlocks.of(FeatureRows.of(X), standardizer::applyInPlace)) {
            fit = new LogisticFit(solver, standardized, Y, 3, Rng.of(1));
            loss = fit.refit(penalty).value();
        }

        assertEquals(golden.number("loss " + l2), loss, 1e-6 * loss);
        double[] expected = golden.doubles("weights " + l2);
        double[] bias = golden.doubles("bias " + l2);
        // float32 products leave weights loose where the penalty hardly curves the objective
        double tolerance = (penalty < 1e-3 ? 1e-2 : 1e-3) * Lbfgs.norm(expected);
        for (int k = 0; k < 3; k++) {
            assertEquals(bias[k], fit.bias()[k], tolerance);
            for (int f = 0; f < 6; f++) {
                assertEquals(expected[k * 6 + f], fit.weights()[k * 6 + f], tolerance);
            }
        }
    }

    @Test
    void gradientIsTheDerivativeOfTheObjective() {
        INDArray z = Standardizer.fit(FeatureRows.of(X)).apply(FeatureRows.of(X));
        boolean[] heldOut = TrainingLabels.holdOut(Y, 3, 0.2, Rng.of(3));
        try (RowBlocks blocks = RowBlocks.of(FeatureRows.of(z), rows -> {});
                SoftmaxObjective objective = new SoftmaxObjective(blocks, Y, 3, heldOut, 0.1)) {
            double[] point = new double[21];
            for (int i = 0; i < point.length; i++) {
                point[i] = Math.sin(i);
            }
            double[] gradient = new double[21];
            double value = objective.evaluate(point, gradient);
            assertEquals(reference(z, heldOut, point), value, 1e-6 * value);
            for (int i = 0; i < point.length; i++) {
                double[] forward = point.clone();
                double[] backward = point.clone();
                forward[i] += 1e-5;
                backward[i] -= 1e-5;
                double slope = (reference(z, heldOut, forward) - reference(z, heldOut, backward)) / 2e-5;
                assertEquals(slope, gradient[i], 1e-6);
            }
        }
    }

    /** The objective written out in double. */
    private static double reference(INDArray z, boolean[] heldOut, double[] point) {
        double loss = 0;
        int count = 0;
        for (int i = 0; i < heldOut.length; i++) {
            double sum = 0;
            double truth = 0;
            for (int k = 0; k < 3; k++) {
                double score = point[18 + k];
                for (int f = 0; f < 6; f++) {
                    score += z.getFloat(i, f) * point[k * 6 + f];
                }
                sum += Math.exp(score);
                truth = k == Y[i] ? score : truth;
            }
            loss += heldOut[i] ? 0 : Math.log(sum) - truth;
            count += heldOut[i] ? 0 : 1;
        }
        double squares = 0;
        for (int i = 0; i < 18; i++) {
            squares += point[i] * point[i];
        }
        return loss / count + 0.05 * squares;
    }

    @Test
    void sameSeedGivesTheSameProbe() {
        LinearProbe first = LinearProbe.logistic().fit(X, Y, Rng.of(42), Progress.none());
        LinearProbe second = LinearProbe.logistic().fit(X, Y, Rng.of(42), Progress.none());
        assertEquals(first.weights(), second.weights());
        assertEquals(first.describe(), second.describe());
        assertTrue(
                first.describe()
                        .matches("logistic \\(L-BFGS, L2 [0-9.e-]+( \\(end of the grid\\))? chosen on 10% held out,"
                                + " \\d+ iterations\\)"),
                first.describe());
    }

    @Test
    void optionsAreToldInWords() {
        assertEquals(
                "logistic regression by L-BFGS, L2 chosen among 9 values from 1 to 0.0001 on 10% of the training"
                        + " images",
                LinearProbe.logistic().describe());
        assertEquals(
                "ridge regression in closed form, L2 0.00316",
                LinearProbe.ridge().withL2(Math.pow(10, -2.5)).describe());
    }

    @Test
    void scaleOfTheFeaturesDoesNotMatter() {
        INDArray scaled = X.mul(1000).addi(-3000);
        LinearProbe probe = LinearProbe.logistic().fit(X, Y);
        LinearProbe other = LinearProbe.logistic().fit(scaled, Y);
        assertClose(probe.scores(TEST), other.scores(TEST.mul(1000).addi(-3000)), 2e-3);
    }

    @Test
    void viewsAndColumnMajorFeaturesGiveTheSameProbe() {
        INDArray wide = Nd4j.rand(60, 9);
        INDArray view =
                wide.get(NDArrayIndex.all(), NDArrayIndex.interval(2, 8)).assign(X);
        LinearProbe probe = LinearProbe.logistic().fit(X, Y);
        assertEquals(probe.weights(), LinearProbe.logistic().fit(view, Y).weights());
        assertEquals(probe.weights(), LinearProbe.logistic().fit(X.dup('f'), Y).weights());
        assertArrayEquals(probe.predict(TEST), probe.predict(TEST.dup('f')));
        INDArray rows = Nd4j.vstack(X, TEST).get(NDArrayIndex.interval(60, 80), NDArrayIndex.all());
        assertArrayEquals(probe.predict(TEST), probe.predict(rows));
    }

    @Test
    void rawWeightsAndBiasGiveTheScores() {
        LinearProbe probe = LinearProbe.logistic().withL2(0.01).fit(X, Y);
        INDArray scores = TEST.mmul(probe.weights().transpose()).addRowVector(probe.bias());
        assertClose(probe.scores(TEST), scores, 1e-4);
    }

    @Test
    void constantColumnsAreIgnored() {
        INDArray constant = Nd4j.hstack(X, Nd4j.valueArrayOf(new long[] {60, 1}, 3.3f));
        INDArray test = Nd4j.hstack(TEST, Nd4j.valueArrayOf(new long[] {20, 1}, -100f));
        LinearProbe probe =
                LinearProbe.logistic().withL2(0.01).withTolerance(1e-6).fit(X, Y);
        LinearProbe other =
                LinearProbe.logistic().withL2(0.01).withTolerance(1e-6).fit(constant, Y);
        assertClose(probe.scores(TEST), other.scores(test), 1e-3);
    }

    @Test
    void absentClassIsNeverPredicted() {
        int[] gap = new int[Y.length];
        for (int i = 0; i < gap.length; i++) {
            gap[i] = Y[i] == 2 ? 3 : Y[i];
        }
        LinearProbe probe = LinearProbe.logistic().fit(X, gap);
        assertEquals(4, probe.classes());
        assertEquals(0, probe.evaluate(X, gap).confusion()[2][2]);
        for (int predicted : probe.predict(TEST)) {
            assertFalse(predicted == 2);
        }
    }

    @Test
    void choosesAStrongPenaltyWhereMostFeaturesAreNoise() {
        float[] noise = new float[60 * 200];
        Rng.of(5).normals(noise, 0, noise.length);
        INDArray noisy = Nd4j.create(noise, new long[] {60, 200}, 'c');
        for (int i = 0; i < 60; i++) {
            noisy.putScalar(i, 0, noisy.getFloat(i, 0) + 6f * Y[i]);
        }
        List<Progress.Event> events = new ArrayList<>();
        String description = LinearProbe.logistic()
                .withL2(L2Choice.among(0.1, 1, 1e-6).withHeldOut(0.3))
                .fit(noisy, Y, Rng.of(1), events::add)
                .describe();
        assertFalse(description.contains("e-06"), description);
        assertTrue(description.contains("chosen on 30% held out"), description);
        assertEquals(1, events.get(0).number(Progress.Quantity.PENALTY).orElseThrow());
        assertTrue(events.get(0).number(Progress.Quantity.ACCURACY).isPresent());
        assertTrue(events.get(events.size() - 1).number(Progress.Quantity.LOSS).isPresent());
    }

    @Test
    void moreFeaturesThanImagesConverge() {
        float[] values = new float[60 * 300];
        Rng.of(6).normals(values, 0, values.length);
        LinearProbe probe = LinearProbe.logistic()
                .withL2(1e-3)
                .withTolerance(1e-5)
                .fit(Nd4j.create(values, new long[] {60, 300}, 'c'), Y);
        assertEquals(1, probe.accuracy(Nd4j.create(values, new long[] {60, 300}, 'c'), Y));
        assertFalse(probe.describe().contains("not converged"), probe.describe());
    }

    /**
     * Classes separate, so the loss is flat near its minimum. Of 2,000 predictions, over six seeds, a tolerance of 1e-3 leaves
     * 88 to 149 different, 1e-5 17 to 25, and the default's 1e-6 0 to 4 by the processor's rounding.
     */
    @Test
    void theLastFitGoesToTheOptimum() {
        float[] values = new float[60 * 500];
        Rng.of(7).normals(values, 0, values.length);
        INDArray features = Nd4j.create(values, new long[] {60, 500}, 'c');
        float[] unseen = new float[2000 * 500];
        Rng.of(8).normals(unseen, 0, unseen.length);
        INDArray others = Nd4j.create(unseen, new long[] {2000, 500}, 'c');
        LogisticSolver solver = LinearProbe.logistic().withL2(1e-4);

        int[] optimum = solver.withTolerance(1e-9)
                .withMaxIterations(5000)
                .fit(features, Y)
                .predict(others);
        int[] found = solver.fit(features, Y).predict(others);

        int different = 0;
        for (int i = 0; i < found.length; i++) {
            different += found[i] == optimum[i] ? 0 : 1;
        }
        assertTrue(different < 0.004 * found.length, different + " of 2000");
    }

    @Test
    void saysWhenItHasNotConverged() {
        String description = LinearProbe.logistic()
                .withL2(1e-4)
                .withTolerance(1e-6)
                .withMaxIterations(2)
                .fit(X, Y)
                .describe();
        assertEquals("logistic (L-BFGS, L2 0.000100, 2 iterations, not converged)", description);
    }

    @Test
    void badInputIsNamed() {
        assertMessage(
                "labels: expected one per row", () -> LinearProbe.logistic().fit(X, new int[3]));
        assertMessage(
                "at least two classes, got [0]", () -> LinearProbe.logistic().fit(X, new int[60]));
        int[] negative = Y.clone();
        negative[7] = -1;
        assertMessage(
                "expected classes from 0, got -1", () -> LinearProbe.logistic().fit(X, negative));
        int[] huge = Y.clone();
        huge[7] = 1000;
        assertMessage("renumber", () -> LinearProbe.logistic().fit(X, huge));
        INDArray broken = X.dup();
        broken.putScalar(4, 2, Float.NaN);
        assertMessage("got NaN in row 4, column 2", () -> LinearProbe.logistic().fit(broken, Y));
        LinearProbe probe = LinearProbe.logistic().withL2(1).fit(X, Y);
        broken.putScalar(4, 2, Float.NEGATIVE_INFINITY);
        assertMessage("got -Infinity in row 4, column 2", () -> probe.predict(broken));
        assertMessage("expected float32 [N, F] = [N, 6]", () -> probe.predict(Nd4j.rand(4, 5)));
        // A class that training had no image of is a miss.
        INDArray two = X.get(NDArrayIndex.interval(0, 2), NDArrayIndex.all());
        assertEquals(0.5, probe.accuracy(two, new int[] {probe.predict(two)[0], 3}));
        assertEquals(4, probe.evaluate(two, new int[] {0, 3}).perClass().length);
        assertMessage(
                "hold out more",
                () -> LinearProbe.logistic()
                        .fit(X.get(NDArrayIndex.interval(0, 3), NDArrayIndex.all()), new int[] {0, 1, 2}));
    }

    @Test
    void badOptionsAreRefused() {
        assertMessage("tolerance", () -> LinearProbe.logistic().withTolerance(0));
        assertMessage("maxIterations", () -> LinearProbe.logistic().withMaxIterations(0));
        assertMessage("l2", () -> LinearProbe.logistic().withL2(-1));
        assertMessage("heldOut", () -> L2Choice.fixed(1).withHeldOut(0.1));
        assertMessage("heldOut", () -> L2Choice.standardGrid().withHeldOut(1));
    }

    private static void assertClose(INDArray expected, INDArray actual, double tolerance) {
        assertArrayEquals(expected.shape(), actual.shape());
        double difference = expected.sub(actual).amaxNumber().doubleValue();
        assertTrue(difference <= tolerance * expected.amaxNumber().doubleValue(), "differ by " + difference);
    }

    static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call).getMessage());
        assertTrue(message.contains(part), message);
    }

    /** A direction of large variance tells something of the class; what lies beside it, small, tells the rest. */
    @Test
    void weakerPenaltiesOfWideFeaturesAreFollowed() {
        int count = 600;
        int width = 400;
        float[] numbers = new float[count * width];
        Rng.of(4).normals(numbers, 0, numbers.length);
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 2;
            float sign = 2 * labels[i] - 1;
            float shared = 20 * (0.7f * sign + numbers[i * width + width - 1]);
            for (int f = 0; f < width; f++) {
                numbers[i * width + f] += shared + 0.15f * sign * (f % 2 == 0 ? 1 : -1);
            }
        }
        INDArray features = NdArrays.of(numbers, count, width);
        Map<Double, Double> heldOut = new TreeMap<>();
        LinearProbe.logistic()
                .withL2(L2Choice.among(1, 0.1, 0.01, 1e-3, 1e-4))
                .fit(
                        features,
                        labels,
                        Rng.of(1),
                        event -> event.number(Progress.Quantity.PENALTY)
                                .ifPresent(l2 -> heldOut.put(
                                        l2,
                                        event.number(Progress.Quantity.ACCURACY).orElse(Double.NaN))));
        assertTrue(
                heldOut.getOrDefault(1e-3, Double.NaN) > heldOut.getOrDefault(1.0, Double.NaN) + 0.1,
                heldOut.toString());
    }
}
