package org.ldae.sampling;

import org.ldae.core.NdArrays;
import org.ldae.core.Rng;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The terms of the variational bound that belong to latents, in nats (Kingma et al. 2021, arXiv 2107.00630): they depend on the
 * schedule by its ends alone. Levels are drawn evenly in logSNR, which the integral of the noise's squared error runs over.
 *
 * @param schedule of many levels
 * @param cleanest logSNR where it begins; the schedule's own if that is lower
 * @param noisiest logSNR where it ends; the schedule's own if that is higher
 * @param steps of a sampler whose bound this is, 0 for the limit of infinitely many
 */
record DiffusionBound(NoiseSchedule schedule, double cleanest, double noisiest, int steps) {

    /** What a network sees in noised latents: the clean ones, each image at a time of its own. */
    @FunctionalInterface
    interface Estimate {
        INDArray of(INDArray noised, double[] times);
    }

    DiffusionBound {
        if (!schedule.timeDependent()) {
            throw new IllegalArgumentException(
                    "likelihood: expected a schedule of many levels, got %s; a single level defines none"
                            .formatted(schedule));
        }
        cleanest = Math.min(cleanest, schedule.logSnr(0));
        noisiest = Math.max(noisiest, schedule.logSnr(1));
        if (!(noisiest < cleanest) || steps < 0) {
            throw new IllegalArgumentException("likelihood: expected levels between %s and %s, and steps >= 0, got %d"
                    .formatted(noisiest, cleanest, steps));
        }
    }

    NoiseLevel at(double logSnr) {
        return schedule.level(time(logSnr));
    }

    private double time(double logSnr) {
        return schedule.timeOf(Math.exp(-logSnr / 2));
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
        int images = places.length;
        float[] x = NdArrays.floats(clean);
        int size = x.length / images;
        float[] eps = new float[x.length];
        rng.normals(eps, 0, eps.length);
        float[] noised = new float[x.length];
        double[] times = new double[images];
        double[] weights = new double[images];
        for (int i = 0; i < images; i++) {
            double logSnr = logSnr(places[i]);
            times[i] = time(logSnr);
            NoiseLevel level = schedule.level(times[i]);
            // Of the clean latents' squared error: the noise's is it times the signal-to-noise ratio.
            weights[i] = weight() * Math.exp(logSnr);
            for (int k = i * size; k < (i + 1) * size; k++) {
                noised[k] = (float) (level.gamma() * x[k] + level.sigma() * eps[k]);
            }
        }
        float[] seen;
        try (INDArray z = NdArrays.of(noised, clean.shape());
                INDArray estimated = estimate.of(z, times)) {
            seen = NdArrays.floats(estimated);
        }
        double[] nats = new double[images];
        for (int k = 0; k < x.length; k++) {
            double error = seen[k] - x[k];
            nats[k / size] += weights[k / size] * error * error;
        }
        return nats;
    }

    /** With steps, the noisier end of the step that the place lies in. */
    private double logSnr(double place) {
        double done = steps == 0 ? place : (Math.floor(place * steps) + 1) / steps;
        return cleanest - done * (cleanest - noisiest);
    }

    /** On the noise's squared error at an evenly drawn level. */
    private double weight() {
        double range = cleanest - noisiest;
        return 0.5 * (steps == 0 ? range : steps * Math.expm1(range / steps));
    }
}
