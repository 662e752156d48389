package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.nn.Parameters;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The encoder of a latent denoising autoencoder as a plain ViT of patches. */
class PlainEncoderTest {

    private static final ImageSource IMAGES = Synthetic.images(30, 1);

    static Stream<Arguments> recipes() {
        Recipe base = Synthetic.recipe();
        Recipe latent = base.withInput(Space.LATENT).withOutput(Space.LATENT, Objective.noise());
        return Stream.of(
                Arguments.of("image input", base, 0.3),
                Arguments.of("latent input, gamma below 1", latent.withSchedule(NoiseSchedule.linear()), 0.4),
                Arguments.of(
                        "linear autoencoder",
                        latent.withTokenizer(PatchAE.patch(4).dimension(5).withTraining(Training.steps(5))),
                        0.01),
                Arguments.of("no time", base.withSchedule(NoiseSchedule.single(0.5)), 0.0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipes")
    void foldedFeaturesAreThoseOfTheModel(String name, Recipe recipe, double time) {
        try (LatentDAE model = shaken(recipe);
                PlainEncoder plain = model.plainEncoder(time)) {
            for (int block = 1; block <= plain.blocks(); block++) {
                Features features = Features.tokens().after(block).at(time);
                INDArray expected = model.represent(IMAGES, features);
                Expect.close(name + ", block " + block, expected, plain.represent(IMAGES, features), 1e-5);
            }
            Expect.close(
                    "last",
                    model.represent(IMAGES, Features.pooled().at(time)),
                    plain.represent(IMAGES, Features.pooled()),
                    1e-5);
        }
    }

    @Test
    void severalBlocksLieSideBySide() {
        try (LatentDAE model = shaken(Synthetic.recipe());
                PlainEncoder plain = model.plainEncoder(0.1)) {
            for (Encoder encoder : List.of(model, plain)) {
                Features pyramid = Features.pyramid(1, 2).at(0.1).mirrored();
                INDArray both = encoder.represent(IMAGES, pyramid.after(1, 2));
                INDArray first = encoder.represent(IMAGES, pyramid.after(1));
                INDArray second = encoder.represent(IMAGES, pyramid.after(2));
                assertEquals(Nd4j.concat(1, first, second), both);
            }
        }
    }

    @Test
    void anotherTimeGivesAnotherEncoder() {
        try (LatentDAE model = shaken(Synthetic.recipe());
                PlainEncoder early = model.plainEncoder(0.1);
                PlainEncoder late = model.plainEncoder(0.9)) {
            INDArray one = early.represent(IMAGES, Features.pooled());
            assertTrue(one.distance2(late.represent(IMAGES, Features.pooled()))
                    > 1e-2 * one.norm2Number().doubleValue());
        }
    }

    /** A model none of whose weights, gates above all, is zero. */
    private static LatentDAE shaken(Recipe recipe) {
        Tokenizer tokenizer = recipe.tokenizer().fit(IMAGES, Rng.of(0), Progress.none());
        FittedRecipe fitted = FittedRecipe.of(recipe, tokenizer, IMAGES);
        Parameters parameters = fitted.layout().initialise(Rng.of(1));
        float[] values = parameters.values().toArray();
        float[] noise = new float[parameters.count()];
        Rng.of(4).normals(noise, 0, noise.length);
        for (int i = 0; i < noise.length; i++) {
            values[i] += 0.2f * noise[i];
        }
        parameters.values().put(values);
        return new LatentDAE(fitted, parameters, Provenance.of(1, IMAGES));
    }

    @Test
    void aTokenizerThatIsNotLinearIsRefused() {
        ImageSource images = Synthetic.images(40, 1);
        Recipe recipe = Synthetic.recipe()
                .withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.noise())
                .withTokenizer(ConvVAE.factor(2)
                        .channels(2)
                        .withTraining(Training.steps(1).withBatchSize(8)));
        try (LatentDAE model = LatentDAE.untrained(recipe, images, Rng.of(1))) {
            Expect.refused(() -> model.plainEncoder(0.1), "linear tokenizer", "ConvVAE");
        }
    }

    @Test
    void refusals(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("model.safetensors");
        try (LatentDAE model = LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(1))) {
            Expect.refused(() -> model.plainEncoder(1.5), "time", "[0, 1]", "1.5");
            model.save(file);
        }
        Expect.refused(CheckpointException.class, () -> PlainEncoder.load(file), "metadata", "network");
        PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(Synthetic.network(), new TokenGrid(Synthetic.SHAPE, 4));
        try (PlainEncoder encoder = PlainEncoder.untrained(sizes, IMAGES, Rng.of(1))) {
            assertEquals(2, encoder.blocks());
            Expect.refused(() -> encoder.represent(IMAGES, Features.pooled().after(3)), "block", "3");
            Expect.refused(() -> encoder.represent(IMAGES, Features.pooled().withNoise(1)), "features", "noise");
        }
    }
}
