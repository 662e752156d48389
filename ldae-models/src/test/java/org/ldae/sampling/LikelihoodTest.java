package org.ldae.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.models.Expect;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.models.Synthetic;
import org.ldae.noise.NoiseLevel;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The variational bound against closed forms, and bits per dimension of models. */
class LikelihoodTest {

    /** The ends of VDM's schedule. */
    private static final double CLEANEST = 13.3;

    private static final double NOISIEST = -5;
    private static final int IMAGES = 40_000;
    private static final int NUMBERS = 8;

    /** Standard normal data. */
    private static final INDArray NORMAL = normals();

    private static INDArray normals() {
        float[] numbers = new float[IMAGES * NUMBERS];
        Rng.of(1).normals(numbers, 0, numbers.length);
        return Nd4j.createFromArray(numbers).reshape('c', IMAGES, NUMBERS);
    }

    static Stream<NoiseSchedule> schedules() {
        return Stream.of(
                NoiseSchedule.linear(),
                NoiseSchedule.cosine(),
                NoiseSchedule.flow(),
                NoiseSchedule.laplace(0, 2),
                NoiseSchedule.geometric(1e-4, 100));
    }

    private static DiffusionBound bound(NoiseSchedule schedule, int steps) {
        return DiffusionBound.between(schedule, CLEANEST, NOISIEST).withSteps(steps);
    }

    /** E[z_0 | z] of standard normal data. */
    private static DiffusionBound.Estimate exact(NoiseSchedule schedule) {
        return (noised, times) -> scaled(noised, times, t -> {
            NoiseLevel level = schedule.level(t);
            return level.gamma() / (level.gamma() * level.gamma() + level.sigma() * level.sigma());
        });
    }

