package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.training.Training;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A trained model and what can be asked of it. */
class LatentDAETest {

    private static final ImageSource IMAGES = Synthetic.images(30, 1);
    private static final int TOKENS = 6;
    private static final int WIDTH = 16;
    private static final LatentDAE MODEL = Synthetic.recipe().train(IMAGES, Rng.of(1), Progress.none());

    @TempDir
    Path folder;

    @AfterAll
    static void free() {
        MODEL.close();
    }

    private static LatentDAE untrained(Recipe recipe) {
        return LatentDAE.untrained(recipe, IMAGES, Rng.of(1));
    }

    private static INDArray one(INDArray images, int index) {
        return images.get(NDArrayIndex.interval(index, index + 1));
    }

    @Test
    void anImageAloneEqualsItselfInABatchOfOddSize() {
        // More than a pass of 1024 token rows holds, so that chunks and padding take part.
        INDArray images = Synthetic.waves(531, 3);
        INDArray all = MODEL.represent(images);
        assertArrayEquals(new long[] {531, WIDTH}, all.shape());
        for (int i : new int[] {0, 169, 170, 530}) {
            Expect.close("image " + i, one(all, i), MODEL.represent(one(images, i)), 1e-5);
        }
    }

    @Test
    void imagesHaveDifferentRepresentations() {
        INDArray all = MODEL.represent(Synthetic.waves(2, 3));
        assertTrue(one(all, 0).distance2(one(all, 1)) > 1e-2);
    }

    @Test
    void pooledIsTheMeanOfTheTokens() {
        ImageSource images = Synthetic.images(7, 3);
        INDArray tokens = MODEL.represent(images, Features.tokens());
        assertArrayEquals(new long[] {7, TOKENS * WIDTH}, tokens.shape());
        INDArray mean = tokens.reshape('c', 7, TOKENS, WIDTH).mean(1);
        Expect.close("mean", mean, MODEL.represent(images, Features.pooled()), 1e-5);
        Expect.close("default", mean, MODEL.represent(images), 1e-5);
    }

    @Test
    void everyBlockAndTimeGivesFeaturesOfItsOwn() {
        ImageSource images = Synthetic.images(3, 3);
        assertEquals(
                MODEL.represent(images),
                MODEL.represent(images, Features.pooled().after(2)));
        INDArray first = MODEL.represent(images, Features.pooled().after(1));
        INDArray third = MODEL.represent(images, Features.pooled().after(3));
        assertTrue(first.distance2(MODEL.represent(images)) > 1e-3);
        assertTrue(third.distance2(MODEL.represent(images)) > 1e-3);
        INDArray late = MODEL.represent(images, Features.pooled().at(0.9));
        assertTrue(late.distance2(MODEL.represent(images)) > 1e-4);
    }

    @Test
    void featuresOfAModelWithoutTimeDoNotDependOnIt() {
        try (LatentDAE single = untrained(Synthetic.recipe().withSchedule(NoiseSchedule.single(0.5)))) {
            ImageSource images = Synthetic.images(3, 3);
            assertEquals(
                    single.represent(images),
                    single.represent(images, Features.pooled().at(1)));
        }
    }

