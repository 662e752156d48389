package org.ldae.noise;

/** DDPM's linear betas: gamma^2 after each of 1000 steps, and linear in between (Ho et al. 2020). */
final class BetaTable {

    private static final int STEPS = 1000;
    private static final double[] GAMMA_SQUARED = products();

    private BetaTable() {}

    static double gammaSquared(double t) {
        int below = step(t);
        double fraction = t * STEPS - below;
        return (1 - fraction) * GAMMA_SQUARED[below] + fraction * GAMMA_SQUARED[below + 1];
    }

    /** How fast gamma^2 falls with the time, positive. */
    static double fall(double t) {
        int below = step(t);
        return STEPS * (GAMMA_SQUARED[below] - GAMMA_SQUARED[below + 1]);
    }

    private static int step(double t) {
        return (int) Math.min(STEPS - 1, Math.floor(t * STEPS));
    }

    private static double[] products() {
        double[] product = new double[STEPS + 1];
        product[0] = 1;
        for (int s = 1; s <= STEPS; s++) {
            double beta = 1e-4 + (0.02 - 1e-4) * (s - 1) / (STEPS - 1);
            product[s] = product[s - 1] * (1 - beta);
        }
        return product;
    }
}
