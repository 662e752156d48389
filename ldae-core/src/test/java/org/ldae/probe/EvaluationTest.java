package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;

class EvaluationTest {

    @Test
    void countsTrueAgainstPredictedClasses() {
        Evaluation evaluation = Evaluation.of(new int[] {0, 0, 1, 1, 1}, new int[] {0, 1, 1, 1, 0}, 3);
        assertEquals(5, evaluation.size());
        assertEquals(0.6, evaluation.top1());
        assertArrayEquals(new double[] {0.5, 2.0 / 3, Double.NaN}, evaluation.perClass());
        assertArrayEquals(new int[][] {{1, 1, 0}, {1, 2, 0}, {0, 0, 0}}, evaluation.confusion());
        evaluation.confusion()[0][0] = 100;
        assertEquals(1, evaluation.confusion()[0][0]);
    }

    /** 0.8 of 100: the Wilson interval is 0.711 to 0.867 (Newcombe 1998's formula by hand). */
    @Test
    void intervalIsWilsons() {
        int[] labels = new int[100];
        int[] predicted = new int[100];
        java.util.Arrays.fill(predicted, 0, 20, 1);
        Evaluation evaluation = Evaluation.of(labels, predicted, 2);
        double z = 1.959963985;
        double centre = (0.8 + z * z / 200) / (1 + z * z / 100);
        double half = z / (1 + z * z / 100) * Math.sqrt(0.8 * 0.2 / 100 + z * z / 40000);
        assertEquals(centre - half, evaluation.interval().lower(), 1e-7);
        assertEquals(centre + half, evaluation.interval().upper(), 1e-7);
        assertEquals("top-1 80.00% (95% interval 71.12 to 86.66, n = 100)", evaluation.toString());
    }

    @Test
    void badLabelsAreNamed() {
        LogisticSolverTest.assertMessage("got 1 for 2", () -> Evaluation.of(new int[1], new int[2], 2));
        LogisticSolverTest.assertMessage(
                "predicted: expected classes 0 to 1, got 2 at index 0",
                () -> Evaluation.of(new int[1], new int[] {2}, 2));
    }

    @Test
    void heldOutPartIsStratifiedAndSeeded() {
        int[] labels = new int[100];
        java.util.Arrays.fill(labels, 80, 100, 1);
        boolean[] heldOut = TrainingLabels.holdOut(labels, 2, 0.1, Rng.of(1));
        int[] indices = TrainingLabels.where(heldOut, true);
        assertArrayEquals(new int[] {8, 2}, TrainingLabels.counts(TrainingLabels.select(labels, indices), 2));
        assertArrayEquals(heldOut, TrainingLabels.holdOut(labels, 2, 0.1, Rng.of(1)));
        assertTrue(!java.util.Arrays.equals(heldOut, TrainingLabels.holdOut(labels, 2, 0.1, Rng.of(2))));
    }
}
