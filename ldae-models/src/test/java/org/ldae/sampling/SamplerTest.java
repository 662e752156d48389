package org.ldae.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
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

    static List<Arguments> samplers() {
        return List.of(
                Arguments.of(Sampler.ancestral(100), NoiseSchedule.linear()),
                Arguments.of(Sampler.ddim(100), NoiseSchedule.cosine()),
                Arguments.of(Sampler.ancestral(100), NoiseSchedule.flow()),
                Arguments.of(Sampler.dpmSolver(50), NoiseSchedule.ddpm()),
                Arguments.of(Sampler.dpmSolver(50), NoiseSchedule.geometric(0.05, 20)),
                Arguments.of(Sampler.ddim(50), ADDITIVE),
                Arguments.of(Sampler.langevin(40).withStepsPerLevel(40), ADDITIVE));
    }

    @ParameterizedTest
    @MethodSource("samplers")
    void samplesOfAGaussianHaveItsMeanAndCovariance(Sampler sampler, NoiseSchedule schedule) {
        int count = 2500;
        Draws draws = Draws.standard(Rng.of(3), count, 2);
        float[][] factor = {{1.0954f, 0}, {0.4564f, 0.4378f}};
        INDArray data = draws.noise(-1).mmul(Nd4j.createFromArray(factor).transpose());
        data.addiRowVector(Nd4j.createFromArray((float) MEAN[0], (float) MEAN[1]));
        Draws starting = draws.startingFrom(data);
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
    void ddimIsEulersMethodOnTheProbabilityFlow() {
        for (NoiseSchedule schedule : List.of(ADDITIVE, NoiseSchedule.linear(), NoiseSchedule.flow())) {
            List<Sampler.Step> steps = Sampler.ddim(20).steps(schedule);
            for (int i = 0; i < 19; i++) {
                Sampler.Step step = steps.get(i);
                NoiseLevel from = schedule.level(step.t());
                NoiseLevel to = schedule.level(steps.get(i + 1).t());
                // u = z / gamma, s = sigma / gamma: u + (s' - s) (u - estimate) / s.
                double left = to.sigma() / to.gamma() * from.gamma() / from.sigma();
                assertEquals(left, step.onNoised() * from.gamma() / to.gamma(), 1e-12);
                assertEquals(1 - left, step.onClean() / to.gamma(), 1e-12);
            }
        }
    }

    @Test
    void gridsFallFromTheNoisiestLevelAndAreEvenInWhatTheySay() {
        for (NoiseSchedule schedule : List.of(ADDITIVE, NoiseSchedule.linear(), NoiseSchedule.geometric(0.05, 20))) {
            double[] even = TimeGrid.EVEN_IN_TIME.times(schedule, 10);
            double[] log = TimeGrid.EVEN_IN_LOG_SNR.times(schedule, 10);
            double most = Math.min(160, schedule.ratio(1));
            assertEquals(most, schedule.ratio(even[0]), 1e-9 * most);
            assertEquals(most, schedule.ratio(log[0]), 1e-9 * most);
            assertEquals(Math.max(0.01, schedule.ratio(0)), schedule.ratio(log[9]), 1e-9);
            double fall = schedule.logSnr(log[1]) - schedule.logSnr(log[0]);
            for (int i = 1; i < 10; i++) {
                assertEquals(even[0] - even[1], even[i - 1] - even[i], 1e-12);
                assertEquals(fall, schedule.logSnr(log[i]) - schedule.logSnr(log[i - 1]), 1e-6);
                assertTrue(schedule.sigma(even[i]) > 0);
            }
            assertEquals(most, schedule.ratio(TimeGrid.EVEN_IN_TIME.times(schedule, 1)[0]), 1e-9 * most);
            assertEquals(most, schedule.ratio(TimeGrid.EVEN_IN_LOG_SNR.times(schedule, 1)[0]), 1e-9 * most);
        }
    }

    /** A schedule and a sampler as anyone may bring them. */
    private record Root() implements NoiseSchedule {
        @Override
        public double gamma(double t) {
            return 1 - t * t;
        }

        @Override
        public double sigma(double t) {
            return Math.sqrt(t);
        }
    }

    /** A sampler of one's own by its steps: Euler's method. */
    private static final Sampler EULER = schedule -> {
        double[] times = TimeGrid.EVEN_IN_LOG_SNR.times(schedule, 20);
        List<Sampler.Step> steps = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            NoiseLevel from = schedule.level(times[i]);
            NoiseLevel to = i + 1 < times.length ? schedule.level(times[i + 1]) : NoiseLevel.CLEAN;
            double left = to.sigma() / from.sigma();
            steps.add(Sampler.Step.at(times[i], left, to.gamma() - left * from.gamma()));
        }
        return steps;
    };

    /** A sampler of one's own that is no list of steps: Heun's method, which asks again where a step of {@link #EULER} leads. */
    private record Heun() implements Sampler {
        @Override
        public List<Step> steps(NoiseSchedule schedule) {
            return EULER.steps(schedule);
        }

        @Override
        public INDArray sample(CleanEstimate estimate, Draws draws, NoiseSchedule schedule) {
            List<Step> steps = steps(schedule);
            NoiseLevel start = schedule.level(steps.get(0).t());
            INDArray z = draws.latents().mul(start.gamma()).addi(draws.noise(0).mul(start.sigma()));
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                INDArray clean = estimate.of(z, step.t());
                if (i + 1 < steps.size()) {
                    // In u = z / gamma and s = sigma / gamma the slope is (u - estimate) / s, at both ends with its own
                    // s.
                    double share = schedule.ratio(step.t())
                            / schedule.ratio(steps.get(i + 1).t());
                    INDArray led = z.mul(step.onNoised()).addi(clean.mul(step.onClean()));
                    INDArray again = estimate.of(led, steps.get(i + 1).t());
                    INDArray other = z.div(schedule.gamma(step.t()))
                            .subi(led.div(schedule.gamma(steps.get(i + 1).t()))
                                    .subi(again)
                                    .muli(share));
                    clean.addi(other).divi(2);
                }
                z = z.mul(step.onNoised()).addi(clean.muli(step.onClean()));
            }
            return z;
        }
    }

    @Test
    void anyonesSamplerAndScheduleWillDo() {
        NoiseSchedule schedule = new Root();
        assertEquals(Sampler.ddim(20).steps(schedule), EULER.steps(schedule));
        INDArray data =
                Draws.standard(Rng.of(8), 2000, 1).latents().mul(Math.sqrt(0.5)).addi(0.7);
        CleanEstimate exact = (noised, t) -> {
            double noise = schedule.sigma(t) * schedule.sigma(t);
            double gain = 0.5 * schedule.gamma(t) / (0.5 * schedule.gamma(t) * schedule.gamma(t) + noise);
            return noised.mul(gain).addi(0.7 * (1 - gain * schedule.gamma(t)));
        };
        Draws draws = Draws.like(data, Rng.of(3), 2000);
        double settled = moments(Sampler.dpmSolver(400).sample(exact, draws, schedule))[0][0];
        // Of first order at 20 steps a fifth is lost; Heun's method is of second.
        assertEquals(0.78, moments(EULER.sample(exact, draws, schedule))[0][0] / settled, 0.03);
        assertEquals(1, moments(new Heun().sample(exact, draws, schedule))[0][0] / settled, 0.1);
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
        INDArray five = five(Rng.of(1), 5);
        assertEquals(five, five(Rng.of(1), 5));
        assertNotEquals(five, five(Rng.of(2), 5));
        assertEquals(five.get(NDArrayIndex.interval(0, 3)), five(Rng.of(1), 3));
        Draws draws = Draws.standard(Rng.of(1), 5, 2);
        assertNotEquals(draws.latents(), draws.noise(0));
        assertNotEquals(draws.noise(0), draws.noise(1));
    }

    private static INDArray five(Rng rng, int count) {
        return Sampler.ancestral(5).sample(gaussian(ADDITIVE), Draws.standard(rng, count, 2), ADDITIVE);
    }

    @Test
    void theStartIsTheForwardProcessOnTheStandIns() {
        INDArray standIns = Nd4j.createFromArray(new float[][] {{4, 5}});
        Draws draws = Draws.standard(Rng.of(1), 1, 2).startingFrom(standIns);
        INDArray[] seen = new INDArray[1];
        Sampler.ddim(1)
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
    void standInsHaveTheMeanAndCovarianceOfTheLatentsTheyAreLike() {
        // Two tokens of two numbers, all of them correlated.
        int n = 500;
        float[][] factor = {{3, 0, 0, 0}, {1, 0.5f, 0, 0}, {-2, 0, 1, 0}, {0, 0, 0.2f, 0.1f}};
        INDArray data = Draws.standard(Rng.of(8), n, 4)
                .latents()
                .mmul(Nd4j.createFromArray(factor).transpose());
        data.addi(Nd4j.createFromArray(5f, -1f, 0f, 0.3f).reshape(1, 4));
        INDArray latents = data.dup('c').reshape('c', n, 2, 2);
        int count = 4000;
        INDArray drawn = Draws.like(latents, Rng.of(3), count).latents();
        assertArrayEquals(new long[] {count, 2, 2}, drawn.shape());
        double[][] expected = moments(data);
        double[][] found = moments(drawn.reshape('c', count, 4));
        for (int a = 0; a < 4; a++) {
            double deviation = Math.sqrt(expected[a][a]);
            assertEquals(expected[4][a], found[4][a], 0.06 * deviation, "mean " + a);
            for (int b = 0; b < 4; b++) {
                assertEquals(expected[a][b], found[a][b], 0.1 * deviation * Math.sqrt(expected[b][b]), a + ", " + b);
            }
        }
        INDArray fewer = Draws.like(latents, Rng.of(3), 3).latents();
        Expect.close("first", drawn.get(NDArrayIndex.interval(0, 3)).dup('c'), fewer, 1e-4);
        INDArray one = latents.get(NDArrayIndex.interval(0, 1));
        Expect.refused(() -> Draws.like(one, Rng.of(3), 3), "latents", "at least 2", "got 1");
    }

    /** Covariances, and the means as a last row. */
    private static double[][] moments(INDArray rows) {
        int n = (int) rows.size(0);
        int d = (int) rows.size(1);
        double[][] numbers = rows.toDoubleMatrix();
        double[][] moments = new double[d + 1][d];
        for (double[] row : numbers) {
            for (int a = 0; a < d; a++) {
                moments[d][a] += row[a] / n;
            }
        }
        for (double[] row : numbers) {
            for (int a = 0; a < d; a++) {
                for (int b = 0; b < d; b++) {
                    moments[a][b] += (row[a] - moments[d][a]) * (row[b] - moments[d][b]) / n;
                }
            }
        }
        return moments;
    }

    /** From standard normals the variance along gamma = 1 comes out as v (1 + 2) / (v + 2), the mean at m v / (v + 2) short. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.1, 1, 10})
    void samplesThatStartLikeTheDataHaveTheirMeanAndVariance(double variance) {
        int count = 4000;
        INDArray data = Draws.standard(Rng.of(8), count, 1)
                .latents()
                .mul(Math.sqrt(variance))
                .addi(0.7);
        CleanEstimate exact = (noised, t) -> {
            double noise = ADDITIVE.sigma(t) * ADDITIVE.sigma(t);
            return noised.mul(variance / (variance + noise)).addi(0.7 * noise / (variance + noise));
        };
        Sampler sampler = Sampler.dpmSolver(50);
        double[][] like = moments(sampler.sample(exact, Draws.like(data, Rng.of(3), count), ADDITIVE));
        assertEquals(0.7, like[1][0], 0.06 * Math.sqrt(variance), "mean");
        assertEquals(variance, like[0][0], 0.08 * variance, "variance");
        double[][] standard = moments(sampler.sample(exact, Draws.standard(Rng.of(3), count, 1), ADDITIVE));
        assertEquals(variance * 3 / (variance + 2), standard[0][0], 0.08 * standard[0][0], "standard variance");
        double gain = Math.sqrt(variance / (variance + 2));
        assertEquals(0.7 * (1 - gain), standard[1][0], 0.06 * Math.sqrt(standard[0][0]), "standard mean");
    }

    @Test
    void theLastStepLeavesNoNoise() {
        for (Arguments each : samplers()) {
            Sampler sampler = (Sampler) each.get()[0];
            List<Sampler.Step> steps = sampler.steps((NoiseSchedule) each.get()[1]);
            Sampler.Step last = steps.get(steps.size() - 1);
            assertEquals(0, last.onNoised(), sampler.toString());
            assertEquals(1, last.onClean(), 1e-12, sampler.toString());
            assertEquals(0, last.more().onNoise(), sampler.toString());
            assertTrue(last.t() > 0, sampler.toString());
        }
    }

    @Test
    void aSingleLevelIsRefused() {
        NoiseSchedule single = NoiseSchedule.single(0.5);
        for (Sampler sampler : List.of(
                Sampler.ddim(5),
                Sampler.ddim(5).withGrid(TimeGrid.EVEN_IN_TIME),
                Sampler.ancestral(5),
                Sampler.dpmSolver(5),
                Sampler.langevin(5))) {
            Expect.refused(() -> sampler.steps(single), "many levels", "Single[level=0.5]", "NoiseSchedule.additive");
        }
        Expect.refused(
                () -> Sampler.langevin(5).withSmallestSigma(2).steps(ADDITIVE), "smallest sigma", "1.414", "got 2");
        Expect.refused(
                () -> Sampler.langevin(5).steps(NoiseSchedule.geometric(0.1, 9)), "smallest sigma", "0.1", "got 0.05");
    }

    @Test
    void optionsCheckThemselves() {
        Expect.refused(() -> Sampler.ddim(0), "DDIM", "at least 1", "got 0");
        Expect.refused(() -> Sampler.dpmSolver(-1), "DPM-Solver", "got -1");
        Expect.refused(() -> Sampler.ddim(5).withEta(1.5), "eta", "1.5");
        Expect.refused(() -> Sampler.langevin(0), "levels", "got 0");
        Expect.refused(() -> Sampler.langevin(5).withStepsPerLevel(0), "steps per level", "got 0");
        Expect.refused(() -> Sampler.langevin(5).withSmallestSigma(0), "smallest sigma", "got 0");
        Expect.refused(() -> Sampler.langevin(5).withEpsilon(1), "overshoot");
    }

    @Test
    void ncsnV2ChoosesLevelsAndSteps() {
        Langevin chosen = Langevin.ncsnV2(NoiseSchedule.geometric(0.01, 50), 3072, 5);
        assertEquals(220, chosen.levels(), 1);
        assertEquals(0.01, chosen.smallestSigma(), 1e-12);
        // The authors' epsilon over their smallest sigma's square.
        assertEquals(0.062, chosen.pull(), 0.003);
    }
}
