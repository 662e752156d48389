package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.nd4j.linalg.factory.Nd4j;

/** What commit 719ca51 wrote is read, and trained on, as it was then. */
class OldCheckpointTest {

    private static Path file(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(
                        OldCheckpointTest.class.getResource("/checkpoints/before-doors/" + name + ".safetensors"))
                .toURI());
    }

    private static ImageSource images() {
        float[] pixels = new float[24 * 8 * 8];
        Rng.of(7).normals(pixels, 0, pixels.length);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.tanh(0.5 * pixels[i] + 0.4 * Math.sin(i * 0.1));
        }
        int[] labels = IntStream.range(0, 24).map(i -> i % 3).toArray();
        return ImageSource.of(Nd4j.create(pixels, new long[] {24, 1, 8, 8}, 'c'), labels, List.of("a", "b", "c"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"patch-pca", "patch-vae", "patch-ae", "conv-vae"})
    void modelsGiveTheSameFeaturesAndTrainingGoesOn(String name) throws IOException, URISyntaxException {
        Safetensors expected = Safetensors.read(file(name + "-expected"));
        Recipe recipe;
        long seed;
        try (LatentDAE model = LatentDAE.load(file(name))) {
            recipe = model.recipe();
            seed = model.provenance().seed();
            Expect.close(
                    "features",
                    expected.tensor("features").data().asFloat(),
                    model.represent(images(), Features.pooled()).data().asFloat(),
                    2e-6);
            Expect.close(
                    "tokens",
                    expected.tensor("tokens").data().asFloat(),
                    model.represent(images(), Features.tokens()).data().asFloat(),
                    2e-6);
        }
        assertEquals(recipe, Recipe.fromJson(recipe.toJson()));
        try (Trainer trainer = Trainer.resume(file(name), recipe, images(), Rng.of(seed))) {
            while (!trainer.finished()) {
                trainer.step();
            }
            assertArrayEquals(expected.tensor("losses").data().asDouble(), trainer.losses(), 1e-5);
        }
    }

    @Test
    void aPlainEncoderLoads() throws IOException, URISyntaxException {
        try (PlainEncoder encoder = PlainEncoder.load(file("plain-encoder"));
                LatentDAE model = LatentDAE.load(file("patch-pca"))) {
            Features features = Features.pooled().at(0.01);
            Expect.close(
                    "features",
                    model.represent(images(), features).data().asFloat(),
                    encoder.represent(images(), features).data().asFloat(),
                    1e-5);
        }
    }
}
