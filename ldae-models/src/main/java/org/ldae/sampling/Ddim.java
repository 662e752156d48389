package org.ldae.sampling;

import java.util.ArrayList;
import java.util.List;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;

/**
 * DDIM (Song, Meng and Ermon 2021, arXiv 2010.02502, eq. 12 and 16) on any schedule of many levels, with the posterior
 * {@code q(z_s | z_t, z_0)} of any gamma and sigma (Kingma et al. 2021, arXiv 2107.00630, appendix A).
 *
 * <p>Without fresh noise it is Euler's method on the probability flow of {@code z / gamma} in {@code sigma / gamma} (Karras et
 * al. 2022, arXiv 2206.00364, algorithm 1 to first order), whatever the schedule.
 *
 * <p>Samples contract a little: on a Gaussian, n steps even in logSNR from a noise of r to a noise of q (times the signal) leave
 * {@code exp(-ln(r / q) / 2n)} of the variance without fresh noise, whatever the variance: 0.91 at 50 steps along
 * {@link NoiseSchedule#cosine}, 0.95 along {@code additive(sqrt(2))}. {@link DpmSolver} leaves more at the same cost.
 *
 * @param count evaluations of the denoiser, at least 1
 * @param eta share of the posterior's standard deviation that is drawn anew, in [0, 1]: 0 draws nothing, 1 is
 *     {@link Sampler#ancestral}
 * @param grid times of the evaluations
 */
public record Ddim(int count, double eta, TimeGrid grid) implements Sampler {

    /**
     * Checks the ranges.
     *
     * @param count evaluations of the denoiser, at least 1
     * @param eta share of the posterior's standard deviation that is drawn anew, in [0, 1]
     * @param grid times of the evaluations
     */
    public Ddim {
        TimeGrids.requireSteps("DDIM", count);
        if (!(eta >= 0 && eta <= 1)) {
            throw new IllegalArgumentException("eta: expected a number in [0, 1], got " + eta);
        }
    }

    /**
     * Another share of fresh noise.
     *
     * @param share in [0, 1]
     * @return a copy
     */
    public Ddim withEta(double share) {
        return new Ddim(count, share, grid);
    }

    /**
     * Other times.
     *
     * @param times of the evaluations; {@link TimeGrid#EVEN_IN_LOG_SNR} by default
     * @return a copy
     */
    public Ddim withGrid(TimeGrid times) {
        return new Ddim(count, eta, times);
    }

    @Override
    public List<Step> steps(NoiseSchedule schedule) {
        double[] times = grid.times(schedule, count);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            NoiseLevel from = schedule.level(times[i]);
            NoiseLevel to = i + 1 < count ? schedule.level(times[i + 1]) : NoiseLevel.CLEAN;
            double fresh = eta * posteriorDeviation(from, to);
            // The estimated noise (z - gamma estimate) / sigma keeps what fresh noise leaves of the next level.
            double kept = Math.sqrt(Math.max(0, to.sigma() * to.sigma() - fresh * fresh)) / from.sigma();
            steps.add(Step.at(times[i], kept, to.gamma() - kept * from.gamma()).withNoise(fresh));
        }
        return steps;
    }

    /** Square root of the variance of {@code q(z_s | z_t, z_0)}: what the noise of t is more than that of s, scaled. */
    private static double posteriorDeviation(NoiseLevel from, NoiseLevel to) {
        double left = from.gamma() / to.gamma() * to.sigma() / from.sigma();
        return to.sigma() * Math.sqrt(Math.max(0, 1 - left * left));
    }
}
