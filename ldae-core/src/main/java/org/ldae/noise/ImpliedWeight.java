package org.ldae.noise;

import org.ldae.noise.NoiseLevel.Quantity;

/**
 * What a schedule, a sampling of its times, a target and a weighting come to: the weight w of the noise's squared error for
 * every step in logSNR, {@code loss = 1/2 integral of w(logSNR) E|eps - estimate|^2} (VDM++, Kingma and Gao 2023, arXiv
 * 2303.00848). Apart from the ends of the schedule, two runs of the same w have the same loss, and w of 1 is the likelihood's.
 *
 * <pre>{@code
 * ImpliedWeight weight = ImpliedWeight.of(NoiseSchedule.cosine(), TimeSampling.uniform(), Quantity.NOISE, Weighting.UNIFORM);
 * weight.at(0); // 1 / pi: sech(logSNR / 2) / pi
 * }</pre>
 */
public final class ImpliedWeight {

    private final NoiseSchedule schedule;
    private final NoiseSchedule visits;
    private final Quantity target;
    private final Weighting weighting;

    private ImpliedWeight(NoiseSchedule schedule, NoiseSchedule visits, Quantity target, Weighting weighting) {
        this.schedule = schedule;
        this.visits = visits;
        this.target = target;
        this.weighting = weighting;
    }

    /**
     * The weight that these choices imply together.
     *
     * @param schedule noise levels, more than one
     * @param sampling how often training visits them; its times must grow with the random number
     * @param target what is predicted
     * @param weighting weight on the target's squared error
     * @return the weight
     * @throws IllegalArgumentException if the schedule has a single level
     */
    public static ImpliedWeight of(
            NoiseSchedule schedule, TimeSampling sampling, Quantity target, Weighting weighting) {
        if (!schedule.timeDependent()) {
            throw new IllegalArgumentException(
                    "implied weight: expected a schedule of many levels, got %s; one level is all that counts"
                            .formatted(schedule));
        }
        boolean uniform = sampling.equals(TimeSampling.uniform());
        return new ImpliedWeight(schedule, uniform ? schedule : new Visits(schedule, sampling), target, weighting);
    }

    /**
     * The weight at a level.
     *
     * @param logSnr any number
     * @return w, 0 where the schedule has no level
     */
    public double at(double logSnr) {
        double density = visits.logSnrDensity(logSnr);
        double ratio = Math.exp(-logSnr / 2);
        if (density == 0 || ratio < schedule.ratio(0) || ratio > schedule.ratio(1)) {
            return 0;
        }
        double t = schedule.timeOf(ratio);
        double onNoise = schedule.level(t).convert(Quantity.NOISE, target).onGiven();
        return 2 * density * weighting.at(schedule, t, target) * onNoise * onNoise;
    }

    /** A schedule whose evenly drawn times have the levels that a sampling visits. */
    private record Visits(NoiseSchedule schedule, TimeSampling sampling) implements NoiseSchedule {
        @Override
        public double gamma(double t) {
            return schedule.gamma(sampling.time(schedule, t));
        }

        @Override
        public double sigma(double t) {
            return schedule.sigma(sampling.time(schedule, t));
        }
    }
}
