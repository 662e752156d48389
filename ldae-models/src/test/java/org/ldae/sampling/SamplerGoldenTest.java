package org.ldae.sampling;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.models.Expect;
import org.ldae.noise.NoiseSchedule;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Samplers against their papers' formulas in PyTorch (src/test/python/samplers.py), noise given. */
class SamplerGoldenTest {

    private static final Golden GOLDEN = Golden.read("models/samplers");
    private static final double TOLERANCE = 2e-5;
    private static final int STEPS = 5;
    private static final double[][] MEANS = GOLDEN.array("means").toDoubleMatrix();
    private static final double[][] VARIANCES = GOLDEN.array("variances").toDoubleMatrix();
    private static final Mixture MIXTURE = new Mixture(MEANS, VARIANCES, GOLDEN.doubles("shares"));

    /** The script's noise, one array a step. */
    private static final Draws DRAWS = new Draws() {
        private final INDArray latents = GOLDEN.floatArray("latents");
        private final INDArray noise = GOLDEN.floatArray("noise");

        @Override
        public INDArray latents() {
            return latents;
        }

        @Override
        public INDArray noise(int step) {
            return noise.get(NDArrayIndex.point(step));
        }
    };

    private static Sampler even(Ddim ddim) {
        return ddim.withGrid(TimeGrid.EVEN_IN_TIME);
    }

    private static void check(String name, Sampler sampler, NoiseSchedule schedule, CleanEstimate estimate) {
        INDArray samples = sampler.sample(estimate, DRAWS, schedule);
        Expect.close(name, GOLDEN.floatArray(name), samples, TOLERANCE);
    }

    @ParameterizedTest
    @CsvSource({"linear", "cosine", "laplace", "ddpm"})
    void varianceIsPreserved(String name) {
        NoiseSchedule schedule = switch (name) {
            case "linear" -> NoiseSchedule.linear();
            case "cosine" -> NoiseSchedule.cosine();
            case "laplace" -> NoiseSchedule.laplace(0, 0.5);
            default -> NoiseSchedule.ddpm();
        };
        CleanEstimate estimate = MIXTURE.along(schedule);
        check("ancestral." + name, even(Sampler.ancestral(STEPS)), schedule, estimate);
        check("ddim." + name, even(Sampler.ddim(STEPS)), schedule, estimate);
        check("ddim-half." + name, even(Sampler.ddim(STEPS).withEta(0.5)), schedule, estimate);
    }

    @Test
    void guidanceIsThatOfTheNoise() {
        NoiseSchedule schedule = NoiseSchedule.cosine();
        Mixture first = new Mixture(new double[][] {MEANS[0]}, new double[][] {VARIANCES[0]}, new double[] {1});
        CleanEstimate guided = CleanEstimate.guided(first.along(schedule), MIXTURE.along(schedule), 2.5);
        check("guided", even(Sampler.ddim(STEPS)), schedule, guided);
    }

    @Test
    void nothingScalesTheSignal() {
        NoiseSchedule schedule = NoiseSchedule.additive(Math.sqrt(2));
        CleanEstimate estimate = MIXTURE.along(schedule);
        check("euler", even(Sampler.ddim(STEPS)), schedule, estimate);
        Sampler langevin =
                Sampler.langevin(4).withStepsPerLevel(3).withSmallestSigma(0.1).withEpsilon(0.004);
        check("langevin", langevin, schedule, estimate);
    }

    /** The posterior of any gamma and sigma, and a solver that knows logSNR and gamma alone. */
    @ParameterizedTest
    @CsvSource({"cosine", "flow", "additive", "geometric"})
    void onlySignalAndNoiseCount(String name) {
        NoiseSchedule schedule = switch (name) {
            case "cosine" -> NoiseSchedule.cosine();
            case "flow" -> NoiseSchedule.flow();
            case "additive" -> NoiseSchedule.additive(Math.sqrt(2));
            default -> NoiseSchedule.geometric(0.05, 20);
        };
        CleanEstimate estimate = MIXTURE.along(schedule);
        check("posterior." + name, Sampler.ancestral(STEPS), schedule, estimate);
        check("dpm-solver." + name, Sampler.dpmSolver(STEPS), schedule, estimate);
    }
}
