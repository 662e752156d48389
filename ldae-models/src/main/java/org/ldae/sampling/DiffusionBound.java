package org.ldae.sampling;

import java.util.Arrays;
import java.util.Optional;
import org.ldae.core.NdArrays;
import org.ldae.core.Rng;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The terms of the variational bound that belong to latents, in nats (Kingma et al. 2021, arXiv 2107.00630): they depend on the
 * schedule by its ends alone. The integral of the noise's squared error runs over logSNR; which levels are drawn how often moves
 * the variance of the estimate, not what it estimates.
 */
final class DiffusionBound {

    private final NoiseSchedule schedule;
    private final double cleanest;
    private final double noisiest;
    private final NoiseSchedule drawn;
    private final int steps;
    /** When the schedule of the draws has both ends. */
    private final double first;

    private final double last;

    /**
     * A bound.
     *
     * @param schedule of many levels
     * @param cleanest logSNR where it begins
     * @param noisiest logSNR where it ends
     * @param drawn visits the levels as often as they are drawn
     * @param steps of a sampler whose bound this is, even in the times of {@code drawn}; 0 for the limit of infinitely many
     */
    private DiffusionBound(NoiseSchedule schedule, double cleanest, double noisiest, NoiseSchedule drawn, int steps) {
        this.schedule = schedule;
        this.cleanest = cleanest;
        this.noisiest = noisiest;
        this.drawn = drawn;
        this.steps = steps;
        this.first = time(drawn, cleanest);
        this.last = time(drawn, noisiest);
    }

    /** What a network sees in noised latents: the clean ones, each image at a time of its own. */
    @FunctionalInterface
    interface Estimate {
        INDArray of(INDArray noised, double[] times);
    }

    /** What stands against a bound of a schedule. */
    static Optional<String> problem(NoiseSchedule schedule) {
        return schedule.logSnr(1) < schedule.logSnr(0)
                ? Optional.empty()
                : Optional.of("expected a schedule of many levels, got %s; a single level defines no likelihood"
                        .formatted(schedule));
    }

    /** Levels between two ends, or as many of them as the schedule has, all drawn alike. */
    static DiffusionBound between(NoiseSchedule schedule, double cleanest, double noisiest) {
        double most = Math.min(cleanest, schedule.logSnr(0));
        double least = Math.max(noisiest, schedule.logSnr(1));
        return new DiffusionBound(schedule, most, least, NoiseSchedule.through(most, least), 0);
    }

    /** The same with levels drawn as often as another schedule visits them, which has to have both ends. */
    DiffusionBound withDrawn(NoiseSchedule levels) {
        if (!(levels.logSnr(0) >= cleanest - 1e-9 && levels.logSnr(1) <= noisiest + 1e-9)) {
            throw new IllegalArgumentException("likelihood: expected levels of logSNR from %s to %s, got %s to %s of %s"
                    .formatted(cleanest, noisiest, levels.logSnr(0), levels.logSnr(1), levels));
        }
        return new DiffusionBound(schedule, cleanest, noisiest, levels, steps);
    }

    double cleanest() {
        return cleanest;
    }

    double noisiest() {
        return noisiest;
    }

    DiffusionBound withSteps(int count) {
        return new DiffusionBound(schedule, cleanest, noisiest, drawn, count);
    }

    NoiseLevel at(double logSnr) {
        return schedule.level(time(schedule, logSnr));
    }

    /** At an end the exponential may round to a level just outside. */
    private static double time(NoiseSchedule levels, double logSnr) {
        return levels.timeOf(Math.min(Math.max(Math.exp(-logSnr / 2), levels.ratio(0)), levels.ratio(1)));
    }

    /** LogSNR at a share of the time in which levels are drawn. */
    private double logSnr(double place) {
        double time = Math.min(first + place * (last - first), 1);
        return Math.min(Math.max(drawn.logSnr(time), noisiest), cleanest);
    }

    /** On the noise's squared error at the level of a place; with steps, that at the noisier end of the step it lies in. */
    private double weight(double place) {
        double logSnr = logSnr(place);
        return 0.5
                * (steps == 0
                        ? (last - first) / drawn.logSnrDensity(logSnr)
                        : steps * Math.expm1(logSnr(place - 1.0 / steps) - logSnr));
    }

    /**
     * {@code KL(q(z_1 | x) || N(0, gamma^2 + sigma^2))}: for latents of unit variance what samples start from.
     *
     * @param clean latents of one image
     * @return nats
     */
    double prior(float... clean) {
        NoiseLevel level = at(noisiest);
        double signal = level.gamma() * level.gamma();
        double noise = level.sigma() * level.sigma();
        double sum = 0;
        for (float x : clean) {
            sum += 0.5 * ((signal * x * x + noise) / (signal + noise) - 1 - Math.log(noise / (signal + noise)));
        }
        return sum;
    }

    /** The same from another level on; levels are drawn alike again. */
    DiffusionBound from(double logSnr) {
        return between(schedule, logSnr, noisiest).withSteps(steps);
    }

    /**
     * What a network makes of noised latents.
     *
     * @param clean {@code [N, ...]}
     * @param estimate of the network
     * @param logSnrs of each image
     * @param rng key of the noise
     * @return estimates of the clean latents, image after image
     */
    float[] seen(INDArray clean, Estimate estimate, double[] logSnrs, Rng rng) {
        float[] noised = NdArrays.floats(clean);
        int size = noised.length / logSnrs.length;
        float[] eps = new float[noised.length];
        rng.normals(eps, 0, eps.length);
        double[] times = new double[logSnrs.length];
        for (int i = 0; i < times.length; i++) {
            times[i] = time(schedule, logSnrs[i]);
            NoiseLevel level = schedule.level(times[i]);
            for (int k = i * size; k < (i + 1) * size; k++) {
                noised[k] = (float) (level.gamma() * noised[k] + level.sigma() * eps[k]);
            }
        }
        try (INDArray z = NdArrays.of(noised, clean.shape());
                INDArray estimated = estimate.of(z, times)) {
            return NdArrays.floats(estimated);
        }
    }

    /**
     * One draw of the diffusion term of some images.
     *
     * @param clean {@code [N, ...]}
     * @param estimate of the network
     * @param places where each image's level lies between the ends, in [0, 1)
     * @param rng key of the noise
     * @return nats of each image
     */
    double[] diffusion(INDArray clean, Estimate estimate, double[] places, Rng rng) {
        double[] used = Arrays.stream(places)
                .map(place -> steps == 0 ? place : (Math.floor(place * steps) + 1) / steps)
                .toArray();
        double[] logSnrs = Arrays.stream(used).map(this::logSnr).toArray();
        double[] nats = squaredErrors(NdArrays.floats(clean), seen(clean, estimate, logSnrs, rng), places.length);
        for (int i = 0; i < nats.length; i++) {
            // Of the clean latents' squared error: the noise's is it times the signal-to-noise ratio.
            nats[i] *= weight(used[i]) * Math.exp(logSnrs[i]);
        }
        return nats;
    }

    /** Sums of squares of each image. */
    static double[] squaredErrors(float[] truth, float[] seen, int images) {
        double[] sums = new double[images];
        int size = truth.length / images;
        for (int k = 0; k < truth.length; k++) {
            double error = seen[k] - truth[k];
            sums[k / size] += error * error;
        }
        return sums;
    }
}
