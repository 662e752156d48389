package org.ldae.noise;

/**
 * How often training visits the noise levels of a schedule. The schedule says which level belongs to a time; this says
 * which times are drawn. Loss weights are not changed to make up for it: visiting a level more often weighs it more.
 */
public sealed interface TimeSampling {

    /**
     * The time of one image, a pure function of a uniform random number.
     *
     * @param schedule the levels of the times
     * @param uniform a number in [0, 1)
     * @return t in [0, 1]
     */
    double time(NoiseSchedule schedule, double uniform);

    /**
     * All times alike, as DDPM and the paper.
     *
     * @return the choice
     */
    static TimeSampling uniform() {
        return new Uniform();
    }

    /**
     * Noise levels as often as another schedule visits them, by logSNR: {@code as(NoiseSchedule.laplace(0, 0.5))} is the
     * importance sampling of Hang and Gu (2024, arXiv 2407.03297) on any schedule. Levels that the schedule in use does
     * not have are left out.
     *
     * @param levels has the wanted density of logSNR
     * @return the choice
     */
    static TimeSampling as(NoiseSchedule levels) {
        return new Importance(levels);
    }

    /** t uniform in [0, 1). */
    record Uniform() implements TimeSampling {
        @Override
        public double time(NoiseSchedule schedule, double uniform) {
            return uniform;
        }
    }

    /**
     * The logSNR distributed as another schedule's.
     *
     * @param levels has the wanted density of logSNR; more than a single level
     */
    record Importance(NoiseSchedule levels) implements TimeSampling {
        /**
         * Checks that there is a density.
         *
         * @param levels has the wanted density of logSNR; more than a single level
         */
        public Importance {
            if (!levels.timeDependent()) {
                throw new IllegalArgumentException(
                        "time sampling: expected a schedule of many levels to follow, got " + levels);
            }
        }

        @Override
        public double time(NoiseSchedule schedule, double uniform) {
            // Every schedule starts without noise; the other may end with more of it.
            double most = schedule.ratio(1);
            double last = levels.ratio(1) <= most ? 1 : levels.timeOf(most);
            return schedule.timeOf(Math.min(most, levels.ratio(uniform * last)));
        }
    }
}
