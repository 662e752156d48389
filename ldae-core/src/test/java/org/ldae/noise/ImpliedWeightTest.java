package org.ldae.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.noise.NoiseLevel.Quantity;

/** The table of VDM++ (Kingma and Gao 2023, table 1): weights up to a factor, found from schedules, targets and samplings. */
class ImpliedWeightTest {

    private static double sech(double x) {
        return 1 / Math.cosh(x);
    }

    static Stream<Arguments> table() {
        NoiseSchedule cosine = NoiseSchedule.cosine();
        NoiseSchedule flow = NoiseSchedule.flow();
        NoiseSchedule laplace = NoiseSchedule.laplace(0, 0.5);
        TimeSampling uniform = TimeSampling.uniform();
        DoubleUnaryOperator sech = logSnr -> sech(logSnr / 2);
        DoubleUnaryOperator root = logSnr -> Math.exp(-logSnr / 2);
        DoubleUnaryOperator monotone = logSnr -> 1 / (1 + Math.exp(logSnr - 2));
        DoubleUnaryOperator minSnr = logSnr -> sech(logSnr / 2) * Math.min(1, 5 * Math.exp(-logSnr));
        return Stream.of(
                row("noise along cosine", cosine, uniform, Quantity.NOISE, Weighting.UNIFORM, sech),
                row("flow matching", flow, uniform, Quantity.FLOW, Weighting.UNIFORM, root),
                row("velocity along cosine", cosine, uniform, Quantity.VELOCITY, Weighting.UNIFORM, root),
                row("min-SNR-5 of noise", cosine, uniform, Quantity.NOISE, Weighting.MIN_SNR_5, minSnr),
                row("min-SNR-5 of clean data", cosine, uniform, Quantity.CLEAN, Weighting.MIN_SNR_5, minSnr),
                row("monotone along cosine", cosine, uniform, Quantity.NOISE, Weighting.MONOTONE, monotone),
                row("monotone along flow", flow, uniform, Quantity.CLEAN, Weighting.MONOTONE, monotone),
                row(
                        "Laplace levels",
                        cosine,
                        TimeSampling.as(laplace),
                        Quantity.NOISE,
                        Weighting.UNIFORM,
                        logSnr -> Math.exp(-Math.abs(logSnr) / 0.5)),
                row("cosine levels on flow", flow, TimeSampling.as(cosine), Quantity.NOISE, Weighting.UNIFORM, sech),
                row(
                        "NCSN: any step in logSNR alike",
                        NoiseSchedule.geometric(0.01, 50),
                        uniform,
                        Quantity.NOISE,
                        Weighting.UNIFORM,
                        logSnr -> 1));
    }

    private static Arguments row(
            String name,
            NoiseSchedule schedule,
            TimeSampling sampling,
            Quantity target,
            Weighting weighting,
            DoubleUnaryOperator expected) {
        return Arguments.of(name, ImpliedWeight.of(schedule, sampling, target, weighting), expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("table")
    void weightsAreThoseOfTheTable(String name, ImpliedWeight weight, DoubleUnaryOperator expected) {
        // Away from 0, where the Laplace density has its corner.
        double factor = weight.at(0.5) / expected.applyAsDouble(0.5);
        for (double logSnr = -7; logSnr < 7; logSnr += 0.23) {
            double wanted = factor * expected.applyAsDouble(logSnr);
            assertEquals(wanted, weight.at(logSnr), 1e-5 * wanted, name + " at " + logSnr);
        }
    }

    @Test
    void theFactorIsTheLossItself() {
        ImpliedWeight weight =
                ImpliedWeight.of(NoiseSchedule.cosine(), TimeSampling.uniform(), Quantity.NOISE, Weighting.UNIFORM);
        assertEquals(1 / Math.PI, weight.at(0), 1e-12);
        // With an error of 1 at every level half its integral is the mean error.
        double sum = 0;
        for (double logSnr = -60; logSnr < 60; logSnr += 0.01) {
            sum += weight.at(logSnr) * 0.01 / 2;
        }
        assertEquals(1, sum, 1e-6);
    }

    @Test
    void levelsThatAreNotThereWeighNothing() {
        ImpliedWeight weight = ImpliedWeight.of(
                NoiseSchedule.geometric(0.1, 2), TimeSampling.uniform(), Quantity.NOISE, Weighting.UNIFORM);
        assertEquals(0, weight.at(5));
        assertEquals(0, weight.at(-2));
        assertTrue(weight.at(1) > 0);
        assertThrows(
                IllegalArgumentException.class,
                () -> ImpliedWeight.of(
                        NoiseSchedule.none(), TimeSampling.uniform(), Quantity.NOISE, Weighting.UNIFORM));
    }
}
