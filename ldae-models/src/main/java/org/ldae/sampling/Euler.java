package org.ldae.sampling;

import java.util.List;
import org.ldae.noise.NoiseSchedule;

/** Euler's method on the probability flow; see {@link Sampler#euler}. */
record Euler(int count) implements Sampler {

    Euler {
        Grid.requireSteps("Euler", count);
    }

    @Override
    public List<Step> steps(NoiseSchedule schedule) {
        Grid.requireAdditive("Euler", schedule);
        return Grid.even(schedule, count, (from, to, t) -> {
            double left = to.sigma() / from.sigma();
            return new Step(t, left, 1 - left, 0);
        });
    }
}
