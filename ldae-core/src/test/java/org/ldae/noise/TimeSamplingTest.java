package org.ldae.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.core.Rng;

/** Which noise levels training visits, against the densities the schedules claim. */
class TimeSamplingTest {

    private static final int DRAWS = 200_000;

    static Stream<Arguments> samplings() {
        NoiseSchedule laplace = NoiseSchedule.laplace(0, 0.5);
        return Stream.of(
                Arguments.of(NoiseSchedule.additive(Math.sqrt(2)), TimeSampling.uniform(), null),
                Arguments.of(NoiseSchedule.linear(), TimeSampling.uniform(), null),
                Arguments.of(NoiseSchedule.cosine(), TimeSampling.uniform(), null),
                Arguments.of(laplace, TimeSampling.uniform(), null),
                Arguments.of(NoiseSchedule.ddpm(), TimeSampling.uniform(), null),
                Arguments.of(NoiseSchedule.linear(), TimeSampling.as(laplace), laplace),
                Arguments.of(NoiseSchedule.ddpm(), TimeSampling.as(NoiseSchedule.cosine()), NoiseSchedule.cosine()),
                Arguments.of(NoiseSchedule.cosine(), TimeSampling.as(NoiseSchedule.linear()), NoiseSchedule.linear()),
                Arguments.of(laplace, TimeSampling.as(NoiseSchedule.ddpm()), NoiseSchedule.ddpm()),
                Arguments.of(NoiseSchedule.additive(1), TimeSampling.as(laplace), laplace),
                Arguments.of(NoiseSchedule.flow(), TimeSampling.as(laplace), laplace),
                Arguments.of(NoiseSchedule.geometric(0.1, 2), TimeSampling.uniform(), null),
                Arguments.of(NoiseSchedule.geometric(0.1, 2), TimeSampling.as(laplace), laplace),
                Arguments.of(
                        NoiseSchedule.linear(),
                        TimeSampling.as(NoiseSchedule.geometric(0.1, 2)),
                        NoiseSchedule.geometric(0.1, 2)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("samplings")
    void sampledLogSnrsHaveTheDensity(NoiseSchedule schedule, TimeSampling sampling, NoiseSchedule levels) {
        NoiseSchedule density = levels == null ? schedule : levels;
        double width = 0.25;
        int[] counts = new int[64]; // logSNR from -8 to 8
        UniformRandomProvider generator = Rng.of(5).generator();
        for (int i = 0; i < DRAWS; i++) {
            double logSnr = schedule.logSnr(sampling.time(schedule, generator.nextDouble()));
            int cell = (int) Math.floor((logSnr + 8) / width);
            if (cell >= 0 && cell < counts.length) {
                counts[cell]++;
            }
        }
        // Levels the schedule doesn't have are left out, the others share what is left.
        double reached = levels == null ? 1 : share(density, schedule.logSnr(1), Math.min(40, schedule.logSnr(0)));
        for (int cell = 0; cell < counts.length; cell++) {
            double from = Math.max(schedule.logSnr(1), cell * width - 8);
            double to = Math.min(schedule.logSnr(0), (cell + 1) * width - 8);
            double expected = DRAWS * share(density, from, Math.max(from, to)) / reached;
            assertEquals(expected, counts[cell], 5 * Math.sqrt(expected) + 1, "cell from " + from);
        }
    }

    /** Probability of a logSNR between two numbers. */
    private static double share(NoiseSchedule schedule, double from, double to) {
        double start = Math.max(from, -40);
        int cells = 2000;
        double width = (to - start) / cells;
        double sum = 0;
        for (int i = 0; i < cells; i++) {
            sum += schedule.logSnrDensity(start + (i + 0.5) * width) * width;
        }
        return sum;
    }

    @Test
    void uniformTimesAreTheNumbersThemselves() {
        assertEquals(0.25, TimeSampling.uniform().time(NoiseSchedule.ddpm(), 0.25));
    }

    @Test
    void followingTheScheduleInUseIsUniform() {
        for (NoiseSchedule schedule : new NoiseSchedule[] {NoiseSchedule.linear(), NoiseSchedule.additive(3)}) {
            assertEquals(0.3, TimeSampling.as(schedule).time(schedule, 0.3), 1e-12);
        }
    }

    @Test
    void timesStayInsideAndGrowWithTheNumber() {
        TimeSampling sampling = TimeSampling.as(NoiseSchedule.laplace(-6, 3));
        double before = -1;
        for (double uniform = 0; uniform < 1; uniform += 1 / 512.0) {
            double t = sampling.time(NoiseSchedule.additive(0.1), uniform);
            assertTrue(t > before && t <= 1, "uniform " + uniform + ": " + t);
            before = t;
        }
    }

    @Test
    void onlyFollowingAnotherScheduleNeedsManyLevels() {
        assertFalse(TimeSampling.uniform().needsManyLevels());
        assertTrue(TimeSampling.as(NoiseSchedule.linear()).needsManyLevels());
        TimeSampling own = (schedule, uniform) -> uniform * uniform;
        assertFalse(own.needsManyLevels());
    }

    @Test
    void aSingleLevelCanNotBeFollowed() {
        NoiseSchedule single = NoiseSchedule.single(0.5);
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> TimeSampling.as(single));
        assertTrue(String.valueOf(thrown.getMessage()).contains("many levels"));
    }
}
