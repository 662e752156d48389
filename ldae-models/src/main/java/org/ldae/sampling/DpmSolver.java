package org.ldae.sampling;

import java.util.ArrayList;
import java.util.List;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;

/**
 * DPM-Solver++(2M) (Lu et al. 2022, arXiv 2211.01095, algorithm 2): a second-order solver of the probability flow that asks the
 * denoiser once a step and extrapolates from its estimate and the one before. The first step and the last, to clean data, are of
 * first order. It draws nothing after the start.
 *
 * @param count evaluations of the denoiser, at least 1
 * @param grid times of the evaluations
 */
public record DpmSolver(int count, TimeGrid grid) implements Sampler {

    /**
     * Checks the count.
     *
     * @param count evaluations of the denoiser, at least 1
     * @param grid times of the evaluations
     */
    public DpmSolver {
        TimeGrids.requireSteps("DPM-Solver", count);
    }

    /**
     * Other times.
     *
     * @param times of the evaluations; {@link TimeGrid#EVEN_IN_LOG_SNR} by default
     * @return a copy
     */
    public DpmSolver withGrid(TimeGrid times) {
        return new DpmSolver(count, times);
    }

    @Override
    public List<Step> steps(NoiseSchedule schedule) {
        double[] times = grid.times(schedule, count);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            NoiseLevel from = schedule.level(times[i]);
            NoiseLevel to = i + 1 < count ? schedule.level(times[i + 1]) : NoiseLevel.CLEAN;
            double kept = to.sigma() / from.sigma();
            double clean = to.gamma() - kept * from.gamma();
            // The estimate as a line through this and the one before, at the middle of the step in logSNR.
            double beyond = i == 0 || i + 1 == count
                    ? 0
                    : clean * fall(schedule, times[i], times[i + 1]) / (2 * fall(schedule, times[i - 1], times[i]));
            steps.add(Step.at(times[i], kept, clean + beyond).withPrevious(-beyond));
        }
        return steps;
    }

    private static double fall(NoiseSchedule schedule, double from, double to) {
        return schedule.logSnr(to) - schedule.logSnr(from);
    }
}
