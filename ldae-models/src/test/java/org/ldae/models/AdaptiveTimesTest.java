package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;

/** Times by the losses seen, on a loss whose average is known. */
class AdaptiveTimesTest {

    private static final int BATCH = 32;

    /** Like the noise's squared error over time: nearly all of it in a corner. */
    private static double loss(double place) {
        return 0.05 + 20 * Math.pow(place, 9);
    }

    private static final double EXACT = 0.05 + 2;

    private static AdaptiveTimes taught(int steps) {
        AdaptiveTimes times = new AdaptiveTimes(BATCH);
        UniformRandomProvider uniform = Rng.of(1).generator();
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < BATCH; i++) {
                double place = times.place(uniform.nextDouble());
                times.saw(i, place, loss(place));
            }
            times.learn();
            times.phases();
        }
        return times;
    }

    @Test
    void lossesAreTheSameOnAverageAndVaryLess() {
        try (AdaptiveTimes times = taught(200)) {
            UniformRandomProvider uniform = Rng.of(2).generator();
            int draws = 20_000;
            double sum = 0;
            double squares = 0;
            double evenSquares = 0;
            for (int i = 0; i < draws; i++) {
                double drawn = uniform.nextDouble();
                double place = times.place(drawn);
                double weighted = times.weight(place) * loss(place);
                sum += weighted;
                squares += (weighted - EXACT) * (weighted - EXACT);
                evenSquares += (loss(drawn) - EXACT) * (loss(drawn) - EXACT);
            }
            double error = Math.sqrt(squares) / draws;
            assertEquals(EXACT, sum / draws, 4 * error);
            assertTrue(squares < 0.1 * evenSquares, () -> "variance " + draws + " x " + error * error);
        }
    }

    @Test
    void drawsAreEvenBeforeAnyLossWasSeen() {
        try (AdaptiveTimes times = new AdaptiveTimes(BATCH)) {
            for (double uniform : new double[] {0, 0.003, 0.25, 0.5, 0.777, 0.999, Math.nextDown(1.0)}) {
                assertEquals(uniform, times.place(uniform), 1e-6);
                assertEquals(1, times.weight(uniform), 1e-9);
                assertTrue(times.place(uniform) < 1);
            }
        }
    }

    @Test
    void placesGrowWithTheNumberAndNoLossWeighsMoreThanTenTimes() {
        try (AdaptiveTimes times = taught(200)) {
            double last = -1;
            for (int i = 0; i < 10_000; i++) {
                double place = times.place(i / 10_000.0);
                assertTrue(place > last && place < 1, "at " + i);
                assertTrue(times.weight(place) <= 10, "at " + i);
                last = place;
            }
        }
    }

    @Test
    void aLossThatIsNotFiniteTeachesNothing() {
        try (AdaptiveTimes times = new AdaptiveTimes(1)) {
            times.saw(0, 0.5, Double.NaN);
            times.learn();
            times.phases();
            assertEquals(0.25, times.place(0.25), 1e-6);
        }
    }
}
