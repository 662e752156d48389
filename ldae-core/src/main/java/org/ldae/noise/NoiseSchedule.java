package org.ldae.noise;

import java.util.Arrays;

/**
 * Signal and noise levels of the forward process {@code z_t = gamma(t) z_0 + sigma(t) eps} (paper, section 3).
 *
 * <p>Time runs from 0 (cleanest) to 1 (noisiest). A schedule says nothing of what is predicted or how errors are weighted;
 * that is the objective's.
 *
 * <p>A schedule of one's own is two methods, of which everything else follows:
 *
 * <pre>{@code
 * record Root() implements NoiseSchedule {
 *     public double gamma(double t) {
 *         return 1 - t * t;
 *     }
 *     public double sigma(double t) {
 *         return Math.sqrt(t);
 *     }
 * }
 * }</pre>
 *
 * <p>Make it a record, so that two of the same numbers are equal and recipes that differ can say in what. The noise must grow
 * over the signal with the time, {@code sigma / gamma} never falling.
 */
public interface NoiseSchedule {

    /**
     * Factor on the signal.
     *
     * @param t time in [0, 1]
     * @return gamma, at least 0
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
     * (Hang and Gu 2024, arXiv 2407.03297). Unless a schedule has a closed form, it is the time in which the logSNR falls by
     * 2e-4, over that fall.
     *
     * @param logSnr any number
     * @return the density, 0 outside the schedule's range
     * @throws IllegalStateException if the schedule has a single level
     */
    default double logSnrDensity(double logSnr) {
        return Levels.density(this, logSnr);
    }

    /**
     * Whether the level depends on the time; a single level needs no time conditioning.
     *
     * @return whether signal or noise differ between time 0 and time 1
     */
    default boolean timeDependent() {
        return gamma(0) != gamma(1) || sigma(0) != sigma(1);
    }

    /**
     * The time at which the noise is a given multiple of the signal.
     *
     * @param ratio sigma over gamma, at least 0
     * @return t in [0, 1]; 0 for a schedule with this single level
     * @throws IllegalArgumentException if the schedule has no such level
     */
    default double timeOf(double ratio) {
        return Levels.time(this, ratio);
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
        return new Schedules.Additive(maxSigma);
    }

    /**
     * One noise level whatever the time, gamma = 1 (paper, section 4.3; sigma = sqrt(1/3)).
     *
     * @param sigma the level, in units of the latent's standard deviation, at least 0
     * @return the schedule
     */
    static NoiseSchedule single(double sigma) {
        return new Schedules.Single(sigma);
    }

    /**
     * No noise at any time: a plain autoencoder, as a control.
     *
     * @return the single level 0
     */
    static NoiseSchedule none() {
        return new Schedules.Single(0);
    }

    /**
     * gamma^2 falls linearly from 1 to 0, gamma^2 + sigma^2 = 1 (paper, Tab. 1, fourth step).
     *
     * @return the schedule
     */
    static NoiseSchedule linear() {
        return new Schedules.Linear();
    }

    /**
     * The DDPM schedule: 1000 betas, linear from 1e-4 to 0.02, gamma^2 their running product of 1 - beta.
     *
     * @return the schedule
     */
    static NoiseSchedule ddpm() {
        return new Schedules.Ddpm();
    }

    /**
     * The cosine schedule without offset, gamma = cos(pi t / 2), gamma^2 + sigma^2 = 1; its logSNR has the density
     * sech(logSNR / 2) / 2 pi (Nichol and Dhariwal 2021, with s = 0).
     *
     * @return the schedule
     */
    static NoiseSchedule cosine() {
        return new Schedules.Cosine();
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
        return new Schedules.Laplace(mean, scale);
    }

    /**
     * The straight path of flow matching, gamma = 1 - t and sigma = t (Lipman et al. 2023, arXiv 2210.02747; Liu et al. 2023,
     * arXiv 2209.03003). What is predicted along it is {@link NoiseLevel.Quantity#FLOW}.
     *
     * @return the schedule
     */
    static NoiseSchedule flow() {
        return new Schedules.Flow();
    }

    /**
     * NCSN's noise levels: gamma = 1 and sigma in geometric progression, {@code first (last / first)^t} (Song and Ermon 2019,
     * arXiv 1907.05600, who count from the noisiest). Data are never quite clean: at t = 0 there is the noise {@code first},
     * and samplers take it off with a last estimate.
     *
     * @param first sigma at t = 0, positive
     * @param last sigma at t = 1, above {@code first}
     * @return the schedule
     */
    static NoiseSchedule geometric(double first, double last) {
        return new Schedules.Geometric(first, last);
    }

    /**
     * gamma^2 + sigma^2 = 1 with a logSNR that goes through numbers at even times, straight between: a schedule that was measured
     * or learnt. With its two ends alone all levels of logSNR are visited alike.
     *
     * @param logSnr at times 0, 1 / (count - 1), ... 1: at least two, each below the one before
     * @return the schedule
     */
    static NoiseSchedule through(double... logSnr) {
        return new Schedules.Through(Arrays.stream(logSnr).boxed().toList());
    }
}
