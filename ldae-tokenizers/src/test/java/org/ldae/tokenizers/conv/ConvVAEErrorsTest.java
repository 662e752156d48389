package org.ldae.tokenizers.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.tokenizers.Refusal.assertRefused;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.perceptual.FeatureFile;
import org.ldae.perceptual.FeatureNet;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.Samples;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ConvVAEErrorsTest {

    private static final ConvVAEOptions OPTIONS = ConvVAE.factor(2)
            .channels(2)
            .withSizes(new ConvSizes(4, List.of(1, 2), 1))
            .withTraining(Training.steps(3).withBatchSize(4).withWarmup(0).withHeldOut(HeldOut.every(1)));

    private static ImageSource images(int count, ImageShape shape) {
        return Samples.source(Samples.walks(count, shape));
    }

    private static void refusesToFit(ConvVAEOptions options, ImageSource images, String... parts) {
        assertRefused(() -> ConvVAE.fit(images, options, Rng.of(1), Progress.none()), parts);
    }

    @Test
    void optionsCheckThemselves() {
        assertRefused(() -> ConvVAE.factor(3).channels(4), "power of two", "got 3");
        assertRefused(() -> ConvVAE.factor(0).channels(4), "power of two", "got 0");
        assertRefused(() -> ConvVAE.factor(4).channels(0), "channels >= 1", "got 0");
        assertRefused(
                () -> OPTIONS.withTraining(OPTIONS.training().withCheckpointActivations(true)),
                "ConvVAE",
                "leave it out");
        assertRefused(() -> OPTIONS.withKlWeight(-1), "KL weight", "-1");
        assertRefused(() -> OPTIONS.withKlWeight(Double.NaN), "KL weight", "NaN");
        assertRefused(() -> OPTIONS.withSizes(new ConvSizes(4, List.of(1), 1)), "2 multipliers for factor 2", "[1]");
        assertRefused(() -> new ConvSizes(6, List.of(1), 1), "multiple of 4", "6");
        assertRefused(() -> new ConvSizes(4, List.of(1, 0), 1), "positive multipliers", "[1, 0]");
        assertRefused(() -> new ConvSizes(4, List.of(), 1), "[]");
        assertRefused(() -> new ConvSizes(4, List.of(1), -1), "blocks >= 0");
        assertRefused(() -> ConvVAE.factor(2).channels(4).latentDiffusion(), "4, 8, 16 or 32", "got 2");
        assertRefused(() -> new Adversarial(0, 0, 4, 1), "weight > 0", "0.0");
        assertRefused(() -> new Adversarial(1, -1, 4, 1), "start >= 0", "-1");
        assertRefused(
                () -> OPTIONS.withAdversarial(new Adversarial(1, 3, 4, 1)),
                "after 3 steps",
                "start 3",
                "withTraining first");
        assertRefused(() -> OPTIONS.withPerceptual(FeatureNet.small(), 0), "weight > 0", "0.0");
    }

    @Test
    void aDimensionIsFourTimesTheChannels() {
        assertEquals(16, ConvVAE.factor(8).channels(4).dimension());
        assertEquals(16, ConvVAE.factor(8).channels(4).patch());
        assertEquals(8, ConvVAE.factor(8).channels(4).withDimension(32).channels());
        assertRefused(() -> OPTIONS.withDimension(10), "multiple of 4", "got 10");
        assertRefused(() -> OPTIONS.withDimension(0), "channels >= 1");
    }

    @Test
    void publishedSizesAreThoseOfLatentDiffusion() {
        ConvVAEOptions published = ConvVAE.factor(8).channels(4).latentDiffusion();
        assertEquals(new ConvSizes(128, List.of(1, 2, 4, 4), 2), published.sizes());
        assertEquals(List.of(1, 1, 2, 2, 4), ConvSizes.latentDiffusion(16).multipliers());
    }

    @Test
    void imagesThatDoNotFitAreRefused() {
        refusesToFit(OPTIONS, images(20, new ImageShape(1, 8, 10)), "patch", "got 4 for [C, H, W] = [1, 8, 10]");
        refusesToFit(OPTIONS, images(3, new ImageShape(1, 8, 8)), "batch of 4 images");
        refusesToFit(OPTIONS, images(1, new ImageShape(1, 8, 8)), "at least 2");
        refusesToFit(
                OPTIONS.withAdversarial(new Adversarial(1, 0, 4, 3)),
                images(20, new ImageShape(1, 8, 8)),
                "sides of at least 32",
                "use fewer layers");
    }

    @Test
    void arraysOfAnotherShapeAreRefused() {
        ConvVAE vae = ConvVAEGoldenTest.restored();
        assertRefused(() -> vae.encode(Nd4j.zeros(DataType.FLOAT, 2, 1, 8, 12)), "[N, 3, 8, 12]", "[2, 1, 8, 12]");
        assertRefused(() -> vae.encode(Nd4j.zeros(DataType.FLOAT, 3, 8, 12)), "leading axis");
        assertRefused(() -> vae.encode(Nd4j.zeros(DataType.DOUBLE, 2, 3, 8, 12)), "float32", "DOUBLE");
        assertRefused(() -> vae.decode(Nd4j.zeros(DataType.FLOAT, 2, 6, 4)), "[N, 6, 8]", "[2, 6, 4]");
    }

    @Test
    void aPerceptualLossNeedsLabelsOrAFileOfItsChannels() throws java.io.IOException {
        ImageSource unlabelled = images(20, new ImageShape(1, 8, 8));
        refusesToFit(OPTIONS.withPerceptual(FeatureNet.small(), 1), unlabelled, "expected labels", "FeatureFile");
        refusesToFit(
                OPTIONS.withPerceptual(FeatureFile.of(Golden.path("features/vgg")), 1),
                unlabelled,
                "expected 3 channels",
                "got 1");
    }

    @Test
    void trainingThatDivergesSaysSo() {
        ConvVAEOptions steep = OPTIONS.withTraining(
                Training.steps(30).withBatchSize(4).withWarmup(0).withRate(1e30).withClipNorm(0));
        String message = String.valueOf(assertThrows(
                        IllegalStateException.class,
                        () -> ConvVAE.fit(images(20, new ImageShape(1, 8, 8)), steep, Rng.of(1), Progress.none()))
                .getMessage());
        assertTrue(message.contains("ConvVAE") && message.contains("lower the rate"), message);
    }

    @Test
    void latentsThatDoNotVaryAreRefused() {
        LatentNorm.Moments moments = new LatentNorm.Moments(2);
        moments.add(new float[] {1, 5, 3, 5}, 4);
        assertRefused(
                () -> moments.norm(LatentScale.PER_COMPONENT),
                "at most 1 for LatentScale.PER_COMPONENT",
                "got 2",
                "GLOBAL");
        assertArrayEquals(new double[] {2, 5}, moments.norm(LatentScale.GLOBAL).mean(), 1e-12);
        assertEquals(Math.sqrt(2), moments.norm(LatentScale.GLOBAL).factor()[1], 1e-12);
        LatentNorm.Moments same = new LatentNorm.Moments(1);
        same.add(new float[] {3, 3}, 2);
        assertRefused(() -> same.norm(LatentScale.GLOBAL), "some that vary");
    }

    @Test
    void damagedTensorsAreRefused() {
        ConvVAE vae = ConvVAEGoldenTest.restored();
        ImageShape shape = vae.grid().image();
        Map<String, INDArray> missing = vae.tensors();
        missing.remove("decoder.out.bias");
        assertRefused(() -> vae.options().restore(shape, missing), "decoder.out.bias");
        Map<String, INDArray> other = vae.tensors();
        other.put("encoder.in.weight", Nd4j.zeros(DataType.FLOAT, 4, 9));
        assertRefused(() -> vae.options().restore(shape, other), "encoder.in.weight", "[4, 27]", "[4, 9]");
        Map<String, INDArray> infinite = vae.tensors();
        Samples.tensor(infinite, "encoder.in.bias").putScalar(0, 1, Double.POSITIVE_INFINITY);
        assertRefused(() -> vae.options().restore(shape, infinite), "encoder.in.bias", "Infinity", "damaged");
        Map<String, INDArray> scale = vae.tensors();
        scale.put("latent.scale", Nd4j.createFromArray(1.0, 0.0));
        assertRefused(() -> vae.options().restore(shape, scale), "positive", "0.0");
        assertRefused(() -> vae.options().withDimension(16).restore(shape, vae.tensors()), "latent.mean", "[4]", "[2]");
    }
}
