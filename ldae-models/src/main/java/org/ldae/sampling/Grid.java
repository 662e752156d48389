package org.ldae.sampling;

import java.util.ArrayList;
import java.util.List;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.VariancePreserving;

/** Evenly spaced times of a schedule, from the noisiest to clean, and which schedules a sampler takes. */
final class Grid {

    /**
     * Noise over signal at the start, at most: where the signal vanishes, a predicted noise says nothing of the data.
     * DDPM's own last step is at 157.
     */
    private static final double LARGEST_RATIO = 160;

    private Grid() {}

    /** The step from one level to the next, cleaner one. */
    interface Move {
        Sampler.Step step(NoiseLevel from, NoiseLevel to, double t);
    }

    static List<Sampler.Step> even(NoiseSchedule schedule, int count, Move move) {
        double start = schedule.ratio(1) <= LARGEST_RATIO ? 1 : schedule.timeOf(LARGEST_RATIO);
        List<Sampler.Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double t = start * (count - i) / count;
            double next = start * (count - i - 1) / count;
            steps.add(move.step(schedule.level(t), schedule.level(next), t));
        }
        return steps;
    }

    static void requireSteps(String name, int count) {
        if (count < 1) {
            throw new IllegalArgumentException("%s: expected at least 1 step, got %d".formatted(name, count));
        }
    }

    static void requirePreserving(String name, NoiseSchedule schedule) {
        if (!(schedule instanceof VariancePreserving)) {
            throw new IllegalArgumentException("%s: expected a schedule with gamma^2 + sigma^2 = 1, got %s; %s"
                    .formatted(name, schedule, fits(schedule)));
        }
    }

    static void requireAdditive(String name, NoiseSchedule schedule) {
        if (!(schedule instanceof NoiseSchedule.Additive)) {
            throw new IllegalArgumentException("%s: expected a schedule with gamma = 1 and many levels, got %s; %s"
                    .formatted(name, schedule, fits(schedule)));
        }
    }

    private static String fits(NoiseSchedule schedule) {
        if (!schedule.timeDependent()) {
            return "one noise level is no way from noise to data: train on NoiseSchedule.additive and use"
                    + " Sampler.euler";
        }
        return schedule instanceof VariancePreserving
                ? "use Sampler.ddim or Sampler.ancestral with this schedule"
                : "use Sampler.euler or Sampler.langevin with this schedule";
    }
}