    @Test
    void viewsAndPermutedArraysAreReadAsWhatTheyShow() {
        INDArray images = Synthetic.waves(9, 3);
        INDArray permuted = images.permute(0, 1, 3, 2).dup('c').permute(0, 1, 3, 2);
        INDArray padded = Nd4j.zeros(DataType.FLOAT, 9, 1, 10, 14);
        padded.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(1, 9), NDArrayIndex.interval(2, 14))
                .assign(images);
        INDArray view = padded.get(
                NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(1, 9), NDArrayIndex.interval(2, 14));
        for (INDArray same : List.of(images.dup('f'), permuted, view)) {
            assertEquals(MODEL.represent(images), MODEL.represent(same));
            assertEquals(MODEL.denoise(images, 0.5), MODEL.denoise(same, 0.5));
            assertEquals(MODEL.addNoise(images, 0.5, Rng.of(1)), MODEL.addNoise(same, 0.5, Rng.of(1)));
        }
    }

    @Test
    void inputsAreLeftAsTheyAre() {
        INDArray images = Synthetic.waves(3, 3);
        INDArray before = images.dup();
        MODEL.represent(images);
        MODEL.denoise(images, 0.5);
        MODEL.addNoise(images, 0.5, Rng.of(1));
        assertEquals(before, images);
    }

    @Test
    void wrongShapesAreRefused() {
        INDArray wide = Nd4j.zeros(DataType.FLOAT, 2, 1, 8, 16);
        Expect.refused(() -> MODEL.represent(wide), "images", "[N, 1, 8, 12]", "[2, 1, 8, 16]");
        Expect.refused(() -> MODEL.denoise(wide, 0.5), "images", "[2, 1, 8, 16]");
        Expect.refused(() -> MODEL.addNoise(wide, 0.5, Rng.of(1)), "images", "[2, 1, 8, 16]");
        Expect.refused(() -> MODEL.represent(Nd4j.zeros(DataType.FLOAT, 1, 8, 12)), "leading axis");
        Expect.refused(() -> MODEL.represent(Nd4j.zeros(DataType.DOUBLE, 2, 1, 8, 12)), "float32", "DOUBLE");
        ImageSource other = ImageSource.of(wide, new int[0], List.of());
        Expect.refused(() -> MODEL.represent(other), "[1, 8, 12]", "[1, 8, 16]", "resize");
    }

    @Test
    void blocksThatAreNotThereAreRefused() {
        Expect.refused(() -> MODEL.represent(IMAGES, Features.pooled().after(4)), "block", "1 to 3", "4");
    }

    @Test
    void noiseIsAddedToTheLatents() {
        INDArray images = Synthetic.waves(200, 3);
        INDArray noisy = MODEL.addNoise(images, 0.7, Rng.of(5));
        assertArrayEquals(images.shape(), noisy.shape());
        Tokenizer tokenizer = MODEL.tokenizer();
        INDArray difference = tokenizer.encode(noisy).subi(tokenizer.encode(images));
        double[] values = new double[(int) difference.length()];
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            squares += Math.pow(difference.data().getFloat(i), 2);
        }
        assertEquals(0.7, Math.sqrt(squares / values.length), 0.02);
        assertEquals(noisy, MODEL.addNoise(images, 0.7, Rng.of(5)));
        assertTrue(noisy.distance2(MODEL.addNoise(images, 0.7, Rng.of(6))) > 1);
        Expect.close(
                "no noise", tokenizer.decode(tokenizer.encode(images)), MODEL.addNoise(images, 0, Rng.of(5)), 1e-5);
    }

    @Test
    void noiseBelowZeroIsRefused() {
        INDArray images = Synthetic.waves(2, 3);
        Expect.refused(() -> MODEL.addNoise(images, -0.1, Rng.of(1)), "sigma", "-0.1");
        Expect.refused(() -> MODEL.addNoise(images, Double.NaN, Rng.of(1)), "sigma", "NaN");
    }

    @Test
    void aTrainedModelRemovesNoise() {
        Recipe recipe = Synthetic.recipe()
                .withTraining(
                        Training.epochs(40).withBatchSize(15).withRate(5e-3).withWarmup(2));
        INDArray clean = Synthetic.waves(40, 77);
        try (LatentDAE start = untrained(recipe);
                LatentDAE trained = recipe.train(IMAGES, Rng.of(2), Progress.none())) {
            INDArray noisy = trained.addNoise(clean, 1, Rng.of(3));
            INDArray denoised = trained.denoise(noisy, 1);
            assertArrayEquals(clean.shape(), denoised.shape());
            double before =
                    Math.min(noisy.distance2(clean), start.denoise(noisy, 1).distance2(clean));
            double after = denoised.distance2(clean);
            assertTrue(after < 0.85 * before, () -> "error from %s to %s".formatted(before, after));
        }
    }

    @Test
    void aNetworkThatPredictsNoNoiseGivesTheNoisyImageBack() {
        // An untrained adaLN-Zero network predicts 0: z_0 = z_t / gamma, whose decoding is the input's projection.
        Recipe recipe = Synthetic.recipe()
                .withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.noise())
                .withSchedule(NoiseSchedule.linear());
        try (LatentDAE zero = untrained(recipe)) {
            INDArray noisy = zero.addNoise(Synthetic.waves(5, 3), 0.8, Rng.of(1));
            Expect.close("same", noisy, zero.denoise(noisy, 0.8), 1e-4);
        }
    }

    @Test
    void aNetworkThatPredictsNoVelocityShrinksTheNoisyLatent() {
        // v = 0 makes z_0 = gamma z_t / (gamma^2 + sigma^2), which is gamma^2 times what the input shows.
        Recipe recipe = Synthetic.recipe()
                .withOutput(Space.LATENT, Objective.velocity())
                .withSchedule(NoiseSchedule.cosine());
        try (LatentDAE zero = untrained(recipe)) {
            INDArray noisy = zero.addNoise(Synthetic.waves(5, 3), 0.8, Rng.of(1));
            Tokenizer tokenizer = zero.tokenizer();
            INDArray shrunk = tokenizer.decode(tokenizer.encode(noisy).muli(1 / (1 + 0.8 * 0.8)));
            Expect.close("shrunk", shrunk, zero.denoise(noisy, 0.8), 1e-4);
        }
    }

    @Test
    void aNetworkThatPredictsTheMeanLatentGivesTheMeanImage() {
        Recipe recipe = Synthetic.recipe().withOutput(Space.LATENT, Objective.latent());
        try (LatentDAE zero = untrained(recipe)) {
            INDArray denoised = zero.denoise(Synthetic.waves(5, 3), 0.8);
            INDArray mean = zero.tokenizer().decode(Nd4j.zeros(DataType.FLOAT, 5, TOKENS, 5));
            Expect.close("mean", mean, denoised, 1e-5);
        }
    }

    @Test
    void levelsTheScheduleLacksAreRefused() {
        INDArray images = Synthetic.waves(2, 3);
        Expect.refused(() -> MODEL.denoise(images, 1.5), "sigma", "1.414", "1.5");
        Expect.refused(() -> MODEL.denoise(images, -0.1), "sigma", "-0.1");
        try (LatentDAE single = untrained(Synthetic.recipe().withSchedule(NoiseSchedule.single(0.5)))) {
            Expect.refused(() -> single.denoise(images, 0.6), "sigma", "0.5", "0.6");
            assertArrayEquals(images.shape(), single.denoise(images, 0.5).shape());
        }
    }

    @Test
    void noiseOnlyIsRefusedWhereNothingIsLeftOfTheSignal() {
        try (LatentDAE linear = untrained(Synthetic.recipe().withSchedule(NoiseSchedule.linear()))) {
            INDArray images = Synthetic.waves(2, 3);
            Expect.refused(() -> linear.denoise(images, Double.POSITIVE_INFINITY), "sigma", "Infinity");
            Expect.refused(() -> linear.denoise(images, Double.NaN), "sigma", "NaN");
        }
    }

    @Test
    void aSavedModelIsTheSameModel() throws IOException {
        Path path = folder.resolve("model.safetensors");
        MODEL.save(path);
        INDArray images = Synthetic.waves(4, 3);
        try (LatentDAE loaded = LatentDAE.load(path)) {
            assertEquals(MODEL.represent(images), loaded.represent(images));
            assertEquals(MODEL.denoise(images, 0.4), loaded.denoise(images, 0.4));
            assertEquals(MODEL.addNoise(images, 0.4, Rng.of(1)), loaded.addNoise(images, 0.4, Rng.of(1)));
            assertEquals(MODEL.recipe(), loaded.recipe());
            assertEquals(MODEL.provenance(), loaded.provenance());
            assertEquals(MODEL.parameterCount(), loaded.parameterCount());
            Path again = folder.resolve("again.safetensors");
            loaded.save(again);
            assertArrayEquals(Files.readAllBytes(path), Files.readAllBytes(again));
        }
    }

    @Test
    void filesThatAreNotModelsAreRefused() throws IOException {
        Path path = folder.resolve("other.safetensors");
        Safetensors.builder().tensor("x", Nd4j.createFromArray(1f, 2f)).write(path);
        Expect.refused(CheckpointException.class, () -> load(path), path.toString(), "format ldae/1");
    }

    @Test
    void aTensorThatIsMissingOrOfAnotherShapeIsRefusedByName() throws IOException {
        Path path = folder.resolve("model.safetensors");
        MODEL.save(path);
        Path missing = folder.resolve("missing.safetensors");
        copy(path, missing, "denoiser.head.bias", null);
        Expect.refused(IOException.class, () -> load(missing), missing.toString(), "denoiser.head.bias");
        Path shorter = folder.resolve("shorter.safetensors");
        copy(path, shorter, "denoiser.head.bias", Nd4j.createFromArray(1f, 2f));
        Expect.refused(IOException.class, () -> load(shorter), shorter.toString(), "denoiser.head.bias", "[2]");
        Path turned = folder.resolve("turned.safetensors");
        INDArray weight = Safetensors.read(path).tensor("denoiser.blocks.00.mlp.first.weight");
        copy(
                path,
                turned,
                "denoiser.blocks.00.mlp.first.weight",
                weight.transpose().dup('c'));
        Expect.refused(IOException.class, () -> load(turned), "first.weight", "[32, 16]", "[16, 32]");
    }

    /** Copies a file, with one tensor left out or replaced. */
    private static void copy(Path from, Path to, String name, @Nullable INDArray other) throws IOException {
        Safetensors file = Safetensors.read(from);
        SafetensorsBuilder builder = Safetensors.builder();
        file.metadata().forEach(builder::metadata);
        for (String each : file.names()) {
            if (!each.equals(name)) {
                builder.tensor(each, file.tensor(each));
            } else if (other != null) {
                builder.tensor(each, other);
            }
        }
        builder.write(to);
    }

    private static void load(Path path) throws IOException {
        LatentDAE.load(path).close();
    }

    @Test
    void provenanceNamesTheVersionOfNd4j() {
        String jar =
                Nd4j.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        String version = MODEL.provenance().nd4j();
        assertTrue(jar.endsWith("/nd4j-api-" + version + ".jar"), version + " in " + jar);
        assertEquals("development", MODEL.provenance().library());
    }

    @Test
    void provenanceIsWrittenAsJson() {
        String json = MODEL.provenance().toJson();
        assertTrue(json.contains("\"seed\": 1"), json);
        assertTrue(json.contains(IMAGES.hash()), json);
        assertEquals(MODEL.provenance(), Provenance.fromJson(json));
        Expect.refused(() -> Provenance.fromJson("[1"), "provenance");
        Expect.refused(() -> Provenance.fromJson(""), "provenance");
    }

    @Test
    void untrainedModelsDifferOnlyBySeed() {
        INDArray images = Synthetic.waves(3, 3);
        try (LatentDAE first = untrained(Synthetic.recipe());
                LatentDAE same = untrained(Synthetic.recipe());
                LatentDAE other = LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(2))) {
            assertEquals(first.represent(images), same.represent(images));
            assertTrue(first.represent(images).distance2(other.represent(images)) > 1e-2);
        }
    }
}
