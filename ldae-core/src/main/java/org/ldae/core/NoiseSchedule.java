package org.ldae.core;

/**
 * Signal and noise levels of the forward process {@code z_t = gamma(t) z_0 + sigma(t) eps} (paper, section 3).
 *
 * <p>Time runs from 0 (clean) to 1 (noisiest). A schedule says nothing of what is predicted or how errors are weighted;
 * that is the objective's.
 */
public sealed interface NoiseSchedule {

    /**
     * Factor on the signal.
     *
     * @param t time in [0, 1]
     * @return gamma, in [0, 1]
     */
    double gamma(double t);

    /**
     * Standard deviation of the noise.
     *
     * @param t time in [0, 1]
     * @return sigma, at least 0
     */
    double sigma(double t);

    /**
     * Whether the level depends on the time; a single level needs no time conditioning.
     *
     * @return false for {@link Single}
     */
    default boolean timeDependent() {
        return true;
    }

    /**
     * The time at which the noise is a given multiple of the signal.
     *
     * @param ratio sigma over gamma, at least 0
     * @return t in [0, 1]; 0 for a schedule with this single level
     * @throws IllegalArgumentException if the schedule has no such level
     */
    default double timeOf(double ratio) {
        double largest = sigma(1) / gamma(1);
        double smallest = sigma(0) / gamma(0);
        if (!(ratio >= smallest && ratio <= largest)) {
            throw new IllegalArgumentException(
                    "sigma: expected a level of the schedule, in [%s, %s], got %s".formatted(smallest, largest, ratio));
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (sigma(middle) < ratio * gamma(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return timeDependent() ? high : 0;
    }

    /**
     * No input scaling: gamma = 1 and sigma linear from 0 (paper, Tab. 3; l-DAE uses sqrt 2).
     *
     * @param maxSigma sigma at t = 1, in units of the latent's standard deviation
     * @return the schedule
     */
    static NoiseSchedule additive(double maxSigma) {
        return new Additive(maxSigma);
    }

    /**
     * One noise level whatever the time, gamma = 1 (paper, section 4.3; sigma = sqrt(1/3)).
     *
     * @param sigma the level, in units of the latent's standard deviation
     * @return the schedule
     */
    static NoiseSchedule single(double sigma) {
        return new Single(sigma);
    }

    /**
     * gamma^2 falls linearly from 1 to 0, gamma^2 + sigma^2 = 1 (paper, Tab. 1, fourth step).
     *
     * @return the schedule
     */
    static NoiseSchedule linear() {
        return new Linear();
    }

    /**
     * The DDPM schedule: 1000 betas, linear from 1e-4 to 0.02, gamma^2 their running product of 1 - beta.
     *
     * @return the schedule
     */
    static NoiseSchedule ddpm() {
        return new Ddpm();
    }

    /**
     * gamma = 1, sigma = maxSigma * t.
     *
     * @param maxSigma sigma at t = 1, positive
     */
    record Additive(double maxSigma) implements NoiseSchedule {
        /**
         * Checks the level.
         *
         * @param maxSigma sigma at t = 1, positive
         */
        public Additive {
            requirePositive("maxSigma", maxSigma);
        }

        @Override
        public double gamma(double t) {
            requireTime(t);
            return 1;
        }

        @Override
        public double sigma(double t) {
            return maxSigma * requireTime(t);
        }
    }

    /**
     * gamma = 1, one sigma at every time.
     *
     * @param level sigma, positive
     */
    record Single(double level) implements NoiseSchedule {
        /**
         * Checks the level.
         *
         * @param level sigma, positive
         */
        public Single {
            requirePositive("sigma", level);
        }

        @Override
        public double gamma(double t) {
            requireTime(t);
            return 1;
        }

        @Override
        public double sigma(double t) {
            requireTime(t);
            return level;
        }

        @Override
        public boolean timeDependent() {
            return false;
        }
    }

    /** gamma^2 = 1 - t. */
    record Linear() implements NoiseSchedule {
        @Override
        public double gamma(double t) {
            return Math.sqrt(1 - requireTime(t));
        }

        @Override
        public double sigma(double t) {
            return Math.sqrt(requireTime(t));
        }
    }

    /** DDPM's 1000 steps; t = 0 is the clean image and t = 1 the last step, linear in between in gamma^2. */
    record Ddpm() implements NoiseSchedule {
        private static final int STEPS = 1000;
        private static final double[] GAMMA_SQUARED = gammaSquared();

        @Override
        public double gamma(double t) {
            return Math.sqrt(at(t));
        }

        @Override
        public double sigma(double t) {
            return Math.sqrt(1 - at(t));
        }

        private static double at(double t) {
            double position = requireTime(t) * STEPS;
            int below = (int) Math.min(STEPS - 1, Math.floor(position));
            double fraction = position - below;
            return (1 - fraction) * GAMMA_SQUARED[below] + fraction * GAMMA_SQUARED[below + 1];
        }

        private static double[] gammaSquared() {
            double[] product = new double[STEPS + 1];
            product[0] = 1;
            for (int s = 1; s <= STEPS; s++) {
                double beta = 1e-4 + (0.02 - 1e-4) * (s - 1) / (STEPS - 1);
                product[s] = product[s - 1] * (1 - beta);
            }
            return product;
        }
    }

    private static double requireTime(double t) {
        if (!(t >= 0 && t <= 1)) {
            throw new IllegalArgumentException("t: expected a time in [0, 1], got " + t);
        }
        return t;
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(name + ": expected a positive number, got " + value);
        }
    }
}
