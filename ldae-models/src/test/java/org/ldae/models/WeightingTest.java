package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseLevel.Quantity;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.Weighting;
import org.ldae.objective.Objective;

/** Weights of noise levels against their published forms, and across targets. */
class WeightingTest {

    private static final double[] TIMES = {0.01, 0.2, 0.5, 0.77, 0.95};

    static List<NoiseSchedule> schedules() {
        return List.of(
                NoiseSchedule.linear(),
                NoiseSchedule.cosine(),
                NoiseSchedule.ddpm(),
                NoiseSchedule.laplace(0, 0.5),
                NoiseSchedule.additive(Math.sqrt(2)),
                NoiseSchedule.flow(),
                NoiseSchedule.geometric(0.01, 50));
    }

    static List<Weighting> weightings() {
        return List.of(Weighting.UNIFORM, Weighting.SIGNAL_SHARE, Weighting.MIN_SNR_5, Weighting.MONOTONE);
    }

    static List<Weighting> weightingsOfAnyTarget() {
        return List.of(Weighting.MIN_SNR_5, Weighting.MONOTONE);
    }

    private static double weight(Objective objective, Weighting weighting, NoiseSchedule schedule, double t) {
        return objective.withWeighting(weighting).weight(schedule, t);
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void minSnrIsThePublishedOne(NoiseSchedule schedule) {
        for (double t : TIMES) {
            double snr = Math.exp(schedule.logSnr(t));
            double clamped = Math.min(snr, 5);
            assertEquals(clamped, weight(Objective.latent(), Weighting.MIN_SNR_5, schedule, t), 1e-9);
            assertEquals(clamped / snr, weight(Objective.noise(), Weighting.MIN_SNR_5, schedule, t), 1e-9);
            double gamma = schedule.gamma(t);
            double sigma = schedule.sigma(t);
            // (snr + 1) sigma^2 = 1 where gamma^2 + sigma^2 = 1.
            double velocity = clamped * sigma * sigma / Math.pow(gamma * gamma + sigma * sigma, 2);
            assertEquals(velocity, weight(Objective.velocity(), Weighting.MIN_SNR_5, schedule, t), 1e-9);
        }
    }

    @Test
    void minSnrOfVelocityHasItsShortFormWhereVarianceIsKept() {
        NoiseSchedule linear = NoiseSchedule.linear();
        for (double t : TIMES) {
            double snr = (1 - t) / t;
            assertEquals(
                    Math.min(snr, 5) / (snr + 1), weight(Objective.velocity(), Weighting.MIN_SNR_5, linear, t), 1e-9);
        }
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void monotoneWeightsMakeTheSameLossOnEverySchedule(NoiseSchedule schedule) {
        // Weight times density is what a step in logSNR counts.
        double before = Double.POSITIVE_INFINITY;
        for (double t = 0.98; t > 0.02; t -= 0.03) {
            double logSnr = schedule.logSnr(t);
            double counts = weight(Objective.noise(), Weighting.MONOTONE, schedule, t) * schedule.logSnrDensity(logSnr);
            assertEquals(1 / (1 + Math.exp(logSnr - 2)), counts, 1e-9);
            assertTrue(counts <= before);
            before = counts;
        }
    }

    @ParameterizedTest
    @MethodSource("weightingsOfAnyTarget")
    void theseWeightsCountAnErrorAlikeWhateverIsPredicted(Weighting weighting) {
        for (NoiseSchedule schedule : schedules()) {
            for (double t : TIMES) {
                NoiseLevel level = schedule.level(t);
                double clean = weight(Objective.latent(), weighting, schedule, t);
                for (Objective objective : List.of(Objective.noise(), Objective.velocity())) {
                    double factor =
                            level.convert(Quantity.CLEAN, objective.quantity()).onGiven();
                    double other = weight(objective, weighting, schedule, t) * factor * factor;
                    assertEquals(clean, other, 1e-9 * clean);
                }
            }
        }
    }

    @Test
    void theNoisesPlainErrorIsTheCleanDatasTimesTheSignalToNoiseRatio() {
        // The first of the paper's three weightings: |eps - net|^2 = gamma^2 / sigma^2 |z_0 - net_0|^2.
        for (NoiseSchedule schedule : schedules()) {
            for (double t : TIMES) {
                double factor = schedule.level(t)
                        .convert(Quantity.CLEAN, Quantity.NOISE)
                        .onGiven();
                double snr = Math.exp(schedule.logSnr(t));
                assertEquals(snr, factor * factor * Objective.noise().weight(schedule, t), 1e-9 * snr);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("weightings")
    void weightsAreFiniteAtBothEnds(Weighting weighting) {
        for (NoiseSchedule schedule : schedules()) {
            for (Objective objective : List.of(Objective.noise(), Objective.latent(), Objective.velocity())) {
                for (double t : new double[] {0, 1e-9, 1 - 1e-9, 1}) {
                    double weight = weight(objective, weighting, schedule, t);
                    assertTrue(
                            weight >= 0 && Double.isFinite(weight), () -> schedule + " " + objective + ": " + weight);
                }
            }
        }
    }

    @Test
    void withoutNoiseTheRatioIsAtItsBound() {
        assertEquals(5, weight(Objective.latent(), Weighting.MIN_SNR_5, NoiseSchedule.none(), 0.5));
        double share = weight(Objective.latent(), Weighting.SIGNAL_SHARE, NoiseSchedule.none(), 0.5);
        assertEquals(1, share);
    }

    @Test
    void onlyMonotoneWeightsNeedManyLevels() {
        for (Weighting weighting : weightings()) {
            assertEquals(weighting == Weighting.MONOTONE, weighting.needsManyLevels(), weighting.toString());
        }
        Weighting own = (schedule, t, target) -> 1 + schedule.ratio(t);
        assertFalse(own.needsManyLevels());
        assertEquals(1.5, weight(Objective.latent(), own, NoiseSchedule.single(0.5), 0.3));
    }

    /** As when a recipe is read before anything else: the names' class comes first. */
    @Test
    void constantsAreThereWhicheverClassIsUsedFirst() throws Exception {
        URL[] path = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .map(WeightingTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader fresh = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
            Class.forName("org.ldae.noise.Weightings", true, fresh);
            assertNotNull(Class.forName("org.ldae.noise.Weighting", true, fresh)
                    .getField("UNIFORM")
                    .get(null));
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
