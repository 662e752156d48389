package org.ldae.tokenizers.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.perceptual.FeatureNet;
import org.ldae.testing.Damaged;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.Codec;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.Samples;
import org.ldae.training.HeldOut;
import org.ldae.training.ImagePart;
import org.ldae.training.Share;
import org.ldae.training.Step;
import org.ldae.training.Task;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ConvVAETest {

    private static final ImageShape SHAPE = new ImageShape(3, 8, 12);
    private static final INDArray IMAGES = Samples.walks(40, SHAPE);
    private static final ImageSource SOURCE = Samples.source(IMAGES);
    private static final ConvVAEOptions OPTIONS = ConvVAE.factor(2)
            .channels(2)
            .withSizes(new ConvSizes(4, List.of(1, 2), 1))
            .withTraining(Training.steps(40)
                    .withBatchSize(8)
                    .withRate(5e-3)
                    .withWarmup(2)
                    .withHeldOut(HeldOut.every(20).withPatience(2)));
    private static final ConvVAE FITTED = fit(OPTIONS, 3);

    private static ConvVAE fit(ConvVAEOptions options, long seed) {
        return ConvVAE.fit(SOURCE, options, Rng.of(seed), Progress.none());
    }

    @Test
    void hasTheShapesOfATokenizer() {
        assertEquals(4, FITTED.grid().patch());
        assertEquals(6, FITTED.grid().tokens());
        assertEquals(8, FITTED.dimension());
        INDArray latents = FITTED.encode(IMAGES);
        assertArrayEquals(new long[] {40, 6, 8}, latents.shape());
        INDArray decoded = FITTED.decode(latents);
        assertArrayEquals(IMAGES.shape(), decoded.shape());
        assertEquals('c', decoded.ordering());
        assertTrue(FITTED.toString().contains("factor 2, 2 channels"), FITTED::toString);
    }

    @Test
    void learnsToReconstruct() {
        double[] errors = new double[2];
        for (int i = 0; i < 2; i++) {
            ConvVAE vae = i == 0
                    ? fit(
                            OPTIONS.withTraining(
                                    Training.steps(1).withBatchSize(8).withRate(1e-9)),
                            3)
                    : FITTED;
            INDArray back = vae.decode(vae.encode(IMAGES));
            errors[i] = back.squaredDistance(IMAGES) / IMAGES.length();
        }
        assertTrue(errors[1] < 0.5 * errors[0], () -> Arrays.toString(errors));
    }

    @Test
    void levelsNeedNoBlocks() {
        ConvVAE vae = fit(OPTIONS.withSizes(ConvSizes.tiny(2)), 3);
        assertEquals(new ConvSizes(8, List.of(1, 2), 0), vae.options().sizes());
        assertTrue(vae.parameters().names().stream().noneMatch(name -> name.startsWith("encoder.levels.0.0")));
        INDArray back = vae.decode(vae.encode(IMAGES));
        double energy = IMAGES.mul(IMAGES).meanNumber().doubleValue();
        assertTrue(back.squaredDistance(IMAGES) / IMAGES.length() < 0.5 * energy);
    }

    @Test
    void latentsOfTheTrainingImagesAreCentredAndOfUnitVariance() {
        // All images but the few that were held out: nearly those that gave centre and scale.
        Training training = OPTIONS.training();
        HeldOut.Split split = training.heldOut().split(SOURCE, training.batchSize(), Rng.of(3));
        INDArray rows = FITTED.encode(split.training()
                        .images(IntStream.range(0, split.training().size()).toArray()))
                .reshape(-1, 2);
        assertEquals(0, rows.mean(0).amaxNumber().doubleValue(), 1e-4);
        double square = rows.mul(rows).meanNumber().doubleValue();
        assertEquals(1, square, 1e-4);
    }

    @ParameterizedTest
    @EnumSource
    void everyScaleOfTheLatentsDecodesToTheSame(LatentScale scale) {
        ConvVAE other = fit(OPTIONS.withScale(scale), 3);
        INDArray expected = FITTED.decode(FITTED.encode(IMAGES));
        assertTrue(expected.equalsWithEps(other.decode(other.encode(IMAGES)), 1e-4));
        double[] channels =
                other.encode(IMAGES).reshape(-1, 2).std(false, 0).data().asDouble();
        boolean unit = Math.abs(channels[0] - 1) < 0.1 && Math.abs(channels[1] - 1) < 0.1;
        assertEquals(scale == LatentScale.PER_COMPONENT, unit, Arrays.toString(channels));
    }

    @Test
    void anImageDoesNotDependOnItsBatch() {
        INDArray many = Samples.walks(700, SHAPE); // more than one pass
        INDArray together = FITTED.encode(many);
        INDArray decoded = FITTED.decode(together);
        for (int i : new int[] {0, 341, 699}) {
            INDArray one = many.get(NDArrayIndex.interval(i, i + 1));
            INDArray latents = FITTED.encode(one);
            assertTrue(latents.equalsWithEps(together.get(NDArrayIndex.interval(i, i + 1)), 1e-5));
            assertTrue(FITTED.decode(latents).equalsWithEps(decoded.get(NDArrayIndex.interval(i, i + 1)), 1e-5));
        }
    }

    @Test
    void readsViewsAndFortranOrder() {
        INDArray latents = FITTED.encode(IMAGES);
        assertEquals(latents, FITTED.encode(IMAGES.dup('f')));
        assertEquals(latents, FITTED.encode(IMAGES.permute(0, 2, 3, 1).dup('c').permute(0, 3, 1, 2)));
        assertEquals(FITTED.decode(latents), FITTED.decode(latents.dup('f')));
    }

    @Test
    void threadsShareIt() {
        INDArray expected = FITTED.encode(IMAGES);
        INDArray decoded = FITTED.decode(expected);
        assertTrue(IntStream.range(0, 12)
                .parallel()
                .allMatch(i -> FITTED.encode(IMAGES).equals(expected)
                        && FITTED.decode(expected).equals(decoded)));
    }

    @Test
    void theCodecOfATrainingStepDoesTheSame() {
        Parameters none = Parameters.layout().initialise(Rng.of(1));
        try (Workspace work = Workspace.inference(Backend.kernels(), none)) {
            Codec codec = FITTED.codec(work, 40);
            Tensor patches = work.allocate(40 * 6, 48);
            Tensor latents = work.allocate(40 * 6, 8);
            patches.put(Patches.of(FITTED.grid()).patchify(IMAGES).data().asFloat());
            codec.encode(patches, latents);
            INDArray expected = FITTED.encode(IMAGES);
            Golden.assertClose("latents", expected.data().asFloat(), latents.toArray(), 1e-5);
            codec.decode(latents, patches);
            INDArray decoded = Patches.of(FITTED.grid()).patchify(FITTED.decode(expected));
            Golden.assertClose("patches", decoded.data().asFloat(), patches.toArray(), 1e-5);
            assertThrows(UnsupportedOperationException.class, () -> codec.encodeBackward(latents, patches));
        } finally {
            none.close();
        }
    }

    @Test
    void restoresExactlyFromItsTensors() {
        Map<String, INDArray> tensors = FITTED.tensors();
        ConvVAE restored = OPTIONS.restore(SHAPE, tensors);
        tensors.values().forEach(tensor -> tensor.assign(0));
        INDArray latents = FITTED.encode(IMAGES);
        assertEquals(latents, restored.encode(IMAGES));
        assertEquals(FITTED.decode(latents), restored.decode(latents));
        assertEquals(FITTED.tensors(), restored.tensors());
        assertEquals(FITTED.options(), restored.options());
        assertEquals(FITTED.parameterCount(), restored.parameterCount());
    }

    @Test
    void isAFunctionOfItsSeed() {
        assertEquals(FITTED.tensors(), fit(OPTIONS, 3).tensors());
        assertNotEquals(FITTED.tensors(), fit(OPTIONS, 4).tensors());
    }

    @Test
    void aLargeKlWeightPullsThePosteriorToTheNormal() {
        double free = divergence(fit(OPTIONS.withKlWeight(0), 3));
        double tight = divergence(fit(OPTIONS.withKlWeight(10), 3));
        assertTrue(tight < 0.2 * free, () -> tight + " against " + free);
    }

    /** What the divergence adds to the loss with weight 1. */
    private static double divergence(ConvVAE vae) {
        return meanLoss(vae, 1) - meanLoss(vae, 0);
    }

    private static double meanLoss(ConvVAE vae, double klWeight) {
        ConvVAEOptions options = OPTIONS.withKlWeight(klWeight).withTraining(checked(1));
        ConvImages.Judges judges = ConvImages.Judges.of(Rng.of(1), null);
        ConvTraining task = new ConvTraining(
                options, new HeldOut.Split(SOURCE, Optional.of(SOURCE)), Rng.of(1), vae.parameters(), judges);
        try (Workspace work = Workspace.training(Backend.kernels(), vae.parameters());
                Task.Part part = task.part(new Share(0, 1, 0, 8, 8), List.of(work))) {
            return part.heldOutLoss();
        }
    }

    /** Fourth-order central differences along random directions, the posterior's noise held fixed. */
    @Test
    void gradientsAreThoseOfDifferences() {
        ConvVAE vae = ConvVAEGoldenTest.restored();
        ImageSource images = Samples.source(Samples.walks(2, SHAPE));
        ConvImages.Judges judges = new ConvImages.Judges(ConvImages.Noise.of(Rng.of(8)), null);
        float[][] batch = new float[2][SHAPE.size()];
        for (int i = 0; i < 2; i++) {
            images.read(i, batch[i], 0);
        }
        try (Workspace work = Workspace.training(Backend.kernels(), vae.parameters());
                ImagePart part = ImagePart.of(
                        new Share(0, 1, 0, 2, 2),
                        (step, position) -> batch[position],
                        new ConvImages(vae.options(), vae.architecture(), work, 2, judges))) {
            Step step = Step.of(images, Rng.of(1), 0, 1);
            part.run(step);
            Tensor values = vae.parameters().values();
            float[] gradient = work.gradients().toArray();
            float[] start = values.toArray();
            double norm = Math.sqrt(dot(gradient, gradient));
            for (int k = 0; k < 3; k++) {
                float[] direction = new float[start.length];
                Rng.of(7).at(k).normals(direction, 0, direction.length);
                double[] losses = new double[5];
                for (int by = -2; by <= 2; by++) {
                    float[] moved = start.clone();
                    for (int i = 0; i < moved.length; i++) {
                        moved[i] += by * direction[i] / 512;
                    }
                    values.put(moved);
                    losses[by + 2] = part.run(step);
                }
                double slope = (8 * (losses[3] - losses[1]) - (losses[4] - losses[0])) * 512 / 12;
                assertEquals(slope, dot(gradient, direction), 2e-3 * norm);
            }
        }
    }

    private static double dot(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @Test
    void perceptualAndAdversarialLossesChangeTheFit() {
        FeatureNet.Options features = FeatureNet.small()
                .withSize(4, 1)
                .withTraining(Training.steps(10).withBatchSize(8).withWarmup(0).withHeldOut(HeldOut.every(1)));
        ImageSource labelled =
                ImageSource.of(IMAGES, IntStream.range(0, 40).map(i -> i % 2).toArray(), List.of("even", "odd"));
        List<String> stages = new ArrayList<>();
        ConvVAE perceptual = ConvVAE.fit(labelled, OPTIONS.withPerceptual(features, 0.5), Rng.of(3), event -> {
            if (stages.isEmpty() || !stages.get(stages.size() - 1).equals(event.stage())) {
                stages.add(event.stage());
            }
        });
        assertEquals(List.of("feature net", "ConvVAE"), stages);
        assertNotEquals(FITTED.encode(IMAGES), perceptual.encode(IMAGES));

        ConvVAEOptions game = OPTIONS.withAdversarial(new Adversarial(0.5, 30, 4, 1));
        assertEquals(40, told(game.withTraining(checked(1))).size(), "no early stop");
        ConvVAEOptions plain = OPTIONS.withTraining(checked(1000));
        List<Double> without = told(plain);
        List<Double> with = told(plain.withAdversarial(new Adversarial(0.5, 30, 4, 1)));
        assertEquals(without.subList(0, 30), with.subList(0, 30), "the discriminator counts not before its start");
        assertNotEquals(without.get(39), with.get(39), "and from then on");
    }

    private static Training checked(int patience) {
        return OPTIONS.training().withHeldOut(HeldOut.every(1).withPatience(patience));
    }

    /** The loss of each step of a fit. */
    private static List<Double> told(ConvVAEOptions options) {
        List<Double> losses = new ArrayList<>();
        ConvVAE.fit(
                SOURCE,
                options,
                Rng.of(3),
                event -> losses.add(event.number(Progress.Quantity.LOSS).orElseThrow()));
        return losses;
    }

    @Test
    void pixelsThatAreNoNumbersAreNamed() {
        ImageSource damaged = new Damaged(SOURCE, 7, 5, Float.NaN);
        String message = String.valueOf(assertThrows(
                        IllegalArgumentException.class, () -> ConvVAE.fit(damaged, OPTIONS, Rng.of(1), Progress.none()))
                .getMessage());
        assertTrue(message.contains("got NaN at position 5 of image"), message);
    }

    @Test
    void anInterruptEndsTheFit() {
        Progress interrupter = event -> Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, () -> ConvVAE.fit(SOURCE, OPTIONS, Rng.of(1), interrupter));
        assertTrue(Thread.interrupted());
    }
}
