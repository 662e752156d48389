package org.ldae.perceptual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.tokenizers.Refusal.assertRefused;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.Samples;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FeatureNetTest {

    private static final ImageShape SHAPE = new ImageShape(1, 8, 12);
    private static final FeatureNet.Options OPTIONS = FeatureNet.small()
            .withSize(4, 1)
            .withTraining(Training.steps(120)
                    .withBatchSize(10)
                    .withRate(1e-2)
                    .withHeldOut(HeldOut.every(20).withPatience(3)));

    @TempDir
    Path folder;

    /** Stripes along either axis or none, of random phase: three classes that no single pixel tells apart. */
    private static ImageSource stripes(int count, long seed) {
        float[] pixels = new float[count * SHAPE.size()];
        float[] draws = new float[count];
        Rng.of(seed).normals(draws, 0, count);
        for (int i = 0; i < pixels.length; i++) {
            int image = i / SHAPE.size();
            int y = i % SHAPE.size() / SHAPE.width();
            int x = i % SHAPE.width();
            int along = image % 3 == 0 ? x : image % 3 == 1 ? y : 0;
            pixels[i] = (float) (0.8 * Math.sin(1.5 * along + 2 * draws[image]));
        }
        INDArray images = Nd4j.create(pixels, new long[] {count, 1, SHAPE.height(), SHAPE.width()}, 'c');
        int[] labels = IntStream.range(0, count).map(i -> i % 3).toArray();
        return ImageSource.of(images, labels, List.of("columns", "rows", "none"));
    }

    private static FeatureNet fit(long seed) {
        return FeatureNet.fit(stripes(90, 1), OPTIONS, Rng.of(seed), Progress.none());
    }

    @Test
    void asAnEncoderItsStagesAreBlocksAndItsPixelsTokens() {
        ImageSource images = stripes(11, 2);
        try (FeatureNet net = fit(1);
                Encoder encoder = net.encoder(SHAPE)) {
            assertEquals(3, encoder.blocks());
            assertArrayEquals(
                    numbers(net.represent(images)), numbers(encoder.represent(images, Features.pooled())), 1e-6f);
            float[] second = numbers(encoder.represent(images, Features.tokens().after(2)));
            assertEquals(11 * 4 * 6 * 8, second.length); // half the sides, twice the four channels
            float[] both = numbers(encoder.represent(images, Features.pooled().after(2, 3)));
            float[] one = numbers(encoder.represent(images, Features.pooled().after(2)));
            float[] last = numbers(encoder.represent(images, Features.pooled().after(3)));
            for (int i = 0; i < 11; i++) {
                assertArrayEquals(
                        Arrays.copyOfRange(one, 8 * i, 8 * i + 8), Arrays.copyOfRange(both, 24 * i, 24 * i + 8), 0);
                assertArrayEquals(
                        Arrays.copyOfRange(last, 16 * i, 16 * i + 16),
                        Arrays.copyOfRange(both, 24 * i + 8, 24 * i + 24),
                        0);
            }
            long deeper = encoder.reading(Features.pooled()).flopsPerImage();
            assertTrue(deeper > encoder.reading(Features.pooled().after(1)).flopsPerImage());
            assertRefused(() -> encoder.reading(Features.pooled().withNoise(1)), "noise", "feature net");
            assertRefused(() -> net.encoder(new ImageShape(3, 8, 12)), "1 channels", "3");
            try (FeatureNet untrained = net.untrained(Rng.of(2))) {
                assertNotEquals(net.represent(images), untrained.represent(images));
            }
        }
    }

    private static float[] numbers(INDArray array) {
        return array.data().asFloat();
    }

    @Test
    void learnsClassesAndReportsItsLoss() {
        List<Progress.Event> events = new ArrayList<>();
        try (FeatureNet net = FeatureNet.fit(stripes(90, 1), OPTIONS, Rng.of(1), events::add)) {
            assertTrue(net.accuracy(stripes(60, 2)) > 0.9, () -> "accuracy " + net.accuracy(stripes(60, 2)));
            assertEquals(1, net.channels());
            assertEquals(3, net.classes());
            assertEquals(16, net.width());
            assertArrayEquals(new long[] {60, 16}, net.represent(stripes(60, 2)).shape());
            Progress.Event last = events.get(events.size() - 1);
            assertTrue(last.number(Progress.Quantity.HELD_OUT_LOSS).orElseThrow() < 0.5, last::toString);
        }
    }

    @Test
    void isAFunctionOfItsSeedAndSurvivesAFile() throws IOException {
        Path file = folder.resolve("net.safetensors");
        ImageSource images = stripes(20, 3);
        try (FeatureNet net = fit(5);
                FeatureNet again = fit(5);
                FeatureNet other = fit(6)) {
            INDArray expected = net.represent(images);
            assertEquals(expected, again.represent(images));
            assertNotEquals(expected, other.represent(images));
            net.save(file);
            try (FeatureNet loaded = FeatureNet.load(file)) {
                assertEquals(expected, loaded.represent(images));
                assertArrayEquals(net.classify(images), loaded.classify(images));
                assertEquals(net.parameterCount(), loaded.parameterCount());
            }
        }
    }

    @Test
    void anImageDoesNotDependOnItsBatchAndThreadsShareTheNet() {
        INDArray images = Samples.walks(40, new ImageShape(3, 16, 16));
        try (FeatureNet net = FeatureNet.load(Golden.path("features/normalised"))) {
            INDArray together = net.represent(Samples.source(images));
            for (int i = 0; i < 40; i += 13) {
                INDArray one = images.get(NDArrayIndex.interval(i, i + 1)).dup();
                assertTrue(net.represent(Samples.source(one))
                        .equalsWithEps(together.get(NDArrayIndex.interval(i, i + 1)), 1e-5));
            }
            assertTrue(IntStream.range(0, 8)
                    .parallel()
                    .allMatch(i -> net.represent(Samples.source(images)).equals(together)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void missingLabelsAndImagesThatDoNotFitAreRefused() throws IOException {
        ImageSource unlabelled = Samples.source(Samples.walks(20, SHAPE));
        assertRefused(
                () -> FeatureNet.fit(unlabelled, OPTIONS, Rng.of(1), Progress.none()),
                "images: expected labels",
                "got 0 classes",
                "FeatureFile");
        ImageSource small =
                ImageSource.of(Samples.walks(20, new ImageShape(1, 3, 12)), new int[20], List.of("only", "two"));
        assertRefused(
                () -> FeatureNet.fit(small, OPTIONS, Rng.of(1), Progress.none()), "sides of at least 4", "got 3 x 12");
        assertRefused(() -> FeatureNet.fit(stripes(8, 1), OPTIONS, Rng.of(1), Progress.none()), "batch of 10 images");
        try (FeatureNet net = FeatureNet.load(Golden.path("features/vgg"))) {
            assertRefused(() -> net.represent(unlabelled), "expected 3 channels", "got 1");
            assertFails(IllegalStateException.class, () -> net.classify(unlabelled), "without classes");
            assertFails(IllegalStateException.class, () -> net.save(folder.resolve("x")), "copy that file");
        }
    }

    @Test
    void trainingThatDivergesSaysSo() {
        FeatureNet.Options steep = OPTIONS.withTraining(
                Training.steps(50).withBatchSize(10).withRate(1e30).withClipNorm(0));
        assertFails(
                IllegalStateException.class,
                () -> FeatureNet.fit(stripes(90, 1), steep, Rng.of(1), Progress.none()),
                "feature net",
                "lower the rate");
    }

    @Test
    void optionsCheckThemselves() {
        assertRefused(() -> OPTIONS.withSize(3, 1), "width >= 4", "got 3");
        assertRefused(() -> OPTIONS.withSize(4, 0), "blocks >= 1", "4, 0");
    }

    @Test
    void aFileOfAnotherLayoutIsRefusedByItsTensors() throws IOException {
        Path file = folder.resolve("other.safetensors");
        Safetensors.builder()
                .tensor("encoder.weight", Nd4j.zeros(2, 2))
                .tensor("features.1.weight", Nd4j.zeros(2, 2))
                .write(file);
        assertFails(
                IOException.class,
                () -> FeatureNet.load(file),
                "other.safetensors",
                "VGG",
                "got 2 tensors [encoder.weight, features.1.weight]");
        Safetensors full = Safetensors.read(Golden.path("features/resnet"));
        var builder = Safetensors.builder();
        for (String name : full.names()) {
            if (!name.equals("layer2.0.bn1.running_mean")) {
                builder.tensor(name, full.tensor(name));
            }
        }
        builder.write(file);
        assertFails(IOException.class, () -> FeatureNet.load(file), "'layer2.0.bn1.running_mean'");
        var wrong = Safetensors.builder();
        for (String name : full.names()) {
            wrong.tensor(name, name.equals("layer1.0.conv1.weight") ? Nd4j.zeros(4, 5, 3, 3) : full.tensor(name));
        }
        wrong.write(file);
        assertFails(IOException.class, () -> FeatureNet.load(file), "layer1.0.conv1.weight", "got 180");
    }

    @Test
    void aFeatureFileIsKnownByItsContent() throws IOException {
        Path file = folder.resolve("net.safetensors");
        Files.copy(Golden.path("features/vgg"), file);
        FeatureFile source = FeatureFile.of(file);
        ImageSource images = Samples.source(Samples.walks(2, new ImageShape(3, 8, 8)));
        try (FeatureNet net = source.obtain(images, Rng.of(1), Progress.none())) {
            assertEquals(6, net.width());
        }
        Files.copy(Golden.path("features/resnet"), file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertFails(
                UncheckedIOException.class,
                () -> source.obtain(images, Rng.of(1), Progress.none()),
                "SHA-256 " + source.sha256(),
                "FeatureFile.of");
        Files.delete(file);
        assertThrows(UncheckedIOException.class, () -> source.obtain(images, Rng.of(1), Progress.none()));
        assertRefused(() -> new FeatureFile("a", "12"), "64 hexadecimal digits", "'12'");
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "LDAE_DATA", matches = ".+")
    void resNet20IsRightOn9173OfCifarsTestImages() throws IOException {
        Path data = Path.of(System.getenv().getOrDefault("LDAE_DATA", ""));
        ImageSource test = Dataset.cifar10(data.resolve("cifar-10-batches-bin")).test();
        Path file = data.resolve("weights").resolve("cifar10-resnet20-12fca82f.safetensors");
        try (FeatureNet net = FeatureNet.load(file)) {
            assertEquals(0.9173, net.accuracy(test), 1e-9);
        }
    }

    private static void assertFails(Class<? extends Exception> type, Executable call, String... parts) {
        String message = String.valueOf(assertThrows(type, call).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
        }
    }
}
