package org.ldae.sampling;

import java.util.List;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;

/** DDPM's ancestral sampling; see {@link Sampler#ancestral}. */
record Ancestral(int count) implements Sampler {

    Ancestral {
        Grid.requireSteps("ancestral sampling", count);
    }

    @Override
    public List<Step> steps(NoiseSchedule schedule) {
        Grid.requirePreserving("ancestral sampling", schedule);
        return Grid.even(schedule, count, (from, to, t) -> {
            double rootAlpha = from.gamma() / to.gamma();
            double noise = from.sigma() * from.sigma();
            double onNoised = rootAlpha * to.sigma() * to.sigma() / noise;
            double onClean = to.gamma() * (1 - rootAlpha * rootAlpha) / noise;
            return new Step(t, onNoised, onClean, posteriorDeviation(from, to));
        });
    }

    /** Square root of the variance of {@code q(z_s | z_t, z_0)}, beta tilde of eq. 7. */
    static double posteriorDeviation(NoiseLevel from, NoiseLevel to) {
        double rootAlpha = from.gamma() / to.gamma();
        return to.sigma() / from.sigma() * Math.sqrt(1 - rootAlpha * rootAlpha);
    }
}
