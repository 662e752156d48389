package org.ldae.noise;

/**
 * How often training visits the noise levels of a schedule. The schedule says which level belongs to a time; this says
 * which times are drawn. Loss weights are not changed to make up for it, but for {@link #adaptive(TimeSampling)}: visiting a level
 * more often weighs it more.
 *
 * <p>One of one's own is a record with one method, such as a logit-normal time:
 * {@code time(schedule, uniform) -> sigmoid(inverseNormal(uniform))}.
 */
public interface TimeSampling extends LevelNeeds {

    /**
     * The time of one image, a pure function of a uniform random number.
     *
     * @param schedule the levels of the times
     * @param uniform a number in [0, 1)
     * @return t in [0, 1]
     */
    double time(NoiseSchedule schedule, double uniform);

    /**
     * Whether {@link #time} is given random numbers that are drawn by the losses seen, and losses are weighted to make up for it.
     *
     * @return false unless it says otherwise
     */
    default boolean adapts() {
        return false;
    }

    /**
     * Importance sampling by the losses seen (Nichol and Dhariwal 2021, arXiv 2102.09672, section 3.3): times of large losses are
     * drawn more often and weighted less, so that the loss is on average that of the other sampling, and varies less.
     *
     * @param sampling whose loss it is
     * @return the choice
     */
    static TimeSampling adaptive(TimeSampling sampling) {
        return new Samplings.Adaptive(sampling);
    }

    /**
     * All times alike, as DDPM and the paper.
     *
     * @return the choice
     */
    static TimeSampling uniform() {
        return new Samplings.Uniform();
    }

    /**
     * Noise levels as often as another schedule visits them, by logSNR: {@code as(NoiseSchedule.laplace(0, 0.5))} is the
     * importance sampling of Hang and Gu (2024, arXiv 2407.03297) on any schedule. Levels that the schedule in use does
     * not have are left out.
     *
     * @param levels has the wanted density of logSNR
     * @return the choice
     * @throws IllegalArgumentException if it has a single level
     */
    static TimeSampling as(NoiseSchedule levels) {
        return new Samplings.Importance(levels);
    }

    /**
     * Some levels only, all alike: times 0, 1 / (count - 1), ... 1. With {@link NoiseSchedule#geometric} these are NCSN's levels.
     *
     * @param count number of levels, at least 2
     * @return the choice
     * @throws IllegalArgumentException if there are fewer; one level is {@link NoiseSchedule#single}
     */
    static TimeSampling levels(int count) {
        return new Samplings.Levels(count);
    }
}