    private static INDArray scaled(INDArray noised, double[] times, java.util.function.DoubleUnaryOperator factor) {
        float[] numbers = noised.dup('c').data().asFloat();
        int size = numbers.length / times.length;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] *= (float) factor.applyAsDouble(times[i / size]);
        }
        return Nd4j.createFromArray(numbers).reshape('c', noised.shape());
    }

    /** Nats a number, each image at a place of its own. */
    private static double[] nats(DiffusionBound bound, DiffusionBound.Estimate estimate, double[] places) {
        double[] nats = bound.diffusion(NORMAL, estimate, places, Rng.of(2));
        return Arrays.stream(nats).map(x -> x / NUMBERS).toArray();
    }

    private static double[] even() {
        double[] places = new double[IMAGES];
        Arrays.setAll(places, i -> (i + 0.5) / IMAGES);
        return places;
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void normalDataHaveTheClosedFormWhateverTheSchedule(NoiseSchedule schedule) {
        double exact = 0.5 * Math.log((1 + Math.exp(CLEANEST)) / (1 + Math.exp(NOISIEST)));
        assertEquals(6.646643, exact, 1e-6);
        assertEquals(exact, mean(nats(bound(schedule, 0), exact(schedule), even())), 0.08);
        double other = mean(nats(bound(NoiseSchedule.cosine(), 0), exact(NoiseSchedule.cosine()), even()));
        assertEquals(other, mean(nats(bound(schedule, 0), exact(schedule), even())), 1e-4, "of the same noise");
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void aNetworkThatPredictsNoNoiseHasHalfTheRange(NoiseSchedule schedule) {
        DiffusionBound.Estimate none = (noised, times) -> scaled(noised, times, t -> 1 / schedule.gamma(t));
        assertEquals(9.15, mean(nats(bound(schedule, 0), none, even())), 0.15);
    }

    @Test
    void finitelyManyStepsCostMoreAndLessWithMore() {
        NoiseSchedule schedule = NoiseSchedule.cosine();
        double limit = mean(nats(bound(schedule, 0), exact(schedule), even()));
        double before = Double.POSITIVE_INFINITY;
        for (int steps : new int[] {5, 20, 100, 1000}) {
            double cost = mean(nats(bound(schedule, steps), exact(schedule), even()));
            assertTrue(cost < before && cost > limit - 0.05, steps + " steps: " + cost);
            before = cost;
        }
        assertEquals(limit, before, 0.08);
    }

    /** Each step from SNR s to SNR t costs 0.5 (s - t) times the error 1 / (1 + t) of the best estimate at its noisier end. */
    @Test
    void stepsOfNormalDataHaveTheClosedForm() {
        NoiseSchedule schedule = NoiseSchedule.cosine();
        for (int steps : new int[] {1, 5, 20}) {
            double step = (CLEANEST - NOISIEST) / steps;
            double exact = 0;
            for (int i = 1; i <= steps; i++) {
                double snr = Math.exp(CLEANEST - i * step);
                exact += 0.5 * Math.expm1(step) * snr / (1 + snr);
            }
            assertEquals(exact, mean(nats(bound(schedule, steps), exact(schedule), even())), 0.01 * exact);
        }
    }

    /** A network that predicts no noise misses all of it, whatever the images: 0.5 T expm1(range / T) nats a number. */
    @Test
    void withStepsIsTheBoundOfSoManySteps() {
        ImageSource images = images(200, 1);
        NoiseSchedule schedule = NoiseSchedule.cosine();
        Tokenizer tokenizer = PatchPCA.patch(2).components(4).fit(images, Rng.of(1), Progress.none());
        DiffusionBound.Estimate none = (noised, times) -> scaled(noised, times, t -> 1 / schedule.gamma(t));
        Likelihood likelihood = Likelihood.of(new Reconstruction(tokenizer, none), bound(schedule, 0), images);
        for (int steps : new int[] {4, 30}) {
            double nats = 0.5 * steps * Math.expm1((CLEANEST - NOISIEST) / steps);
            BitsPerDimension bits = likelihood.withSteps(steps).of(images, Rng.of(4), Progress.none());
            assertEquals(nats / Math.log(2), bits.terms().diffusion(), 0.02 * nats / Math.log(2));
        }
    }

    static Stream<NoiseSchedule> drawn() {
        return Stream.of(NoiseSchedule.cosine(), NoiseSchedule.laplace(0, 4), NoiseSchedule.through(14, 10, 1, -6));
    }

    /** Where levels are drawn moves no mean. */
    @ParameterizedTest
    @MethodSource("drawn")
    void theBoundIsTheSameWhereverLevelsAreDrawn(NoiseSchedule drawn) {
        NoiseSchedule schedule = NoiseSchedule.cosine();
        double exact = 0.5 * Math.log((1 + Math.exp(CLEANEST)) / (1 + Math.exp(NOISIEST)));
        DiffusionBound bound = bound(schedule, 0).withDrawn(drawn);
        assertEquals(exact, mean(nats(bound, exact(schedule), even())), 0.2, drawn.toString());
        double some = mean(nats(bound.withSteps(20), exact(schedule), even()));
        double many = mean(nats(bound.withSteps(2000), exact(schedule), even()));
        assertTrue(some > many && many > exact - 0.2, some + " " + many);
    }

    /** The error of the exact estimate is SNR / (1 + SNR) / 2 nats, all alike but for the noisy end: so are the visits. */
    @Test
    void theLeastVariancesLevelsAreFoundAndHaveLess() {
        NoiseSchedule schedule = NoiseSchedule.cosine();
        DiffusionBound even = bound(schedule, 0);
        double[] places = even();
        double[] nats = nats(even, exact(schedule), places);
        LeastVariance found = new LeastVariance();
        for (int i = 0; i < places.length; i++) {
            found.saw(places[i], nats[i]);
        }
        NoiseSchedule learnt = found.between(CLEANEST, NOISIEST);
        assertEquals(CLEANEST, learnt.logSnr(0));
        assertEquals(NOISIEST, learnt.logSnr(1));
        double share = learnt.logSnrDensity(-3) / learnt.logSnrDensity(8);
        assertEquals(
                Math.exp(-3) / (1 + Math.exp(-3)), share, 0.06, "visits of a noisy level beside those of a clean one");
        DiffusionBound drawn = even.withDrawn(learnt);
        double[] better = nats(drawn, exact(schedule), places);
        assertEquals(mean(nats), mean(better), 0.1);
        assertTrue(variance(better) < 0.8 * variance(nats), variance(better) + " " + variance(nats));
    }

    @Test
    void sharedLevelsVaryLessThanIndependentOnes() {
        NoiseSchedule schedule = NoiseSchedule.cosine();
        DiffusionBound bound = bound(schedule, 0);
        int rounds = 40;
        double[] shared = new double[rounds];
        double[] independent = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            var generator = Rng.of(9).at(round).generator();
            double[] even = Likelihood.places(Rng.of(8).at(round), 0, IMAGES, IMAGES);
            double[] any = new double[IMAGES];
            for (int i = 0; i < IMAGES; i++) {
                any[i] = generator.nextDouble();
            }
            shared[round] = mean(nats(bound, exact(schedule), even));
            independent[round] = mean(nats(bound, exact(schedule), any));
        }
        assertTrue(variance(shared) < variance(independent), variance(shared) + " " + variance(independent));
    }

    private static double variance(double[] values) {
        double mean = mean(values);
        return Arrays.stream(values).map(x -> (x - mean) * (x - mean)).sum() / (values.length - 1);
    }

    @Test
    void thePriorIsTheDivergenceOfTwoGaussians() {
        DiffusionBound bound = bound(NoiseSchedule.cosine(), 0);
        double signal = 1 / (1 + Math.exp(5));
        double noise = 1 - signal;
        double x = 1.7;
        double expected = 0.5 * (signal * x * x + noise - Math.log(noise) - 1);
        assertEquals(expected, bound.prior((float) x), 1e-6);
    }

    @Test
    void levelsAreCertainWithoutNoiseAndUniformWithMuch() {
        float[] pixels = {-1, 0.2f / 51, 1, 51 / 127.5f - 1};
        pixels[1] = 128 / 127.5f - 1;
        assertEquals(0, new PixelLevels(1e-4).nats(pixels, pixels), 1e-9);
        assertEquals(4 * Math.log(256), new PixelLevels(1e6).nats(pixels, pixels), 1e-6);
        // A Gaussian much wider than a level and far from the ends: its density times the step.
        double density = Math.log(0.05 * Math.sqrt(2 * Math.PI) / (2 / 255.0));
        float[] middle = {pixels[1]};
        assertEquals(density, new PixelLevels(0.05).nats(middle, middle), 1e-3);
        Expect.refused(() -> new PixelLevels(1).nats(new float[] {0.001f}, 0), "256 levels", "0.001");
    }

    /** Waves of 256 levels. */
    private static ImageSource images(int count, long seed) {
        float[] pixels = Synthetic.waves(count, seed).data().asFloat();
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) (Math.rint((pixels[i] + 1) * 127.5) / 127.5 - 1);
        }
        return ImageSource.of(
                Nd4j.createFromArray(pixels).reshape('c', count, 1, Synthetic.SHAPE.height(), Synthetic.SHAPE.width()),
                new int[0],
                List.of());
    }

    /** An orthonormal basis keeps volume: latents of one patch size and of another have the same bound. */
    @Test
    void latentsOfFullOrthonormalBasesAgree() {
        ImageSource images = images(400, 1);
        NoiseSchedule schedule = NoiseSchedule.cosine();
        double[] totals = new double[2];
        for (int i = 0; i < 2; i++) {
            int patch = 2 << i;
            Tokenizer tokenizer =
                    PatchPCA.patch(patch).components(patch * patch).fit(images, Rng.of(1), Progress.none());
            BitsPerDimension bits = Likelihood.of(
                            new Reconstruction(tokenizer, exact(schedule)),
                            DiffusionBound.between(schedule, CLEANEST, -10),
                            images)
                    .withSamples(8)
                    .of(images, Rng.of(3), Progress.none());
            totals[i] = bits.total();
            assertTrue(bits.standardError() > 0 && bits.standardError() < 0.2, bits.toString());
        }
        assertEquals(totals[0], totals[1], 0.05);
        // The closed form again: levels of pixels are certain given the cleanest latents.
        assertEquals(0.5 * Math.log(1 + Math.exp(CLEANEST)) / Math.log(2), totals[0], 0.1);
    }

    @Test
    void whatATokenizerLeavesOutCosts() {
        ImageSource images = images(100, 1);
        NoiseSchedule schedule = NoiseSchedule.cosine();
        DiffusionBound bound = DiffusionBound.between(schedule, CLEANEST, -10);
        double[] reconstruction = new double[2];
        for (int i = 0; i < 2; i++) {
            Tokenizer tokenizer = PatchPCA.patch(4).components(i == 0 ? 16 : 4).fit(images, Rng.of(1), Progress.none());
            reconstruction[i] = Likelihood.of(new Reconstruction(tokenizer, exact(schedule)), bound, images)
                    .of(images, Rng.of(3), Progress.none())
                    .terms()
                    .reconstruction();
        }
        assertTrue(reconstruction[1] > reconstruction[0] + 1, Arrays.toString(reconstruction));
    }

    @Test
    void trainingLowersTheBitsOfHeldOutImages() {
        ImageSource images = images(200, 1);
        Recipe recipe = Synthetic.recipe()
                .withTokenizer(PatchPCA.patch(4).components(16))
                .withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.velocity())
                .withSchedule(NoiseSchedule.cosine())
                .withTraining(Training.epochs(15).withBatchSize(20).withRate(3e-3));
        double[] bits = new double[2];
        try (LatentDAE untrained = LatentDAE.untrained(recipe, images, Rng.of(1));
                LatentDAE trained = recipe.train(images, Rng.of(1), Progress.none())) {
            bits[0] = Likelihood.of(untrained, images)
                    .of(images(60, 2), Rng.of(3), Progress.none())
                    .total();
            BitsPerDimension measured = Likelihood.of(trained, images).of(images(60, 2), Rng.of(3), Progress.none());
            bits[1] = measured.total();
            assertEquals(60, measured.images());
            BitsPerDimension again = Likelihood.of(trained, images).of(images(60, 2), Rng.of(3), Progress.none());
            assertEquals(measured, again);
            Likelihood even = Likelihood.of(trained, images).withSamples(4);
            NoiseSchedule learnt = even.leastVariance(images, Rng.of(4), Progress.none());
            BitsPerDimension moved = even.withLevels(learnt).of(images(60, 2), Rng.of(3), Progress.none());
            assertEquals(bits[1], moved.total(), 6 * (measured.standardError() + moved.standardError()));
        }
        assertTrue(bits[1] < bits[0], Arrays.toString(bits));
    }

    /** One that predicts clean latents is off by little where noise is less still: a bound from there on is thousands of bits. */
    @Test
    void theBoundBeginsWhereTheNetworkStillTells() {
        ImageSource images = images(200, 1);
        Recipe recipe = Synthetic.recipe()
                .withTokenizer(PatchPCA.patch(4).components(16))
                .withSchedule(NoiseSchedule.cosine())
                .withTraining(Training.epochs(3).withBatchSize(20).withRate(3e-3));
        try (LatentDAE model = recipe.train(images, Rng.of(1), Progress.none())) {
            DiffusionBound widest = DiffusionBound.between(recipe.schedule(), CLEANEST, -10);
            double all = Likelihood.of(new Reconstruction(model.tokenizer(), model::estimate), widest, images)
                    .of(images(60, 2), Rng.of(3), Progress.none())
                    .total();
            Likelihood found = Likelihood.of(model, images);
            BitsPerDimension bits = found.of(images(60, 2), Rng.of(3), Progress.none());
            assertTrue(found.cleanest() > -10 && found.cleanest() < CLEANEST, "begins at " + found.cleanest());
            assertTrue(all > 100 && bits.total() < 8, all + " and " + bits);
        }
    }

    @Test
    void whatDefinesNoLikelihoodIsRefused() {
        ImageSource images = images(10, 1);
        Recipe single = Synthetic.recipe().withSchedule(NoiseSchedule.single(0.5));
        try (LatentDAE model = LatentDAE.untrained(single, images, Rng.of(1));
                LatentDAE many = LatentDAE.untrained(Synthetic.recipe(), images, Rng.of(1))) {
            Expect.refused(() -> Likelihood.of(model, images), "many levels", "single");
            Likelihood likelihood = Likelihood.of(many, images);
            Expect.refused(() -> likelihood.withLevels(NoiseSchedule.through(1, 0)), "logSNR", "1.0", "0.0");
            Expect.refused(() -> likelihood.withSamples(0), "draw", "0");
            Expect.refused(() -> likelihood.withSteps(0), "step", "0");
            Expect.refused(() -> likelihood.of(images.limit(1), Rng.of(1), Progress.none()), "2 images");
            Expect.refused(() -> likelihood.of(Synthetic.images(4, 1), Rng.of(1), Progress.none()), "256 levels");
            assertEquals(List.of(), Likelihood.problems(many, images));
            String problems = Likelihood.problems(model, Synthetic.images(4, 1)).toString();
            assertTrue(problems.contains("single level") && problems.contains("image 0: expected pixels"), problems);
        }
    }
}
