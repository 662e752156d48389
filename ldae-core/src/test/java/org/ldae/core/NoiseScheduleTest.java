package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.compute.Golden;

class NoiseScheduleTest {

    static Stream<NoiseSchedule> all() {
        return Stream.of(
                NoiseSchedule.additive(Math.sqrt(2)),
                NoiseSchedule.single(Math.sqrt(1 / 3.0)),
                NoiseSchedule.linear(),
                NoiseSchedule.ddpm());
    }

    static Stream<NoiseSchedule> variancePreserving() {
        return Stream.of(NoiseSchedule.linear(), NoiseSchedule.ddpm());
    }

    @Test
    void additiveNoiseGrowsLinearlyAndLeavesTheSignal() {
        NoiseSchedule schedule = NoiseSchedule.additive(2);
        for (double t : new double[] {0, 0.25, 1}) {
            assertEquals(1, schedule.gamma(t));
            assertEquals(2 * t, schedule.sigma(t), 1e-15);
        }
    }

    @Test
    void aSingleLevelIsTheSameAtEveryTime() {
        NoiseSchedule schedule = NoiseSchedule.single(0.5);
        for (double t : new double[] {0, 0.25, 1}) {
            assertEquals(1, schedule.gamma(t));
            assertEquals(0.5, schedule.sigma(t));
        }
    }

    @Test
    void onlyASingleLevelIsIndependentOfTime() {
        all().forEach(schedule -> assertEquals(!(schedule instanceof NoiseSchedule.Single), schedule.timeDependent()));
    }

    @Test
    void theLinearScheduleIsLinearInGammaSquared() {
        NoiseSchedule schedule = NoiseSchedule.linear();
        for (double t : new double[] {0, 0.1, 0.5, 1}) {
            assertEquals(1 - t, schedule.gamma(t) * schedule.gamma(t), 1e-15);
        }
    }

    @Test
    void ddpmEqualsTheRunningProductInNumpy() {
        Golden golden = Golden.read("core/ddpm");
        double[] steps = golden.doubles("steps");
        NoiseSchedule schedule = NoiseSchedule.ddpm();
        for (int i = 0; i < steps.length; i++) {
            assertEquals(golden.doubles("gamma")[i], schedule.gamma(steps[i] / 1000), 1e-12);
            assertEquals(golden.doubles("sigma")[i], schedule.sigma(steps[i] / 1000), 1e-12);
        }
    }

    @Test
    void ddpmIsLinearInGammaSquaredBetweenSteps() {
        NoiseSchedule schedule = NoiseSchedule.ddpm();
        double below = Math.pow(schedule.gamma(0.5), 2);
        double above = Math.pow(schedule.gamma(0.501), 2);
        assertEquals(0.75 * below + 0.25 * above, Math.pow(schedule.gamma(0.50025), 2), 1e-12);
    }

    @ParameterizedTest
    @MethodSource("variancePreserving")
    void squaresOfSignalAndNoiseSumToOneAndTheSignalFalls(NoiseSchedule schedule) {
        double before = 2;
        for (int i = 0; i <= 2000; i++) {
            double t = i / 2000.0;
            double gamma = schedule.gamma(t);
            assertEquals(1, gamma * gamma + schedule.sigma(t) * schedule.sigma(t), 1e-12);
            assertTrue(gamma < before);
            before = gamma;
        }
    }

    @ParameterizedTest
    @MethodSource("variancePreserving")
    void timeZeroIsCleanAndTimeOneAlmostNoise(NoiseSchedule schedule) {
        assertEquals(1, schedule.gamma(0));
        assertEquals(0, schedule.sigma(0));
        assertEquals(0, schedule.gamma(1), 0.007);
        assertEquals(1, schedule.sigma(1), 3e-5);
    }

    @ParameterizedTest
    @MethodSource("all")
    void timesOutsideAreErrors(NoiseSchedule schedule) {
        for (double t : new double[] {-1e-9, 1.000001, Double.NaN, Double.POSITIVE_INFINITY}) {
            for (IllegalArgumentException thrown : new IllegalArgumentException[] {
                assertThrows(IllegalArgumentException.class, () -> schedule.gamma(t), () -> "gamma of " + t),
                assertThrows(IllegalArgumentException.class, () -> schedule.sigma(t), () -> "sigma of " + t)
            }) {
                assertEquals("t: expected a time in [0, 1], got " + t, thrown.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void levelsThatAreNotPositiveAreErrors(double level) {
        assertEquals(
                "maxSigma: expected a positive number, got " + level,
                assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.additive(level))
                        .getMessage());
        assertEquals(
                "sigma: expected a positive number, got " + level,
                assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.single(level))
                        .getMessage());
    }

    @Test
    void schedulesAreValues() {
        assertEquals(NoiseSchedule.additive(1), NoiseSchedule.additive(1));
        assertEquals(NoiseSchedule.ddpm(), NoiseSchedule.ddpm());
        assertFalse(NoiseSchedule.additive(1).equals(NoiseSchedule.additive(2)));
    }
}
