package org.ldae.baselines;

/**
 * How likely each candidate is to be a row's other view: a softmax of cosines over a temperature. Rows lie in pairs of views of
 * one image.
 */
final class Odds {

    private final UnitVectors rows;
    private final UnitVectors candidates;
    private final double temperature;
    private final int step;
    private final double[] odds;
    private double sum;

    /** Candidates are all rows but the row itself for a step of 1, and those of the other view for a step of 2. */
    Odds(UnitVectors rows, UnitVectors candidates, double temperature, int step, int count) {
        this.rows = rows;
        this.candidates = candidates;
        this.temperature = temperature;
        this.step = step;
        this.odds = new double[count];
    }

    static int other(int row) {
        return row ^ 1;
    }

    /** The first candidate of a row; each next one is a step further. */
    int first(int row) {
        return other(row) % step;
    }

    /** Cross entropy of the row's other view, in nats. */
    double loss(int row) {
        sum = 0;
        for (int j = first(row); j < odds.length; j += step) {
            // No cosine is larger than 1, so that no power is larger than 1 either.
            odds[j] = j == row ? 0 : Math.exp(logit(row, j));
            sum += odds[j];
        }
        return Math.log(sum) - logit(row, other(row));
    }

    /** Of the last {@link #loss}, the slope along a candidate's logit: the cosine over the temperature. */
    double slope(int row, int candidate) {
        return odds[candidate] / sum - (candidate == other(row) ? 1 : 0);
    }

    private double logit(int row, int candidate) {
        return (rows.cosine(row, candidates, candidate) - 1) / temperature;
    }
}
