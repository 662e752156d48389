package org.ldae.sampling;

import java.util.List;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way from noise to data along a schedule: a plain value, and a pure function of the denoiser and the random draws.
 *
 * <p>Every sampler here is a list of {@link Step}s, each an affine function of the noised data, the denoiser's estimate of
 * the clean data, and fresh noise. The last step of each returns the estimate itself: nothing is left of the noise.
 *
 * <pre>{@code
 * INDArray latents = Sampler.ddim(50).sample(
 *         (z, t) -> model.estimate(z, t), Draws.standard(Rng.of(1), 16, tokens, dimension), schedule);
 * }</pre>
 */
public sealed interface Sampler permits Ancestral, Ddim, Euler, Langevin {

    /**
     * One step: {@code z <- onNoised z + onClean estimate(z, t) + onNoise eps}.
     *
     * @param t time at which the denoiser is asked
     * @param onNoised factor on the noised data
     * @param onClean factor on the estimate
     * @param onNoise factor on fresh standard normals, at least 0
     */
    record Step(double t, double onNoised, double onClean, double onNoise) {}

    /**
     * The steps along a schedule, from its noisiest time to clean data.
     *
     * @param schedule the schedule the denoiser was trained on
     * @return the steps, each one evaluation of the denoiser
     * @throws IllegalArgumentException if the sampler doesn't fit the schedule; the message names one that does
     */
    List<Step> steps(NoiseSchedule schedule);

    /**
     * Samples.
     *
     * @param estimate the denoiser
     * @param draws all random numbers
     * @param schedule the schedule the denoiser was trained on
     * @return as many samples as there are draws, {@code [N, ...]} float32
     * @throws IllegalArgumentException if the sampler doesn't fit the schedule; the message names one that does
     */
    default INDArray sample(CleanEstimate estimate, Draws draws, NoiseSchedule schedule) {
        List<Step> steps = steps(schedule);
        NoiseLevel start = schedule.level(steps.get(0).t());
        INDArray noised = draws.latents().mul(start.gamma()).addi(draws.noise(0).mul(start.sigma()));
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            INDArray clean = estimate.of(noised, step.t());
            noised.muli(step.onNoised()).addi(clean.muli(step.onClean()));
            if (step.onNoise() > 0) {
                noised.addi(draws.noise(i + 1).mul(step.onNoise()));
            }
        }
        return noised;
    }

    /**
     * DDPM's ancestral sampling for {@code gamma^2 + sigma^2 = 1} (Ho, Jain and Abbeel 2020, arXiv 2006.11239): from each
     * time to the next one draws from {@code q(z_s | z_t, z_0)} of their eq. 6 and 7, the estimate in place of z_0.
     *
     * @param steps evaluations of the denoiser, at times spaced evenly; at least 1
     * @return the sampler
     */
    static Sampler ancestral(int steps) {
        return new Ancestral(steps);
    }

    /**
     * DDIM for {@code gamma^2 + sigma^2 = 1}, without fresh noise (eta = 0); see {@link Ddim}.
     *
     * @param steps evaluations of the denoiser, at times spaced evenly; at least 1
     * @return the sampler
     */
    static Ddim ddim(int steps) {
        return new Ddim(steps, 0);
    }

    /**
     * Euler's method on the probability flow of gamma = 1 (Karras et al. 2022, arXiv 2206.00364, eq. 3 and algorithm 1 to
     * first order): {@code z <- z + (sigma' - sigma) (z - estimate) / sigma}.
     *
     * @param steps evaluations of the denoiser, at noise levels spaced evenly; at least 1
     * @return the sampler
     */
    static Sampler euler(int steps) {
        return new Euler(steps);
    }

    /**
     * Annealed Langevin dynamics for gamma = 1; see {@link Langevin}.
     *
     * @param levels noise levels; at least 1
     * @return 10 steps a level down to sigma = 0.05
     */
    static Langevin langevin(int levels) {
        return new Langevin(levels, 10, 0.05, 0.1);
    }
}
