package org.ldae.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.ldae.models.Expect;

/** Intervals against values from a table of Student's t. */
class EstimateTest {

    @Test
    void threeValuesByHand() {
        Estimate estimate = Estimate.of(1, 2, 4);
        assertEquals(7.0 / 3, estimate.mean(), 1e-12);
        // t(0.975; 2) = 4.302653, standard deviation 1.527525.
        assertEquals(7.0 / 3 + 4.302653 * 1.527525 / Math.sqrt(3), estimate.high(), 1e-5);
        assertEquals(7.0 / 3 - 4.302653 * 1.527525 / Math.sqrt(3), estimate.low(), 1e-5);
        assertFalse(estimate.clear());
    }

    @Test
    void pairedDifferencesDropWhatPairsShare() {
        Estimate difference = Estimate.ofDifference(new double[] {11, 22, 33.5}, new double[] {10, 21, 32});
        assertEquals(3.5 / 3, difference.mean(), 1e-12);
        assertTrue(difference.clear());
        assertTrue(difference.low() > 0.4);
    }

    @Test
    void oneValueSaysNothingOfItsSpread() {
        assertEquals(new Estimate(5, 5, 5, 1), Estimate.of(5));
        assertFalse(Estimate.of(5).clear());
        Expect.refused(() -> Estimate.of(), "at least one");
        Expect.refused(() -> Estimate.ofDifference(new double[2], new double[3]), "pairs", "2", "3");
    }
}
