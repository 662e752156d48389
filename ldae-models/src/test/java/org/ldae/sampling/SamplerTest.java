package org.ldae.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.core.Rng;
import org.ldae.models.Expect;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What samplers must do whatever the numbers. */
class SamplerTest {

    private static final NoiseSchedule ADDITIVE = NoiseSchedule.additive(Math.sqrt(2));
    private static final double[] MEAN = {0.8, -0.3};
    private static final double[][] COVARIANCE = {{1.2, 0.5}, {0.5, 0.4}};

    /** Samplers with steps enough for three digits. */
    static List<Arguments> fitting() {
        return List.of(
                Arguments.of(Sampler.ancestral(2000), NoiseSchedule.linear()),
                Arguments.of(Sampler.ancestral(4000), NoiseSchedule.ddpm()),
                Arguments.of(Sampler.ddim(1000), NoiseSchedule.cosine()),
                Arguments.of(Sampler.ddim(1000).withEta(0.5), NoiseSchedule.cosine()),
                Arguments.of(Sampler.euler(1000), ADDITIVE),
                Arguments.of(
                        Sampler.langevin(40)
                                .withStepsPerLevel(400)
                                .withSmallestSigma(0.02)
                                .withEpsilon(4e-5),
                        ADDITIVE));
    }

    /**
     * Mean and variance of a Gaussian go through affine steps exactly, so no sampling error hides a wrong factor. With
     * gamma = 1 the stand-ins are of the data's distribution; the others start from standard normals.
     */
    @ParameterizedTest
    @MethodSource("fitting")
    void momentsOfAGaussianConverge(Sampler sampler, NoiseSchedule schedule) {
        for (double variance : new double[] {0.1, 1.5}) {
            List<Sampler.Step> steps = sampler.steps(schedule);
            NoiseLevel start = schedule.level(steps.get(0).t());
            boolean additive = schedule.equals(ADDITIVE);
            double mean = additive ? MEAN[0] : 0;
            double spread = start.gamma() * start.gamma() * (additive ? variance : 1) + start.sigma() * start.sigma();
            for (Sampler.Step step : steps) {
                NoiseLevel level = schedule.level(step.t());
                double noise = level.sigma() * level.sigma();
                double gain = level.gamma() * variance / (level.gamma() * level.gamma() * variance + noise);
                double slope = step.onNoised() + step.onClean() * gain;
                mean = slope * mean + step.onClean() * (1 - gain * level.gamma()) * MEAN[0];
                spread = slope * slope * spread + step.onNoise() * step.onNoise();
            }
            assertEquals(MEAN[0], mean, 0.01, "mean");
            assertEquals(variance, spread, 0.03 * variance, "variance");
        }
    }

    static List<Arguments> fewer() {
        return List.of(
                Arguments.of(Sampler.ancestral(100), NoiseSchedule.linear()),
                Arguments.of(Sampler.ddim(50), NoiseSchedule.cosine()),
                Arguments.of(Sampler.euler(50), ADDITIVE));
    }

    @ParameterizedTest
    @MethodSource("fewer")
    void samplesOfAGaussianHaveItsMeanAndCovariance(Sampler sampler, NoiseSchedule schedule) {
        int count = 2500;
        Draws draws = Draws.standard(Rng.of(3), count, 2);
        float[][] factor = {{1.0954f, 0}, {0.4564f, 0.4378f}};
        INDArray data = draws.noise(-1).mmul(Nd4j.createFromArray(factor).transpose());
        data.addiRowVector(Nd4j.createFromArray((float) MEAN[0], (float) MEAN[1]));
        Draws starting = schedule.equals(ADDITIVE) ? draws.startingFrom(data) : draws;
        float[] numbers = Expect.numbers(sampler.sample(gaussian(schedule), starting, schedule));
        for (int a = 0; a < 2; a++) {
            double mean = 0;
            for (int i = 0; i < count; i++) {
                mean += numbers[2 * i + a] / count;
            }
            assertEquals(MEAN[a], mean, 0.07, "mean " + a);
            for (int b = 0; b < 2; b++) {
                double covariance = 0;
                for (int i = 0; i < count; i++) {
                    covariance += (numbers[2 * i + a] - MEAN[a]) * (numbers[2 * i + b] - MEAN[b]) / count;
                }
                assertEquals(COVARIANCE[a][b], covariance, 0.15, "covariance " + a + " " + b);
            }
        }
    }

    /** m + gamma S (gamma^2 S + sigma^2)^-1 (z - gamma m). */
    private static CleanEstimate gaussian(NoiseSchedule schedule) {
        return (noised, t) -> {
            NoiseLevel level = schedule.level(t);
            double signal = level.gamma() * level.gamma();
            double noise = level.sigma() * level.sigma();
            double a = signal * COVARIANCE[0][0] + noise;
            double b = signal * COVARIANCE[0][1];
            double c = signal * COVARIANCE[1][1] + noise;
            double[][] inverse = {{c, -b}, {-b, a}};
            float[][] gain = new float[2][2];
            for (int i = 0; i < 4; i++) {
                double product = COVARIANCE[i / 2][0] * inverse[0][i % 2] + COVARIANCE[i / 2][1] * inverse[1][i % 2];
                gain[i / 2][i % 2] = (float) (level.gamma() * product / (a * c - b * b));
            }
            INDArray mean = Nd4j.createFromArray((float) MEAN[0], (float) MEAN[1]);
            INDArray centred = noised.subRowVector(mean.mul(level.gamma()));
            return centred.mmul(Nd4j.createFromArray(gain).transpose()).addiRowVector(mean);
        };
    }

