package org.ldae.noise;

/** How often to draw from stretches of noise levels, so that a weighted mean over them varies least. */
public final class LeastVarianceShares {

    private LeastVarianceShares() {}

    /**
     * Draws each stretch as often as the root of its mean square, and some share of all draws evenly. A stretch of which nothing is
     * known is taken for an average one.
     *
     * @param meanSquares of what a draw gives, for each stretch; 0 where nothing is known
     * @param even share of draws that stay even, in [0, 1], so that a draw counts at most its inverse
     * @param shares written to: the share of draws of each stretch, together 1
     */
    public static void of(float[] meanSquares, double even, double[] shares) {
        double sum = 0;
        int known = 0;
        for (float square : meanSquares) {
            sum += Math.sqrt(square);
            known += square > 0 ? 1 : 0;
        }
        double mean = known == 0 || sum == 0 ? 1 : sum / known;
        double all = sum + (shares.length - known) * mean;
        for (int i = 0; i < shares.length; i++) {
            double size = meanSquares[i] > 0 ? Math.sqrt(meanSquares[i]) : mean;
            shares[i] = even / shares.length + (1 - even) * size / all;
        }
    }
}
