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
    void theLargestSigmaIsTheLargestDistance() {
        float[] origin = {0, 0};
        assertEquals(5, NcsnRules.largestSigma(origin, new float[] {1, 1}, new float[] {3, 4}), 1e-12);
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.largestSigma(origin));
    }

    /** Technique 3: the score is the output over sigma, and the loss is that of the noise with unit weight. */
    @Test
    void predictingTheNoiseIsTheUnconditionalScoreOverSigma() {
        NoiseSchedule schedule = NoiseSchedule.geometric(0.01, 50);
        double noise = 0.7;
        double predicted = -0.4;
        for (double t : new double[] {0, 0.3, 1}) {
            NoiseLevel level = schedule.level(t);
            double score = level.convert(NoiseLevel.Quantity.NOISE, NoiseLevel.Quantity.SCORE)
                            .onGiven()
                    * predicted;
            assertEquals(-predicted / level.sigma(), score, 1e-9);
            double apart = score + noise / level.sigma();
            double ncsn = 0.5 * level.sigma() * level.sigma() * apart * apart;
            assertEquals(0.5 * (predicted - noise) * (predicted - noise), ncsn, 1e-12);
            assertEquals(1, Weighting.UNIFORM.at(schedule, t, NoiseLevel.Quantity.NOISE));
        }
    }

    @Test
    void someLevelsOnlyAreThoseOfTheProgression() {
        NoiseSchedule schedule = NoiseSchedule.geometric(0.01, 50);
        TimeSampling levels = TimeSampling.levels(232);
        assertEquals(0.01, schedule.sigma(levels.time(schedule, 0)), 1e-12);
        assertEquals(50, schedule.sigma(levels.time(schedule, 0.9999)), 1e-9);
        double second = schedule.sigma(levels.time(schedule, 1.5 / 232));
        assertEquals(1.037559, second / 0.01, 1e-6);
        assertThrows(IllegalArgumentException.class, () -> TimeSampling.levels(1));
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.ratio(0));
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.levels(2, 1, 3072));
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.epsilon(0.01, 1, 5));
        assertThrows(IllegalArgumentException.class, () -> NcsnRules.epsilon(0.01, 1.1, 0));
    }
}
