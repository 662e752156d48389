package org.ldae.training;

import java.util.Arrays;

/** Losses of all shares of a batch, those of other processes included, to the last bit. */
final class Losses {

    /** A double's bits are sent as four whole numbers below 2^16, which float holds. */
    private static final int PIECES = 4;

    private static final int BITS = 16;

    private final GradientExchange exchange;
    private final double[] own;
    private final double[] all;
    private final float[] sent;

    Losses(GradientExchange exchange, int shares) {
        this.exchange = exchange;
        this.own = new double[shares];
        this.all = new double[shares * exchange.size()];
        this.sent = new float[PIECES * all.length];
    }

    void put(int share, double loss) {
        own[share] = loss;
    }

    /** Sum over all shares, in their order. */
    double total() {
        gather();
        double total = 0;
        for (double loss : all) {
            total += loss;
        }
        return total;
    }

    private void gather() {
        int first = exchange.rank() * own.length;
        System.arraycopy(own, 0, all, first, own.length);
        if (exchange.size() == 1) {
            return;
        }
        Arrays.fill(sent, 0);
        for (int i = first; i < first + own.length; i++) {
            long bits = Double.doubleToLongBits(all[i]);
            for (int piece = 0; piece < PIECES; piece++) {
                sent[PIECES * i + piece] = (bits >>> (BITS * piece)) & ((1 << BITS) - 1);
            }
        }
        exchange.sum(sent);
        for (int i = 0; i < all.length; i++) {
            long bits = 0;
            for (int piece = 0; piece < PIECES; piece++) {
                bits |= (long) sent[PIECES * i + piece] << (BITS * piece);
            }
            all[i] = Double.longBitsToDouble(bits);
        }
    }
}
