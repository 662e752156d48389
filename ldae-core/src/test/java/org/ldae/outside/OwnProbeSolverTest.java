package org.ldae.outside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.ProbeSolver;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class OwnProbeSolverTest {

    /** The nearest mean of a class: {@code |x - c|^2} is smallest where {@code x c - |c|^2 / 2} is largest. */
    private record NearestCentroid() implements ProbeSolver {

        @Override
        public LinearProbe fit(INDArray features, int[] labels, Rng rng, Progress progress) {
            int classes = Arrays.stream(labels).max().orElseThrow() + 1;
            INDArray centroids = Nd4j.zeros(classes, (int) features.size(1));
            int[] counts = new int[classes];
            for (int i = 0; i < labels.length; i++) {
                centroids.getRow(labels[i]).addi(features.getRow(i));
                counts[labels[i]]++;
            }
            for (int k = 0; k < classes; k++) {
                centroids.getRow(k).divi(counts[k]);
            }
            return LinearProbe.of(centroids, centroids.mul(centroids).sum(1).mul(-0.5), describe());
        }

        @Override
        public String describe() {
            return "nearest centroid";
        }
    }

    private static final INDArray FEATURES = Nd4j.createFromArray(new float[][] {{0, 5}, {2, 7}, {10, 5}, {12, 7}});

    @Test
    void aSolverOfOnesOwnGivesAProbe() {
        LinearProbe probe = new NearestCentroid().fit(FEATURES, new int[] {0, 0, 1, 1});

        assertEquals("nearest centroid", probe.toString());
        assertEquals(1.0, probe.accuracy(FEATURES, new int[] {0, 0, 1, 1}));
        assertEquals(0, probe.predict(Nd4j.createFromArray(new float[][] {{5.9f, 6}}))[0]);
    }

    @Test
    void weightsApplyToStandardisedFeatures() {
        INDArray weights = Nd4j.createFromArray(new float[][] {{1, 2}, {-1, 0.5f}});
        LinearProbe probe = LinearProbe.of(weights, Nd4j.createFromArray(0.5f, 0f), "given")
                .withStandardization(new double[] {6, 6}, new double[] {2, 0});

        assertEquals(Nd4j.createFromArray(new float[][] {{-2.5f, 3f}}), probe.scores(FEATURES.getRow(0, true)));
        assertEquals(Nd4j.createFromArray(new float[][] {{0.5f, 0}, {-0.5f, 0}}), probe.weights());
        assertEquals(Nd4j.createFromArray(-2.5f, 3f), probe.bias());
    }

    @Test
    void refusesWhatDoesNotFit() {
        INDArray bias = Nd4j.createFromArray(0f, Float.NaN);

        assertThrows(IllegalArgumentException.class, () -> LinearProbe.of(Nd4j.ones(2, 3), bias, "NaN"));
        assertThrows(IllegalArgumentException.class, () -> LinearProbe.of(Nd4j.ones(3, 3), bias, "2 of 3"));
    }
}
