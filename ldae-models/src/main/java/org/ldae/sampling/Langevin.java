package org.ldae.sampling;

import java.util.ArrayList;
import java.util.List;
import org.ldae.noise.NcsnRules;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;

/**
 * Annealed Langevin dynamics (Song and Ermon 2019, arXiv 1907.05600, algorithm 1): at each of L noise levels
 * {@code z <- z + alpha_i / 2 score(z) + sqrt(alpha_i) eps} with {@code alpha_i = epsilon sigma_i^2 / sigma_L^2}, levels in
 * geometric progression from the schedule's largest. The score is Tweedie's {@code (estimate - z) / sigma^2}. A last
 * evaluation takes the smallest level's noise off (Jolicoeur-Martineau et al. 2021, arXiv 2009.05475, section 3.1). Where gamma
 * isn't 1, z and sigma are those of {@code z / gamma}.
 *
 * <p>With few steps a level (the paper takes 100) samples don't settle: on a Gaussian of variance 1.5, 10 levels of 10 steps
 * give a variance of 2.2, and 40 of 100 give 1.53.
 *
 * @param levels L, at least 1
 * @param stepsPerLevel at least 1
 * @param smallestSigma sigma_L over gamma, positive and below the schedule's largest
 * @param pull epsilon / (2 sigma_L^2), in (0, 1]: the part of the way to the estimate that a step goes; the paper's
 *     epsilon = 2e-5 at sigma_L = 0.01 is 0.1
 */
public record Langevin(int levels, int stepsPerLevel, double smallestSigma, double pull) implements Sampler {

    /**
     * Checks the ranges.
     *
     * @param levels L, at least 1
     * @param stepsPerLevel at least 1
     * @param smallestSigma sigma_L over gamma, positive and below the schedule's largest
     * @param pull epsilon / (2 sigma_L^2), in (0, 1]
     */
    public Langevin {
        TimeGrids.requireSteps("Langevin levels", levels);
        TimeGrids.requireSteps("Langevin steps per level", stepsPerLevel);
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
     * Levels and steps by NCSNv2's rules ({@link NcsnRules}), from the schedule's largest level to its smallest.
     *
     * @param schedule whose smallest level is not clean, such as {@code NoiseSchedule.geometric(0.01, 50)}
     * @param dimension numbers of an item, such as tokens times their numbers
     * @param stepsPerLevel at least 1; the authors take 5
     * @return the sampler
     */
    public static Langevin ncsnV2(NoiseSchedule schedule, int dimension, int stepsPerLevel) {
        double first = schedule.ratio(0);
        double last = schedule.ratio(1);
        int levels = NcsnRules.levels(first, last, dimension);
        double ratio = Math.pow(last / first, 1.0 / (levels - 1));
        double epsilon = NcsnRules.epsilon(first, ratio, stepsPerLevel);
        // NCSNv2's step is twice NCSN's of the same epsilon.
        return new Langevin(levels, stepsPerLevel, first, epsilon / (first * first));
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
        double largest = TimeGrids.most(schedule);
        if (!(smallestSigma < largest && smallestSigma >= schedule.ratio(0))) {
            throw new IllegalArgumentException(
                    "smallest sigma: expected one of the schedule's, from %s and below %s, got %s; use withSmallestSigma"
                            .formatted(schedule.ratio(0), largest, smallestSigma));
        }
        double[] times = levels == 1
                ? new double[] {schedule.timeOf(smallestSigma)}
                : TimeGrids.geometric(schedule, smallestSigma, levels);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            NoiseLevel level = schedule.level(times[i]);
            double onward = i + 1 < levels ? schedule.gamma(times[i + 1]) / level.gamma() : 1;
            for (int k = 1; k <= stepsPerLevel; k++) {
                // alpha_i / (2 sigma_i^2) is the same at every level; the last step at one leads to the next one's
                // gamma.
                double factor = k < stepsPerLevel ? 1 : onward;
                steps.add(Step.at(times[i], factor * (1 - pull), factor * pull * level.gamma())
                        .withNoise(factor * level.sigma() * Math.sqrt(2 * pull)));
            }
        }
        steps.add(Step.at(times[levels - 1], 0, 1));
        return steps;
    }
}
