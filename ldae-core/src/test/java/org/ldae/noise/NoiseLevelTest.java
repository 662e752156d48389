package org.ldae.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.noise.NoiseLevel.Conversion;
import org.ldae.noise.NoiseLevel.Quantity;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Noise, clean data, velocity and score as four names of one thing. */
class NoiseLevelTest {

    private static final double CLEAN = 0.37;
    private static final double NOISE = -1.41;

    static Stream<Arguments> pairs() {
        NoiseLevel[] levels = {
            NoiseSchedule.ddpm().level(0.01),
            NoiseSchedule.cosine().level(0.6),
            NoiseSchedule.linear().level(0.999),
            NoiseSchedule.additive(Math.sqrt(2)).level(0.5),
            NoiseSchedule.single(3).level(0),
            NoiseSchedule.flow().level(0.3)
        };
        return Arrays.stream(levels)
                .flatMap(level -> Arrays.stream(Quantity.values())
                        .flatMap(from -> Arrays.stream(Quantity.values()).map(to -> Arguments.of(level, from, to))));
    }

    /** The definitions. */
    private static double value(Quantity quantity, NoiseLevel level) {
        return switch (quantity) {
            case CLEAN -> CLEAN;
            case NOISE -> NOISE;
            case VELOCITY -> level.gamma() * NOISE - level.sigma() * CLEAN;
            case FLOW -> NOISE - CLEAN;
            case SCORE -> -NOISE / level.sigma();
        };
    }

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @MethodSource("pairs")
    void everyQuantityFollowsFromEveryOther(NoiseLevel level, Quantity from, Quantity to) {
        double noised = level.gamma() * CLEAN + level.sigma() * NOISE;
        Conversion conversion = level.convert(from, to);
        double expected = value(to, level);
        double found = conversion.onNoised() * noised + conversion.onGiven() * value(from, level);
        assertEquals(expected, found, 1e-10 * Math.max(1, Math.abs(expected)));
    }

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @MethodSource("pairs")
    void thereAndBackIsTheIdentity(NoiseLevel level, Quantity from, Quantity to) {
        Conversion there = level.convert(from, to);
        Conversion back = level.convert(to, from);
        assertEquals(1, there.onGiven() * back.onGiven(), 1e-10);
        assertEquals(0, back.onNoised() + back.onGiven() * there.onNoised(), 1e-9);
    }

    @Test
    void theScoreOfAGaussianGivesItsPosteriorMean() {
        // z_0 ~ N(m, s^2): z ~ N(gamma m, gamma^2 s^2 + sigma^2), and E[z_0 | z] is the textbook's.
        double m = 0.8;
        double s = 1.7;
        NoiseLevel level = new NoiseLevel(0.6, 0.9);
        double variance = Math.pow(level.gamma() * s, 2) + Math.pow(level.sigma(), 2);
        for (double z = -2; z < 3; z += 0.7) {
            double score = -(z - level.gamma() * m) / variance;
            Conversion tweedie = level.convert(Quantity.SCORE, Quantity.CLEAN);
            double mean = m + level.gamma() * s * s / variance * (z - level.gamma() * m);
            assertEquals(mean, tweedie.onNoised() * z + tweedie.onGiven() * score, 1e-12);
        }
    }

    @Test
    void tweedieWithoutInputScaling() {
        assertEquals(new Conversion(1, 0.25), new NoiseLevel(1, 0.5).convert(Quantity.SCORE, Quantity.CLEAN));
    }

    @Test
    void arraysAreConvertedIntoANewArray() {
        INDArray noised = Nd4j.createFromArray(new float[] {1, 2, 3, 4}).reshape(2, 2);
        INDArray noise = Nd4j.createFromArray(new float[] {1, 0, -1, 2}).reshape(2, 2);
        INDArray clean =
                new NoiseLevel(0.5, 2).convert(Quantity.NOISE, Quantity.CLEAN).apply(noised, noise);
        assertEquals(Nd4j.createFromArray(new float[] {-2, 4, 10, 0}).reshape(2, 2), clean);
        assertEquals(Nd4j.createFromArray(new float[] {1, 2, 3, 4}).reshape(2, 2), noised);
    }

    @Test
    void whatDoesNotFollowIsRefused() {
        refused(() -> NoiseSchedule.linear().level(1).convert(Quantity.NOISE, Quantity.CLEAN), "CLEAN", "NOISE");
        refused(() -> NoiseSchedule.linear().level(0).convert(Quantity.CLEAN, Quantity.NOISE), "sigma = 0.0");
        refused(() -> new NoiseLevel(1, 0).convert(Quantity.VELOCITY, Quantity.SCORE), "SCORE");
        assertEquals(new Conversion(0, 1), new NoiseLevel(0, 1).convert(Quantity.NOISE, Quantity.NOISE));
    }

    @Test
    void levelsThatAreNoneAreRefused() {
        refused(() -> new NoiseLevel(-1, 1), "-1.0, 1.0");
        refused(() -> new NoiseLevel(1, Double.NaN), "NaN");
        refused(() -> new NoiseLevel(0, 0), "not both 0");
        refused(() -> new NoiseLevel(Double.POSITIVE_INFINITY, 1), "finite");
    }

    private static void refused(Runnable call, String... parts) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call::run).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
