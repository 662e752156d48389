package org.ldae.models;

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
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.training.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Clean latents from noised ones, for every kind of recipe. */
class EstimateTest {

    private static final double SIGMA = 0.6;

    static Stream<Recipe> recipes() {
        Recipe image = Synthetic.recipe();
        Recipe latent = image.withInput(Space.LATENT).withOutput(Space.LATENT, Objective.latent());
        Recipe preserving = latent.withSchedule(NoiseSchedule.linear());
        return Stream.of(
                image,
                image.withSchedule(NoiseSchedule.cosine()),
                image.withSchedule(NoiseSchedule.single(SIGMA)),
                image.withOutput(Space.IMAGE, Objective.latent()),
                image.withOutput(Space.LATENT, Objective.latent()),
                latent,
                preserving.withOutput(Space.LATENT, Objective.noise()),
                preserving.withOutput(Space.LATENT, Objective.velocity()),
                latent.withOutput(Space.IMAGE, Objective.latent())
                        .withTokenizer(PatchAE.patch(4).dimension(3).withTraining(Training.steps(5))),
                preserving
                        .withOutput(Space.LATENT, Objective.noise())
                        .withTokenizer(ConvVAE.factor(2)
                                .channels(1)
                                .withTraining(Training.steps(5).withBatchSize(8))));
    }

    private static LatentDAE trained(Recipe recipe) {
        return recipe.withTraining(Training.epochs(1).withBatchSize(8).withRate(1e-2))
                .train(labelled(24), Rng.of(1), Progress.none());
    }

    private static ImageSource labelled(int count) {
        int[] labels = new int[count];
        Arrays.setAll(labels, i -> i % 3);
        return ImageSource.of(Synthetic.waves(count, 1), labels, List.of("a", "b", "c"));
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void isWhatDenoisingShowsAsAnImage(Recipe recipe) {
        try (LatentDAE model = trained(recipe)) {
            INDArray noisy = model.addNoise(Synthetic.waves(5, 3), SIGMA, Rng.of(2));
            double t = recipe.schedule().timeOf(SIGMA);
            INDArray noised =
                    model.tokenizer().encode(noisy).muli(recipe.schedule().gamma(t));
            INDArray estimate = model.estimate(noised, t);
            INDArray denoised = model.denoise(noisy, SIGMA);
            if (recipe.output() == Space.IMAGE) {
                Expect.close("latents", model.tokenizer().encode(denoised), estimate, 1e-4);
            } else {
                Expect.close("images", denoised, model.tokenizer().decode(estimate), 1e-4);
            }
            assertTrue(estimate.distance2(noised) > 1e-2, "the network did something");
        }
    }

    @Test
    void latentsAloneEqualThemselvesInABatchOfOddSize() {
        // More than a pass of 1024 token rows holds, so that chunks and padding take part.
        INDArray noised = noise(531);
        int[] labels = new int[531];
        Arrays.setAll(labels, i -> i % 4 - 1);
        try (LatentDAE model = trained(told(0.5))) {
            INDArray before = noised.dup();
            INDArray all = model.estimate(noised, 0.3, labels);
            assertEquals(before, noised);
            assertEquals(all, model.estimate(noised.dup('f'), 0.3, labels));
            for (int i : new int[] {0, 169, 170, 530}) {
                Expect.close("item " + i, one(all, i), model.estimate(one(noised, i), 0.3, labels[i]), 1e-5);
            }
        }
    }

    @Test
    void labelsChangeTheEstimateAndNoneIsNoLabel() {
        INDArray noised = noise(2);
        try (LatentDAE model = trained(told(0.5))) {
            INDArray none = model.estimate(noised, 0.3);
            assertEquals(none, model.estimate(noised, 0.3, Conditions.NO_LABEL, Conditions.NO_LABEL));
            assertTrue(none.distance2(model.estimate(noised, 0.3, 1, 1)) > 1e-4);
            assertTrue(none.distance2(model.estimate(noised, 0.9)) > 1e-4);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        INDArray noised = noise(2);
        Recipe noise =
                Synthetic.recipe().withSchedule(NoiseSchedule.linear()).withOutput(Space.LATENT, Objective.noise());
        try (LatentDAE model = trained(told(0));
                LatentDAE noLabels = trained(noise)) {
            INDArray wide = Nd4j.zeros(DataType.FLOAT, 2, 6, 4);
            Expect.refused(() -> model.estimate(wide, 0.3, 0, 0), "noised", "[N, 6, 5]", "[2, 6, 4]");
            Expect.refused(() -> model.estimate(noised, 1.3, 0, 0), "1.3");
            Expect.refused(() -> model.estimate(noised, 0.3, 0), "labels", "2", "got 1");
            Expect.refused(() -> model.estimate(noised, 0.3, 0, 3), "labels", "below 3", "got 3");
            Expect.refused(() -> model.estimate(noised, 0.3, 0, -2), "labels", "got -2");
            Expect.refused(() -> model.estimate(noised, 0.3), "labels", "withDropout");
            Expect.refused(() -> noLabels.estimate(noised, 0.3, 0, 0), "labels", "below 0", "got 0");
            Expect.refused(() -> noLabels.estimate(noised, 1), "gamma");
        }
    }

    private static Recipe told(double dropout) {
        return Synthetic.recipe().withLabels(ClassLabels.withDropout(dropout));
    }

    private static INDArray noise(int count) {
        float[] numbers = new float[count * 6 * 5];
        Rng.of(7).normals(numbers, 0, numbers.length);
        return Nd4j.createFromArray(numbers).reshape('c', count, 6, 5);
    }

    private static INDArray one(INDArray array, int index) {
        return array.get(NDArrayIndex.interval(index, index + 1));
    }
}
