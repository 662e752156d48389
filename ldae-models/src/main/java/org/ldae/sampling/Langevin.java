package org.ldae.sampling;

import java.util.ArrayList;
import java.util.List;
import org.ldae.noise.NoiseSchedule;

/**
 * Annealed Langevin dynamics for gamma = 1 (Song and Ermon 2019, arXiv 1907.05600, algorithm 1): at each of L noise levels
 * {@code z <- z + alpha_i / 2 score(z) + sqrt(alpha_i) eps} with {@code alpha_i = epsilon sigma_i^2 / sigma_L^2}, levels in
 * geometric progression from the schedule's largest. The score is Tweedie's {@code (estimate - z) / sigma^2}. A last
 * evaluation takes the smallest level's noise off (Jolicoeur-Martineau et al. 2021, arXiv 2009.05475, section 3.1).
 *
 * <p>With few steps a level (the paper takes 100) samples don't settle: on a Gaussian of variance 1.5, 10 levels of 10 steps
 * give a variance of 2.2, and 40 of 100 give 1.53.
 *
 * @param levels L, at least 1
 * @param stepsPerLevel at least 1
 * @param smallestSigma sigma_L, positive and below the schedule's largest
 * @param pull epsilon / (2 sigma_L^2), in (0, 1]: the part of the way to the estimate that a step goes; the paper's
 *     epsilon = 2e-5 at sigma_L = 0.01 is 0.1
 */
public record Langevin(int levels, int stepsPerLevel, double smallestSigma, double pull) implements Sampler {

    /**
     * Checks the ranges.
     *
     * @param levels L, at least 1
     * @param stepsPerLevel at least 1
     * @param smallestSigma sigma_L, positive and below the schedule's largest
     * @param pull epsilon / (2 sigma_L^2), in (0, 1]
     */
    public Langevin {
        Grid.requireSteps("Langevin levels", levels);
        Grid.requireSteps("Langevin steps per level", stepsPerLevel);
        if (!(smallestSigma > 0 && smallestSigma < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "smallest sigma: expected a finite level above 0, got %s".formatted(smallestSigma));
        }
        if (!(pull > 0 && pull <= 1)) {
            throw new IllegalArgumentException(
                    "pull: expected epsilon / (2 sigma_L^2) in (0, 1], got %s; larger steps overshoot".formatted(pull));
        }
    }

    /**
     * Another number of steps at each level.
     *
     * @param steps at least 1
     * @return a copy
     */
    public Langevin withStepsPerLevel(int steps) {
        return new Langevin(levels, steps, smallestSigma, pull);
    }

    /**
     * Another smallest noise level.
     *
     * @param sigma positive and below the schedule's largest
     * @return a copy
     */
    public Langevin withSmallestSigma(double sigma) {
        return new Langevin(levels, stepsPerLevel, sigma, pull);
    }

    /**
     * Another step size.
     *
     * @param epsilon as in the paper, positive and at most {@code 2 smallestSigma^2}
     * @return a copy
     */
    public Langevin withEpsilon(double epsilon) {
        return new Langevin(levels, stepsPerLevel, smallestSigma, epsilon / (2 * smallestSigma * smallestSigma));
    }

    @Override
    public List<Step> steps(NoiseSchedule schedule) {
        Grid.requireAdditive("annealed Langevin dynamics", schedule);
        double largest = schedule.sigma(1);
        if (!(smallestSigma < largest)) {
            throw new IllegalArgumentException(
                    "smallest sigma: expected one below the schedule's largest, %s, got %s; use withSmallestSigma"
                            .formatted(largest, smallestSigma));
        }
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            double sigma =
                    levels == 1 ? smallestSigma : largest * Math.pow(smallestSigma / largest, i / (levels - 1.0));
            double t = sigma / largest;
            // alpha_i / (2 sigma_i^2) is the same at every level.
            Step step = new Step(t, 1 - pull, pull, sigma * Math.sqrt(2 * pull));
            for (int k = 0; k < stepsPerLevel; k++) {
                steps.add(step);
            }
        }
        steps.add(new Step(smallestSigma / largest, 0, 1, 0));
        return steps;
    }
}
