package org.ldae.sampling;

import java.util.List;
import org.ldae.noise.NoiseSchedule;

/**
 * DDIM for {@code gamma^2 + sigma^2 = 1} (Song, Meng and Ermon 2021, arXiv 2010.02502, eq. 12 and 16).
 *
 * @param count evaluations of the denoiser, at times spaced evenly; at least 1
 * @param eta share of the posterior's standard deviation that is drawn anew, in [0, 1]: 0 draws nothing, 1 is
 *     {@link Sampler#ancestral}
 */
public record Ddim(int count, double eta) implements Sampler {

    /**
     * Checks the ranges.
     *
     * @param count evaluations of the denoiser, at times spaced evenly; at least 1
     * @param eta share of the posterior's standard deviation that is drawn anew, in [0, 1]
     */
    public Ddim {
        Grid.requireSteps("DDIM", count);
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
        return new Ddim(count, share);
    }

    @Override
    public List<Step> steps(NoiseSchedule schedule) {
        Grid.requirePreserving("DDIM", schedule);
        return Grid.even(schedule, count, (from, to, t) -> {
            double fresh = eta * Ancestral.posteriorDeviation(from, to);
            // The estimated noise (z - gamma estimate) / sigma keeps what fresh noise leaves of the next level.
            double kept = Math.sqrt(Math.max(0, to.sigma() * to.sigma() - fresh * fresh));
            return new Step(t, kept / from.sigma(), to.gamma() - kept * from.gamma() / from.sigma(), fresh);
        });
    }
}
