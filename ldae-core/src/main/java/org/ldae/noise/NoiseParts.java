package org.ldae.noise;

import org.ldae.core.Parts;

/** The schedules, samplings and weightings of this library. */
public final class NoiseParts implements Parts {

    /** For the service loader. */
    public NoiseParts() {}

    @Override
    public void register(Kinds kinds) {
        kinds.add(NoiseSchedule.class, "additive", Schedules.Additive.class)
                .add(NoiseSchedule.class, "geometric", Schedules.Geometric.class)
                .add(NoiseSchedule.class, "single", Schedules.Single.class)
                .add(NoiseSchedule.class, "flow", Schedules.Flow.class)
                .add(NoiseSchedule.class, "linear", Schedules.Linear.class)
                .add(NoiseSchedule.class, "cosine", Schedules.Cosine.class)
                .add(NoiseSchedule.class, "laplace", Schedules.Laplace.class)
                .add(NoiseSchedule.class, "through", Schedules.Through.class)
                .add(NoiseSchedule.class, "ddpm", Schedules.Ddpm.class)
                .add(TimeSampling.class, "uniform", Samplings.Uniform.class)
                .add(TimeSampling.class, "as", Samplings.Importance.class)
                .add(TimeSampling.class, "adaptive", Samplings.Adaptive.class)
                .add(TimeSampling.class, "levels", Samplings.Levels.class)
                .add(Weighting.class, "standard", Weightings.class);
    }
}
