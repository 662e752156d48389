package org.ldae.sampling;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Workers;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way from noise to data along a schedule: a plain value, and a pure function of the denoiser and the random draws. All it
 * needs of a schedule are gamma and sigma, at more than one level.
 *
 * <p>Every sampler here is a list of {@link Step}s, each an affine function of the noised data, the denoiser's estimate of
 * the clean data, the estimate before, and fresh noise. The last step of each returns the estimate itself: nothing is left of
 * the noise. One of one's own gives such a list, or overrides {@link #sample}.
 *
 * <pre>{@code
 * INDArray latents = Sampler.dpmSolver(50).sample(
 *         (z, t) -> model.estimate(z, t), Draws.standard(Rng.of(1), 16, tokens, dimension), schedule);
 * }</pre>
 */
@FunctionalInterface
public interface Sampler {

    /**
     * One step: {@code z <- onNoised z + onClean estimate(z, t) + onPrevious previous + onNoise eps}.
     *
     * @param t time at which the denoiser is asked
     * @param onNoised factor on the noised data
     * @param onClean factor on the estimate
     * @param more what else it adds
     */
    record Step(double t, double onNoised, double onClean, More more) {

        /**
         * What not every sampler adds.
         *
         * @param onPrevious factor on the estimate of the step before, 0 in the first
         * @param onNoise factor on fresh standard normals, at least 0
         */
        public record More(double onPrevious, double onNoise) {

            private static final More NOTHING = new More(0, 0);
        }

        /**
         * A step that looks back at nothing and draws nothing.
         *
         * @param t time at which the denoiser is asked
         * @param onNoised factor on the noised data
         * @param onClean factor on the estimate
         * @return the step
         */
        public static Step at(double t, double onNoised, double onClean) {
            return new Step(t, onNoised, onClean, More.NOTHING);
        }

        /**
         * Adds the estimate of the step before.
         *
         * @param factor on it
         * @return a copy
         */
        public Step withPrevious(double factor) {
            return new Step(t, onNoised, onClean, new More(factor, more.onNoise));
        }

        /**
         * Adds fresh noise.
         *
         * @param factor on standard normals, at least 0
         * @return a copy
         */
        public Step withNoise(double factor) {
            return new Step(t, onNoised, onClean, new More(more.onPrevious, factor));
        }

        /** Moves what is noised to the next time, in place; an estimate of before is used up. */
        private INDArray take(INDArray noised, INDArray clean, @Nullable INDArray previous, @Nullable INDArray noise) {
            noised.muli(onNoised).addi(clean.mul(onClean));
            if (previous != null && more.onPrevious != 0) {
                noised.addi(previous.muli(more.onPrevious));
            }
            return noise == null ? noised : noised.addi(noise.mul(more.onNoise));
        }
    }

    /**
     * The steps along a schedule, from its noisiest time to clean data.
     *
     * @param schedule the schedule the denoiser was trained on
     * @return the steps, each one evaluation of the denoiser; at least one
     * @throws IllegalArgumentException if the schedule has a single level, or not those the sampler needs
     */
    List<Step> steps(NoiseSchedule schedule);

    /**
     * Samples.
     *
     * @param estimate the denoiser
     * @param draws all random numbers
     * @param schedule the schedule the denoiser was trained on
     * @return as many samples as there are draws, {@code [N, ...]} float32
     * @throws IllegalArgumentException if the schedule has a single level, or not those the sampler needs
     */
    default INDArray sample(CleanEstimate estimate, Draws draws, NoiseSchedule schedule) {
        List<Step> steps = steps(schedule);
        NoiseLevel start = schedule.level(steps.get(0).t());
        INDArray latents = draws.latents();
        INDArray first = draws.noise(0);
        INDArray noised =
                Workers.withSingleThreadedBlas(() -> latents.mul(start.gamma()).addi(first.mul(start.sigma())));
        @Nullable INDArray previous = null;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            INDArray clean = estimate.of(noised, step.t());
            INDArray before = previous;
            INDArray noise = step.more().onNoise() > 0 ? draws.noise(i + 1) : null;
            Workers.withSingleThreadedBlas(() -> step.take(noised, clean, before, noise));
            previous = clean;
        }
        return noised;
    }

    /**
     * DDPM's ancestral sampling (Ho, Jain and Abbeel 2020, arXiv 2006.11239): from each time to the next one draws from
     * {@code q(z_s | z_t, z_0)}, the estimate in place of z_0.
     *
     * @param steps evaluations of the denoiser, at least 1
     * @return {@link Ddim} with eta 1
     */
    static Ddim ancestral(int steps) {
        return ddim(steps).withEta(1);
    }

    /**
     * DDIM without fresh noise, which is also Euler's method on the probability flow; see {@link Ddim}.
     *
     * @param steps evaluations of the denoiser, at least 1
     * @return the sampler, its times even in logSNR
     */
    static Ddim ddim(int steps) {
        return new Ddim(steps, 0, TimeGrid.EVEN_IN_LOG_SNR);
    }

    /**
     * A second-order solver at the cost of the first: the one to take unless another is the point; see {@link DpmSolver}.
     *
     * @param steps evaluations of the denoiser, at least 1
     * @return the sampler, its times even in logSNR
     */
    static DpmSolver dpmSolver(int steps) {
        return new DpmSolver(steps, TimeGrid.EVEN_IN_LOG_SNR);
    }

    /**
     * Annealed Langevin dynamics; see {@link Langevin}.
     *
     * @param levels noise levels; at least 1
     * @return 10 steps a level down to sigma = 0.05
     */
    static Langevin langevin(int levels) {
        return new Langevin(levels, 10, 0.05, 0.1);
    }
}
