package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Whitening before ridge regression, against numpy (src/test/python/whitened.py). */
class WhitenedSolverTest {

    private static final Golden DATA = Golden.read("probe/data");
    private static final Golden EXPECTED = Golden.read("probe/whitened");
    private static final int[] LABELS = DATA.integers("labels");

    @Test
    void theFoldedProbeScoresRawFeaturesAsNumpyScoresWhitenedOnes() {
        INDArray features = DATA.array("features");
        LinearProbe probe =
                LinearProbe.ridge().withL2(0.1).whitened().withVariance(0.9).fit(features, LABELS);
        assertArrayEquals(
                EXPECTED.floats("scores"), probe.scores(features).data().asFloat(), 2e-5f);
        INDArray raw = features.mmul(probe.weights().transpose()).addRowVector(probe.bias());
        assertArrayEquals(EXPECTED.floats("scores"), raw.dup('c').data().asFloat(), 2e-4f);
        assertTrue(
                probe.describe().endsWith("on %d whitened components".formatted((int) EXPECTED.number("components"))),
                probe.describe());
    }

    @Test
    void constantColumnsAreLeftOutAndConstantFeaturesRefused() {
        INDArray features = DATA.array("features").dup('c');
        features.putColumn(0, features.getColumn(0).muli(0).addi(3));
        LinearProbe probe = LinearProbe.ridge().withL2(0.1).whitened().fit(features, LABELS);
        assertEquals(0, probe.weights().getColumn(0).norm2Number().doubleValue());
        assertThrows(
                IllegalArgumentException.class,
                () -> LinearProbe.ridge().whitened().fit(features.muli(0), LABELS));
        assertThrows(
                IllegalArgumentException.class,
                () -> LinearProbe.ridge().whitened().withVariance(0));
    }
}
