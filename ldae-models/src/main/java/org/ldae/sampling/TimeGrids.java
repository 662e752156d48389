package org.ldae.sampling;

import org.ldae.noise.NoiseSchedule;

/** The grids that {@link TimeGrid} names and explains. */
enum TimeGrids implements TimeGrid {
    EVEN_IN_TIME {
        @Override
        public double[] times(NoiseSchedule schedule, int count) {
            double start = schedule.timeOf(most(schedule));
            // Times at which data are clean already are left to the step that ends there.
            int parts = schedule.ratio(0) > 0 ? Math.max(1, count - 1) : count;
            double[] times = new double[count];
            for (int i = 0; i < count; i++) {
                times[i] = start * (parts - i) / parts;
            }
            return times;
        }
    },
    EVEN_IN_LOG_SNR {
        @Override
        public double[] times(NoiseSchedule schedule, int count) {
            return geometric(schedule, Math.max(schedule.ratio(0), Math.min(SMALLEST, most(schedule) / 100)), count);
        }
    };

    private static final double LARGEST = 160;
    private static final double SMALLEST = 0.01;

    /** Times of noises over the signal in geometric progression from the largest to a given one. */
    static double[] geometric(NoiseSchedule schedule, double least, int count) {
        double most = most(schedule);
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            double ratio = i == 0 ? most : most * Math.pow(least / most, i / (count - 1.0));
            times[i] = schedule.timeOf(Math.max(least, ratio));
        }
        return times;
    }

    /** The largest noise over signal that sampling starts at. */
    static double most(NoiseSchedule schedule) {
        if (!schedule.timeDependent()) {
            throw new IllegalArgumentException(
                    "sampling: expected a schedule of many levels, got %s; one noise level is no way from noise to data, train on another schedule, such as NoiseSchedule.additive"
                            .formatted(schedule));
        }
        return Math.min(LARGEST, schedule.ratio(1));
    }

    static void requireSteps(String name, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("%s: expected at least 1 step, got %d".formatted(name, count));
        }
    }
}
