package org.ldae.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.testing.Golden;

class NoiseScheduleTest {

    static Stream<NoiseSchedule> all() {
        return Stream.of(
                NoiseSchedule.additive(Math.sqrt(2)),
                NoiseSchedule.geometric(0.01, 50),
                NoiseSchedule.single(Math.sqrt(1 / 3.0)),
                NoiseSchedule.none(),
                NoiseSchedule.flow(),
                NoiseSchedule.linear(),
                NoiseSchedule.cosine(),
                NoiseSchedule.laplace(0, 0.5),
                NoiseSchedule.laplace(-1, 2),
                NoiseSchedule.through(6, 2, 1, -7),
                NoiseSchedule.ddpm());
    }

    /** A schedule that says nothing but gamma and sigma. */
    private record Own(NoiseSchedule levels) implements NoiseSchedule {
        @Override
        public double gamma(double t) {
            return levels.gamma(t);
        }

        @Override
        public double sigma(double t) {
            return levels.sigma(t);
        }
    }

    static Stream<NoiseSchedule> manyLevels() {
        return all().filter(NoiseSchedule::timeDependent);
    }

    static Stream<NoiseSchedule> variancePreserving() {
        return Stream.of(
                NoiseSchedule.linear(),
                NoiseSchedule.cosine(),
                NoiseSchedule.laplace(0, 0.5),
                NoiseSchedule.laplace(-1, 2),
                NoiseSchedule.ddpm());
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
    void aScheduleThroughNumbersGoesStraightBetweenThem() {
        NoiseSchedule schedule = NoiseSchedule.through(6, 2, 1, -7);
        double third = 1 / 3.0;
        assertEquals(6, schedule.logSnr(0));
        assertEquals(2, schedule.logSnr(third), 1e-12);
        assertEquals(1.5, schedule.logSnr(1.5 * third), 1e-12);
        assertEquals(-7, schedule.logSnr(1));
        assertEquals(third / 8, schedule.logSnrDensity(0), 1e-12);
        assertEquals(0, schedule.logSnrDensity(6.1));
        assertTrue(refused(1, 1).contains("place 1"));
        assertTrue(refused(1).contains("at least 2"));
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
        all().forEach(schedule ->
                assertEquals(!(schedule instanceof Schedules.Single), schedule.timeDependent(), schedule.toString()));
    }

    @Test
    void flowIsAStraightPath() {
        NoiseSchedule schedule = NoiseSchedule.flow();
        for (double t : new double[] {0, 0.25, 1}) {
            assertEquals(1 - t, schedule.gamma(t));
            assertEquals(t, schedule.sigma(t));
        }
    }

    @Test
    void geometricNoiseGrowsByTheSameFactorFromItsFirstLevelToItsLast() {
        NoiseSchedule schedule = NoiseSchedule.geometric(0.01, 50);
        assertEquals(0.01, schedule.sigma(0));
        assertEquals(50, schedule.sigma(1));
        for (double t : new double[] {0, 0.25, 0.5, 0.75}) {
            assertEquals(1, schedule.gamma(t));
            assertEquals(Math.pow(5000, 0.25), schedule.sigma(t + 0.25) / schedule.sigma(t), 1e-9);
        }
        assertEquals(
                "last: expected a finite sigma above the first, 2.0, got 2.0",
                assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.geometric(2, 2))
                        .getMessage());
        assertEquals(
                "first: expected a positive number, got 0.0",
                assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.geometric(0, 2))
                        .getMessage());
    }

    /** Relative to the density, and absolute to what rounding of times leaves; DDPM's jumps by some 1e-3 at its knots. */
    @ParameterizedTest
    @MethodSource("manyLevels")
    void theDensityFollowsFromSignalAndNoiseAlone(NoiseSchedule schedule) {
        NoiseSchedule own = new Own(schedule);
        double jump = schedule.equals(NoiseSchedule.ddpm()) ? 5e-3 : 1e-7;
        for (double logSnr = -12; logSnr <= 12; logSnr += 0.0713) {
            double expected = schedule.logSnrDensity(logSnr);
            assertEquals(expected, own.logSnrDensity(logSnr), jump * expected + 1e-10, schedule + " at " + logSnr);
        }
        assertEquals(0, own.logSnrDensity(Double.POSITIVE_INFINITY));
        assertEquals(0, own.logSnrDensity(Double.NEGATIVE_INFINITY));
        assertTrue(Double.isInfinite(schedule.logSnr(1)) || own.logSnrDensity(schedule.logSnr(1)) > 0);
    }

    @Test
    void newSchedulesHaveTheDensitiesOfTheirFormulas() {
        for (double logSnr = -7.5; logSnr < 9; logSnr += 0.31) {
            double tail = Math.exp(-Math.abs(logSnr) / 2);
            double flow = tail / (2 * (1 + tail) * (1 + tail));
            assertEquals(flow, NoiseSchedule.flow().logSnrDensity(logSnr), 1e-8 * flow);
            double geometric = 1 / (2 * Math.log(5000));
            assertEquals(geometric, NoiseSchedule.geometric(0.01, 50).logSnrDensity(logSnr), 1e-8);
        }
    }

    @Test
    void theLinearScheduleIsLinearInGammaSquared() {
        NoiseSchedule schedule = NoiseSchedule.linear();
        for (double t : new double[] {0, 0.1, 0.5, 1}) {
            assertEquals(1 - t, schedule.gamma(t) * schedule.gamma(t), 1e-15);
        }
    }

    @Test
    void ddpmEqualsTheRunningProductInPyTorch() {
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
                "scale: expected a positive number, got " + level,
                assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.laplace(0, level))
                        .getMessage());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void aSingleLevelIsFiniteAndNotNegative(double level) {
        assertEquals(
                "sigma: expected a number of at least 0, got " + level,
                assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.single(level))
                        .getMessage());
    }

    @Test
    void noNoiseIsTheSingleLevelZero() {
        assertEquals(NoiseSchedule.single(0), NoiseSchedule.none());
        assertEquals(0, NoiseSchedule.none().sigma(1));
    }

    @ParameterizedTest
    @CsvSource({"additive", "single", "linear", "cosine", "laplace", "laplace-wide", "ddpm"})
    void everyScheduleEqualsPyTorch(String name) {
        Golden golden = Golden.read("core/schedules");
        NoiseSchedule schedule = switch (name) {
            case "additive" -> NoiseSchedule.additive(Math.sqrt(2));
            case "single" -> NoiseSchedule.single(Math.sqrt(1 / 3.0));
            case "linear" -> NoiseSchedule.linear();
            case "cosine" -> NoiseSchedule.cosine();
            case "laplace" -> NoiseSchedule.laplace(0.3, 0.5);
            case "laplace-wide" -> NoiseSchedule.laplace(-1, 2);
            default -> NoiseSchedule.ddpm();
        };
        double[] times = golden.doubles("times");
        for (int i = 0; i < times.length; i++) {
            String where = name + " at " + times[i];
            double logSnr = golden.doubles(name + ".log_snr")[i];
            assertEquals(golden.doubles(name + ".gamma")[i], schedule.gamma(times[i]), 1e-12, where);
            assertEquals(golden.doubles(name + ".sigma")[i], schedule.sigma(times[i]), 1e-12, where);
            assertEquals(logSnr, schedule.logSnr(times[i]), 1e-8, where);
            if (schedule.timeDependent()) {
                double density = golden.doubles(name + ".density")[i];
                assertEquals(density, schedule.logSnrDensity(logSnr), 1e-8 * density, where);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("manyLevels")
    void theDensityOfTheLogSnrIntegratesToTheTimesBetween(NoiseSchedule schedule) {
        assertEquals(1, integral(schedule, -80, 80), 5e-5);
        for (double t = 0.05; t < 1; t += 0.09) {
            // P(logSNR > logSNR(t)) = P(time < t) = t
            assertEquals(t, integral(schedule, schedule.logSnr(t), 80), 5e-5, "up to " + t);
        }
    }

    /** Midpoints; DDPM's density jumps at its 1000 knots, additive's at its end. */
    private static double integral(NoiseSchedule schedule, double from, double to) {
        double start = Math.max(from, Math.min(to, schedule.logSnr(1)));
        int cells = 40_000;
        double width = (Math.min(to, schedule.logSnr(0)) - start) / cells;
        double sum = 0;
        for (int i = 0; i < cells; i++) {
            sum += schedule.logSnrDensity(start + (i + 0.5) * width) * width;
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource("manyLevels")
    void noiseGrowsOverTheSignalAtEveryTime(NoiseSchedule schedule) {
        for (int i = 1; i <= 1000; i++) {
            double before = (i - 1) / 1000.0;
            double now = i / 1000.0;
            assertTrue(schedule.gamma(now) <= schedule.gamma(before), () -> schedule + ": gamma at " + now);
            assertTrue(schedule.sigma(now) >= schedule.sigma(before), () -> schedule + ": sigma at " + now);
            assertTrue(schedule.logSnr(now) < schedule.logSnr(before), () -> schedule + ": logSNR at " + now);
        }
    }

    @ParameterizedTest
    @MethodSource("manyLevels")
    void theTimeOfALevelIsFoundAgain(NoiseSchedule schedule) {
        for (double t : new double[] {0, 1e-3, 0.2, 0.5, 0.77, 1}) {
            assertEquals(t, schedule.timeOf(schedule.ratio(t)), 1e-9, schedule + " at " + t);
        }
    }

    @Test
    void outsideTheRangeOfLevelsTheDensityIsZero() {
        assertEquals(0, NoiseSchedule.additive(2).logSnrDensity(-2 * Math.log(2) - 1e-9));
        assertEquals(0, NoiseSchedule.ddpm().logSnrDensity(-20));
    }

    @ParameterizedTest
    @MethodSource("manyLevels")
    void theNoisiestLevelHasADensity(NoiseSchedule schedule) {
        double last = schedule.logSnr(1);
        assertTrue(Double.isInfinite(last) || schedule.logSnrDensity(last) > 0);
    }

    @Test
    void aSingleLevelHasNoDensity() {
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class, () -> NoiseSchedule.single(0.5).logSnrDensity(0));
        assertTrue(String.valueOf(thrown.getMessage()).contains("single level of Single[level=0.5]"));
    }

    @Test
    void wordsRoundLevels() {
        assertEquals(
                "Single[level=0.5774]", NoiseSchedule.single(Math.sqrt(1.0 / 3)).toString());
        assertEquals(
                "Additive[maxSigma=1.414]", NoiseSchedule.additive(Math.sqrt(2)).toString());
    }

    @Test
    void schedulesAreValues() {
        assertEquals(NoiseSchedule.additive(1), NoiseSchedule.additive(1));
        assertEquals(NoiseSchedule.ddpm(), NoiseSchedule.ddpm());
        assertFalse(NoiseSchedule.additive(1).equals(NoiseSchedule.additive(2)));
    }

    private static String refused(double... knots) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> NoiseSchedule.through(knots))
                .getMessage());
    }

    /** The sum of -9.9 - 9.2 and 9.2 is less than -9.9: a level that no schedule visits, of infinite weight. */
    @Test
    void numbersOfLogSnrAreReachedExactlyAtTheEnd() {
        NoiseSchedule through = NoiseSchedule.through(9.2, -9.9);
        assertTrue(9.2 + (-9.9 - 9.2) < -9.9);
        assertEquals(-9.9, through.logSnr(1));
        assertTrue(through.logSnrDensity(through.logSnr(1)) > 0);
    }
}
