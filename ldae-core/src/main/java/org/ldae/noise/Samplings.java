package org.ldae.noise;

/** The choices that {@link TimeSampling} makes. */
final class Samplings {

    private Samplings() {}

    /** t uniform in [0, 1). */
    record Uniform() implements TimeSampling {
        @Override
        public double time(NoiseSchedule schedule, double uniform) {
            return uniform;
        }
    }

    /** The logSNR distributed as another schedule's. */
    record Importance(NoiseSchedule levels) implements TimeSampling {
        Importance {
            if (!levels.timeDependent()) {
                throw new IllegalArgumentException(
                        "time sampling: expected a schedule of many levels to follow, got " + levels);
            }
        }

        @Override
        public double time(NoiseSchedule schedule, double uniform) {
            double least = schedule.ratio(0);
            double most = schedule.ratio(1);
            double first = levels.ratio(0) >= least ? 0 : levels.timeOf(least);
            double last = levels.ratio(1) <= most ? 1 : levels.timeOf(most);
            double ratio = levels.ratio(first + uniform * (last - first));
            return schedule.timeOf(Math.min(most, Math.max(least, ratio)));
        }

        @Override
        public boolean needsManyLevels() {
            return true;
        }
    }

    /** Another's, its random numbers drawn by the losses seen. */
    record Adaptive(TimeSampling sampling) implements TimeSampling {
        Adaptive {
            if (sampling.adapts()) {
                throw new IllegalArgumentException(
                        "time sampling: expected one that isn't adaptive yet, got " + sampling);
            }
        }

        @Override
        public double time(NoiseSchedule schedule, double uniform) {
            return sampling.time(schedule, uniform);
        }

        @Override
        public boolean adapts() {
            return true;
        }

        @Override
        public boolean needsManyLevels() {
            return true;
        }
    }

    /** One of some times that lie evenly from 0 to 1. */
    record Levels(int count) implements TimeSampling {
        Levels {
            if (count < 2) {
                throw new IllegalArgumentException(
                        "time sampling: expected at least 2 levels, got %d; one level is NoiseSchedule.single"
                                .formatted(count));
            }
        }

        @Override
        public double time(NoiseSchedule schedule, double uniform) {
            return Math.floor(uniform * count) / (count - 1);
        }

        @Override
        public boolean needsManyLevels() {
            return true;
        }
    }
}
