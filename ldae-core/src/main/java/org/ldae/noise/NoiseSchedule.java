package org.ldae.noise;

/**
 * Signal and noise levels of the forward process {@code z_t = gamma(t) z_0 + sigma(t) eps} (paper, section 3).
 *
 * <p>Time runs from 0 (clean) to 1 (noisiest). A schedule says nothing of what is predicted or how errors are weighted;
 * that is the objective's.
 */
public sealed interface NoiseSchedule permits NoiseSchedule.Additive, NoiseSchedule.Single, VariancePreserving {

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
     * Signal and noise together.
     *
     * @param t time in [0, 1]
     * @return gamma and sigma at that time
     */
    default NoiseLevel level(double t) {
        return new NoiseLevel(gamma(t), sigma(t));
    }

    /**
     * Logarithm of the signal-to-noise ratio, {@code ln(gamma^2 / sigma^2)}; falls as time goes on.
     *
     * @param t time in [0, 1]
     * @return the ratio's logarithm, infinite where signal or noise vanish
     */
    default double logSnr(double t) {
        return 2 * (Math.log(gamma(t)) - Math.log(sigma(t)));
    }

    /**
     * Density of {@link #logSnr} when times are drawn uniformly from [0, 1]: how often training visits a level
     * (Hang and Gu 2024, arXiv 2407.03297).
     *
     * @param logSnr any number
     * @return the density, 0 outside the schedule's range
     * @throws IllegalStateException if the schedule has a single level
     */
    double logSnrDensity(double logSnr);

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
        double largest = ratio(1);
        double smallest = ratio(0);
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
     * The noise as a multiple of the signal.
     *
     * @param t time in [0, 1]
     * @return sigma over gamma, infinite where the signal vanishes
     */
    default double ratio(double t) {
        return sigma(t) / gamma(t);
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
     * @param sigma the level, in units of the latent's standard deviation, at least 0
     * @return the schedule
     */
    static NoiseSchedule single(double sigma) {
        return new Single(sigma);
    }

    /**
     * No noise at any time: a plain autoencoder, as a control.
     *
     * @return the single level 0
     */
    static NoiseSchedule none() {
        return new Single(0);
    }

    /**
     * gamma^2 falls linearly from 1 to 0, gamma^2 + sigma^2 = 1 (paper, Tab. 1, fourth step).
     *
     * @return the schedule
     */
    static NoiseSchedule linear() {
        return new VariancePreserving.Linear();
    }

    /**
     * The DDPM schedule: 1000 betas, linear from 1e-4 to 0.02, gamma^2 their running product of 1 - beta.
     *
     * @return the schedule
     */
    static NoiseSchedule ddpm() {
        return new VariancePreserving.Ddpm();
    }

    /**
     * The cosine schedule without offset, gamma = cos(pi t / 2), gamma^2 + sigma^2 = 1; its logSNR has the density
     * sech(logSNR / 2) / 2 pi (Nichol and Dhariwal 2021, with s = 0).
     *
     * @return the schedule
     */
    static NoiseSchedule cosine() {
        return new VariancePreserving.Cosine();
    }

    /**
     * gamma^2 + sigma^2 = 1 with a logSNR that is Laplace distributed, so that middle levels are seen most often (Hang and Gu
     * 2024, arXiv 2407.03297, who use mean 0 and scale 0.5).
     *
     * @param mean mean of the logSNR
     * @param scale b of the Laplace distribution, positive
     * @return the schedule
     */
    static NoiseSchedule laplace(double mean, double scale) {
        return new VariancePreserving.Laplace(mean, scale);
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
            Levels.requirePositive("maxSigma", maxSigma);
        }

        @Override
        public double gamma(double t) {
            Levels.requireTime(t);
            return 1;
        }

        @Override
        public double sigma(double t) {
            return maxSigma * Levels.requireTime(t);
        }

        @Override
        public double logSnrDensity(double logSnr) {
            double t = Math.exp(-logSnr / 2) / maxSigma;
            // logSnr(1) itself is in range, whatever its rounding.
            return t <= 1 + 1e-12 ? t / 2 : 0;
        }
    }

    /**
     * gamma = 1, one sigma at every time.
     *
     * @param level sigma, at least 0
     */
    record Single(double level) implements NoiseSchedule {
        /**
         * Checks the level.
         *
         * @param level sigma, at least 0
         */
        public Single {
            if (!(level >= 0 && level < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("sigma: expected a number of at least 0, got " + level);
            }
        }

        @Override
        public double gamma(double t) {
            Levels.requireTime(t);
            return 1;
        }

        @Override
        public double sigma(double t) {
            Levels.requireTime(t);
            return level;
        }

        @Override
        public double logSnrDensity(double logSnr) {
            throw new IllegalStateException(
                    "logSNR: has no density at the single level sigma = %s; use a schedule of many levels"
                            .formatted(level));
        }

        @Override
        public boolean timeDependent() {
            return false;
        }
    }
}
