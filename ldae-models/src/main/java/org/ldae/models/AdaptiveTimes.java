package org.ldae.models;

import java.util.Arrays;
import java.util.List;
import org.ldae.compute.Tensor;
import org.ldae.nn.Parameters;
import org.ldae.noise.LeastVarianceShares;
import org.ldae.training.Phase;

/**
 * Draws times by the losses seen: each of 100 stretches of the random number as often as the root of its mean squared loss, which
 * makes the variance of the weighted loss least (Nichol and Dhariwal 2021, arXiv 2102.09672, section 3.3). A loss is weighted by the
 * inverse, so that the training's loss stays what it is on average.
 *
 * <p>All images of a step are drawn by what was seen before it, whatever the number of threads and processes.
 */
final class AdaptiveTimes implements AutoCloseable {

    static final int BINS = 100;

    /** Of the mean squared loss at each loss seen: about as many as Nichol and Dhariwal keep, ten. */
    private static final double DECAY = 0.9;

    /** Share of images whose stretch is drawn evenly; no loss then weighs more than ten times. Our choice. */
    private static final double EVEN = 0.1;

    private static final String SQUARES = "squares";

    /** Of each stretch the mean squared loss, 0 if there was none; lies in checkpoints. */
    private final Parameters state;

    private final Tensor stored;
    private final float[] squares = new float[BINS];
    /** Share of draws that each stretch has, and of those up to its end. */
    private final double[] shares = new double[BINS];

    private final double[] ends = new double[BINS];
    /** Loss of each image of the batch, then the random numbers that its times were drawn by. */
    private final float[] seen;

    private final List<Phase> phases;

    AdaptiveTimes(int batch) {
        Parameters.Layout layout = Parameters.layout();
        layout.add(SQUARES, 1, BINS, Parameters.Init.ZEROS);
        this.state = layout.zeros();
        this.stored = state.view(state.values(), SQUARES);
        this.seen = new float[2 * batch];
        this.phases = List.of(Phase.updating(0, seen, this::learn));
        share();
    }

    /** What belongs to the run. */
    Parameters state() {
        return state;
    }

    /** A step that ends with what was seen in it; the next is drawn by the state as it is now. */
    List<Phase> phases() {
        share();
        return phases;
    }

    /** From an even number in [0, 1) to one of the shares' density. */
    double place(double uniform) {
        int bin = Arrays.binarySearch(ends, uniform);
        bin = Math.min(BINS - 1, bin < 0 ? -bin - 1 : bin + 1);
        double within = (uniform - (ends[bin] - shares[bin])) / shares[bin];
        return (bin + Math.min(Math.max(within, 0), Math.nextDown(1f))) / BINS;
    }

    /** What a loss at a place counts: how much more often it would be drawn evenly. */
    double weight(double place) {
        return 1 / (BINS * shares[bin(place)]);
    }

    private static int bin(double place) {
        return Math.min(BINS - 1, (int) (place * BINS));
    }

    /** Notes the unweighted loss of an image of the batch. */
    void saw(int position, double place, double loss) {
        seen[position] = (float) loss;
        seen[seen.length / 2 + position] = (float) place;
    }

    /** Takes up what was seen in a step. */
    void learn() {
        for (int i = 0; i < seen.length / 2; i++) {
            int bin = bin(seen[seen.length / 2 + i]);
            double square = (double) seen[i] * seen[i];
            if (Double.isFinite(square)) { // else training stops
                squares[bin] = (float) (squares[bin] == 0 ? square : DECAY * squares[bin] + (1 - DECAY) * square);
            }
        }
        stored.put(squares);
    }

    private void share() {
        stored.get(squares);
        LeastVarianceShares.of(squares, EVEN, shares);
        double end = 0;
        for (int bin = 0; bin < BINS; bin++) {
            end += shares[bin];
            ends[bin] = end;
        }
    }

    @Override
    public void close() {
        state.close();
    }
}
