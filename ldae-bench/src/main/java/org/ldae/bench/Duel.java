package org.ldae.bench;

import java.io.IOException;

/**
 * Two sides timed A B A B ..., so that what slows the machine for a while slows both.
 *
 * @param ours seconds of our iterations, by round
 * @param theirs seconds of the other's, by round
 * @param ratio theirs over ours: above 1 we are faster
 */
record Duel(Spread ours, Spread theirs, Spread ratio) {

    /** Runs the rounds, after one that does not count. */
    static Duel fight(Side ours, Side theirs, int rounds) throws IOException {
        double[] a = new double[rounds];
        double[] b = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = -1; round < rounds; round++) {
            Side.Turn turn = round < 0 ? Side.Turn.FIRST : Side.Turn.USUAL;
            double mine = ours.take(turn);
            double other = theirs.take(turn);
            if (round >= 0) {
                a[round] = mine;
                b[round] = other;
                ratios[round] = other / mine;
            }
        }
        return new Duel(Spread.of(a), Spread.of(b), Spread.of(ratios));
    }
}
