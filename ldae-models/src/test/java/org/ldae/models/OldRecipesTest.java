package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.ldae.data.Augmentation;
import org.ldae.deconstruction.Preset;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;

/** Recipes that were written when epochs and steps had options of their own ({@code git show d1bf11e}). */
class OldRecipesTest {

    private static Recipe read(String name) throws IOException {
        String file = "/recipes/old-%s.json".formatted(name);
        try (InputStream in = Objects.requireNonNull(OldRecipesTest.class.getResourceAsStream(file), file)) {
            return Recipe.fromJson(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Recipe epochs() {
        Recipe recipe = Recipe.latentDAE(PatchPCA.patch(4).components(12));
        return recipe.withTraining(Training.epochs(7)
                .withBatchSize(64)
                .withRate(2e-3)
                .withWarmup(0.5)
                .withAverageDecay(0.99)
                .withCheckpointActivations(true)
                .withAugmentation(Augmentation.none().withFlip()));
    }

    @Test
    void epochsAndWarmupEpochs() throws IOException {
        assertEquals(epochs(), read("epochs"));
        assertEquals(epochs(), Recipe.fromJson(epochs().toJson()), "what is of this version stays");
    }

    @Test
    void stepsAndChecksOfALinearAutoencoder() throws IOException {
        Training brief =
                Training.steps(9).withRate(0.5).withHeldOut(HeldOut.every(3).withPatience(2));
        assertEquals(
                epochs().withOutput(Space.LATENT, Objective.latent())
                        .withTokenizer(PatchAE.patch(4).dimension(5).withTraining(brief)),
                read("patch-ae"));
    }

    @Test
    void batchSizeAndAugmentationBesideTheSteps() throws IOException {
        assertEquals(Preset.tiny().baseline(), read("conv-vae"));
    }
}
