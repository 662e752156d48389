package org.ldae.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;

/**
 * Every sampler on every schedule with the exact denoiser of {@code N(m, v)}: what is off is the sampler's. Steps are affine, so
 * mean and variance follow without drawing anything.
 */
class KnownGaussianTest {

    private static final double MEAN = 0.7;
    private static final double[] VARIANCES = {0.01, 0.1, 1, 10};

    static List<NoiseSchedule> schedules() {
        return List.of(
                NoiseSchedule.additive(Math.sqrt(2)),
                NoiseSchedule.geometric(0.01, 50),
                NoiseSchedule.flow(),
                NoiseSchedule.linear(),
                NoiseSchedule.cosine(),
                NoiseSchedule.laplace(0, 0.5),
                NoiseSchedule.ddpm());
    }

    /** Samplers by their steps, and what 50 of them leave of the variance at least. */
    static Stream<Arguments> samplers() {
        return schedules().stream()
                .flatMap(schedule -> Stream.of(
                        arguments(schedule, steps -> Sampler.dpmSolver(steps), 0.99),
                        arguments(schedule, steps -> Sampler.ddim(steps), 0.89),
                        arguments(schedule, steps -> Sampler.ddim(steps).withEta(0.5), 0.87),
                        arguments(schedule, steps -> Sampler.ancestral(steps), 0.81)));
    }

    private static Arguments arguments(NoiseSchedule schedule, IntFunction<Sampler> sampler, double least) {
        return Arguments.of(schedule, sampler.apply(50), sampler, least);
    }

    @ParameterizedTest(name = "{1} along {0}")
    @MethodSource("samplers")
    void momentsAreRightAtFiftyStepsAndConverge(
            NoiseSchedule schedule, Sampler fifty, IntFunction<Sampler> sampler, double least) {
        for (double variance : VARIANCES) {
            Moments at50 = moments(fifty, schedule, variance);
            assertEquals(MEAN, at50.mean, 1e-3, "mean");
            double left = at50.variance / variance;
            assertTrue(left >= least && left <= 1.01, "variance " + variance + " times " + left);
            // The step from the last noise, 0.01, to data costs v / (v + 0.01^2), whatever the steps.
            double cost = variance / (variance + 1e-4);
            double before = Math.abs(1 - left / cost);
            for (int steps : new int[] {100, 200, 400, 800}) {
                double all = moments(sampler.apply(steps), schedule, variance).variance / variance;
                double off = Math.abs(1 - all / cost);
                assertTrue(off <= Math.max(1e-3, 0.6 * before), steps + " steps, variance " + variance + ": " + off);
                before = off;
            }
        }
    }

    /** What {@link Ddim} and {@link DpmSolver} say of themselves, and why times are not even by default. */
    @ParameterizedTest
    @MethodSource("schedules")
    void contractionIsAsDocumented(NoiseSchedule schedule) {
        double most = Math.min(160, schedule.ratio(1));
        double expected = Math.exp(-Math.log(most / Math.max(0.01, schedule.ratio(0))) / 2 / 50);
        // A schedule that ends at a noise about the data's spread contracts them less.
        assertEquals(expected, moments(Sampler.ddim(50), schedule, 0.1).variance / 0.1, 0.01);
        if (!schedule.equals(NoiseSchedule.geometric(0.01, 50))) {
            double even = moments(Sampler.ddim(50).withGrid(TimeGrid.EVEN_IN_TIME), schedule, 0.01).variance / 0.01;
            assertTrue(even < 0.84, "times even: " + even);
        }
        double solved = moments(Sampler.dpmSolver(20), schedule, 0.1).variance / 0.1;
        assertEquals(1, solved, 0.03);
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void langevinConverges(NoiseSchedule schedule) {
        double before = Double.POSITIVE_INFINITY;
        for (int factor : new int[] {1, 3}) {
            Langevin langevin = Sampler.langevin(20 * factor)
                    .withStepsPerLevel(15 * factor)
                    .withSmallestSigma(0.02)
                    .withEpsilon(8e-5 / factor);
            Moments moments = moments(langevin, schedule, 0.1);
            assertEquals(MEAN, moments.mean, 1e-3, "mean");
            double off = Math.abs(1 - moments.variance / 0.1);
            assertTrue(off < before, factor + ": " + off);
            before = off;
        }
        assertTrue(before < 0.12, "variance off by " + before);
    }

    private static final class Moments {
        private final double mean;
        private final double variance;

        Moments(double mean, double variance) {
            this.mean = mean;
            this.variance = variance;
        }
    }

    /** Noised data as a constant, a factor on the start's noise, and the variance that fresh noise adds. */
    private static Moments moments(Sampler sampler, NoiseSchedule schedule, double variance) {
        List<Sampler.Step> steps = sampler.steps(schedule);
        NoiseLevel start = schedule.level(steps.get(0).t());
        double mean = start.gamma() * MEAN;
        double deviation = Math.sqrt(start.gamma() * start.gamma() * variance + start.sigma() * start.sigma());
        double fresh = 0;
        double previousMean = 0;
        double previousDeviation = 0;
        for (Sampler.Step step : steps) {
            NoiseLevel level = schedule.level(step.t());
            double signal = level.gamma() * level.gamma() * variance;
            double gain = level.gamma() * variance / (signal + level.sigma() * level.sigma());
            double cleanMean = gain * mean + (1 - gain * level.gamma()) * MEAN;
            double cleanDeviation = gain * deviation;
            double slope = step.onNoised() + step.onClean() * gain;
            mean = step.onNoised() * mean
                    + step.onClean() * cleanMean
                    + step.more().onPrevious() * previousMean;
            deviation = slope * deviation + step.more().onPrevious() * previousDeviation;
            // Samplers that look back draw nothing.
            fresh = slope * slope * fresh + step.more().onNoise() * step.more().onNoise();
            previousMean = cleanMean;
            previousDeviation = cleanDeviation;
        }
        return new Moments(mean, deviation * deviation + fresh);
    }
}
