package org.ldae.sampling;

import org.ldae.noise.LeastVarianceShares;
import org.ldae.noise.NoiseSchedule;

/**
 * Finds the schedule whose levels estimate the bound with least variance from draws at even levels: each stretch of logSNR is to be
 * visited as often as the root of its draws' mean square.
 */
final class LeastVariance {

    static final int STRETCHES = 64;

    /** Share of draws that stay even, so that a stretch of hardly any error keeps some. Our choice. */
    private static final double EVEN = 0.05;

    private final double[] squares = new double[STRETCHES];
    private final int[] counts = new int[STRETCHES];

    /**
     * Takes up a draw.
     *
     * @param place of its level between the ends, in [0, 1), even in logSNR
     * @param nats what it adds to the bound
     */
    void saw(double place, double nats) {
        int stretch = Math.min(STRETCHES - 1, (int) (place * STRETCHES));
        squares[stretch] += nats * nats;
        counts[stretch]++;
    }

    /** A schedule between two ends whose logSNR is straight in each of 64 equal times. */
    NoiseSchedule between(double cleanest, double noisiest) {
        double[] visits = visits();
        double[] knots = new double[STRETCHES + 1];
        double done = 0;
        int stretch = 0;
        for (int k = 1; k < STRETCHES; k++) {
            double wanted = (double) k / STRETCHES;
            while (done + visits[stretch] < wanted) {
                done += visits[stretch++];
            }
            double place = (stretch + (wanted - done) / visits[stretch]) / STRETCHES;
            knots[k] = cleanest - place * (cleanest - noisiest);
        }
        knots[0] = cleanest;
        knots[STRETCHES] = noisiest;
        return NoiseSchedule.through(knots);
    }

    private double[] visits() {
        float[] means = new float[STRETCHES];
        for (int i = 0; i < STRETCHES; i++) {
            means[i] = (float) (squares[i] / Math.max(1, counts[i]));
        }
        double[] visits = new double[STRETCHES];
        LeastVarianceShares.of(means, EVEN, visits);
        return visits;
    }
}