    @Test
    void ddimOfEtaOneIsAncestralSampling() {
        for (NoiseSchedule schedule : List.of(NoiseSchedule.linear(), NoiseSchedule.ddpm(), NoiseSchedule.cosine())) {
            List<Sampler.Step> ddim = Sampler.ddim(20).withEta(1).steps(schedule);
            List<Sampler.Step> ancestral = Sampler.ancestral(20).steps(schedule);
            for (int i = 0; i < 20; i++) {
                assertEquals(ancestral.get(i).t(), ddim.get(i).t());
                assertEquals(ancestral.get(i).onNoised(), ddim.get(i).onNoised(), 1e-6);
                assertEquals(ancestral.get(i).onClean(), ddim.get(i).onClean(), 1e-6);
                assertEquals(ancestral.get(i).onNoise(), ddim.get(i).onNoise(), 1e-6);
            }
        }
    }

    @Test
    void guidanceOfScaleOneIsTheConditionalEstimateAndOfZeroTheOther() {
        CleanEstimate told = (noised, t) -> noised.mul(2);
        CleanEstimate untold = (noised, t) -> noised.mul(3);
        INDArray noised = Nd4j.createFromArray(1f, -2f);
        assertSame(told, CleanEstimate.guided(told, untold, 1));
        assertSame(untold, CleanEstimate.guided(told, untold, 0));
        Expect.close("2", noised.mul(1), CleanEstimate.guided(told, untold, 2).of(noised, 0.5), 1e-6);
        Expect.refused(() -> CleanEstimate.guided(told, untold, -1), "guidance", "-1");
        Expect.refused(() -> CleanEstimate.guided(told, untold, Double.NaN), "guidance", "NaN");
    }

    @Test
    void aSeedGivesTheSameSamplesHoweverManyThereAre() {
        INDArray five = euler(Rng.of(1), 5);
        assertEquals(five, euler(Rng.of(1), 5));
        assertNotEquals(five, euler(Rng.of(2), 5));
        assertEquals(five.get(NDArrayIndex.interval(0, 3)), euler(Rng.of(1), 3));
        Draws draws = Draws.standard(Rng.of(1), 5, 2);
        assertNotEquals(draws.latents(), draws.noise(0));
        assertNotEquals(draws.noise(0), draws.noise(1));
    }

    private static INDArray euler(Rng rng, int count) {
        return Sampler.euler(5).sample(gaussian(ADDITIVE), Draws.standard(rng, count, 2), ADDITIVE);
    }

    @Test
    void theStartIsTheForwardProcessOnTheStandIns() {
        INDArray standIns = Nd4j.createFromArray(new float[][] {{4, 5}});
        Draws draws = Draws.standard(Rng.of(1), 1, 2).startingFrom(standIns);
        INDArray[] seen = new INDArray[1];
        Sampler.euler(1)
                .sample(
                        (noised, t) -> {
                            seen[0] = noised.dup();
                            return noised.dup();
                        },
                        draws,
                        ADDITIVE);
        Expect.close("start", standIns.add(draws.noise(0).mul(Math.sqrt(2))), seen[0], 1e-6);
        assertEquals(Nd4j.createFromArray(new float[][] {{4, 5}}), standIns);
    }

    @Test
    void theLastStepLeavesNoNoise() {
        for (Arguments each : fitting()) {
            Sampler sampler = (Sampler) each.get()[0];
            List<Sampler.Step> steps = sampler.steps((NoiseSchedule) each.get()[1]);
            Sampler.Step last = steps.get(steps.size() - 1);
            assertEquals(0, last.onNoised(), sampler.toString());
            assertEquals(1, last.onClean(), 1e-12, sampler.toString());
            assertEquals(0, last.onNoise(), sampler.toString());
            assertTrue(last.t() > 0, sampler.toString());
        }
    }

    @Test
    void aSamplerThatDoesNotFitTheScheduleNamesOneThatDoes() {
        NoiseSchedule single = NoiseSchedule.single(0.5);
        Expect.refused(() -> Sampler.ddim(5).steps(ADDITIVE), "DDIM", "Additive", "Sampler.euler");
        Expect.refused(() -> Sampler.ancestral(5).steps(ADDITIVE), "ancestral", "Sampler.euler");
        Expect.refused(() -> Sampler.euler(5).steps(NoiseSchedule.linear()), "Euler", "Linear", "Sampler.ddim");
        Expect.refused(() -> Sampler.langevin(5).steps(NoiseSchedule.ddpm()), "Langevin", "Sampler.ancestral");
        Expect.refused(() -> Sampler.euler(5).steps(single), "one noise level", "additive");
        Expect.refused(() -> Sampler.ddim(5).steps(single), "one noise level");
        Expect.refused(
                () -> Sampler.langevin(5).withSmallestSigma(2).steps(ADDITIVE), "smallest sigma", "1.414", "got 2");
    }

    @Test
    void optionsCheckThemselves() {
        Expect.refused(() -> Sampler.ddim(0), "DDIM", "at least 1", "got 0");
        Expect.refused(() -> Sampler.ancestral(0), "ancestral", "got 0");
        Expect.refused(() -> Sampler.euler(-1), "Euler", "got -1");
        Expect.refused(() -> Sampler.ddim(5).withEta(1.5), "eta", "1.5");
        Expect.refused(() -> Sampler.langevin(0), "levels", "got 0");
        Expect.refused(() -> Sampler.langevin(5).withStepsPerLevel(0), "steps per level", "got 0");
        Expect.refused(() -> Sampler.langevin(5).withSmallestSigma(0), "smallest sigma", "got 0");
        Expect.refused(() -> Sampler.langevin(5).withEpsilon(1), "overshoot");
    }
}
