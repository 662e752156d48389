package org.ldae.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NCSNv2's rules at the values of its CIFAR-10 run: sigma from 0.01 to 50 in 232 levels, 5 steps each, epsilon 6.2e-6. */
class NcsnRulesTest {

    @ParameterizedTest
    @CsvSource({"192, 1.18077", "256, 1.15285", "784, 1.08197", "3072, 1.03980"})
    void ratiosAtWhichHalfOfNeighbouringLevelsOverlap(int dimension, double ratio) {
        assertEquals(ratio, NcsnRules.ratio(dimension), 6e-6);
        assertEquals(0.5, NcsnRules.overlap(NcsnRules.ratio(dimension), dimension), 1e-9);
    }

    @Test
    void theAuthorsLevelsOverlapALittleMoreThanHalf() {
        double ratio = Math.pow(50 / 0.01, 1 / 231.0);
        assertEquals(1.037559, ratio, 1e-6);
        assertEquals(0.5670, NcsnRules.overlap(ratio, 3072), 5e-5);
        assertEquals(220, NcsnRules.levels(0.01, 50, 3072), 1);
    }

    @Test
    void theAuthorsStepIsNearlyTheBest() {
        double ratio = Math.pow(50 / 0.01, 1 / 231.0);
        assertEquals(1.05547, NcsnRules.settled(6.2e-6 / 1e-4, ratio, 5), 1e-5);
        double epsilon = NcsnRules.epsilon(0.01, ratio, 5);
        assertEquals(6.2e-6, epsilon, 2e-7);
        double best = NcsnRules.settled(epsilon / 1e-4, ratio, 5);
        for (double pull = 0.001; pull <= 1; pull += 0.001) {
            assertTrue(NcsnRules.settled(pull, ratio, 5) >= best - 1e-12, "pull " + pull);
        }
        // More steps settle better, with smaller ones.
        assertTrue(NcsnRules.epsilon(0.01, ratio, 50) < epsilon);
        assertTrue(NcsnRules.settled(NcsnRules.epsilon(0.01, ratio, 50) / 1e-4, ratio, 50) < best);
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.ratio(0));
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.levels(2, 1, 3072));
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.epsilon(0.01, 1, 5));
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.epsilon(0.01, 1.1, 0));
    }
}
