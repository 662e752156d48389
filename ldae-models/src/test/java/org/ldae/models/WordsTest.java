package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ldae.baselines.PatchDictionary;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.deconstruction.Preset;
import org.ldae.inference.Features;
import org.ldae.inference.Predictor;
import org.ldae.study.Study;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/** What JShell shows of an object: its kind and its sizes. */
class WordsTest {

    private static final ImageSource IMAGES = Synthetic.images(12, 1);

    @Test
    void objectsSayTheirKindAndSizes() {
        assertEquals("ImageSource[12 images [1, 8, 12], no labels]", IMAGES.toString());
        assertEquals(
                "ImageSource[2 images [1, 8, 12], no labels]",
                IMAGES.select(0, 1).cached().toString());
        assertTrue(new Dataset(IMAGES, IMAGES).toString().contains("train=ImageSource[12 images"));
        try (Trainer trainer = Trainer.start(Synthetic.recipe(), IMAGES, Rng.of(1), Progress.none());
                LatentDAE model = trainer.model();
                PlainEncoder plain = model.plainEncoder(0.01);
                Predictor predictor = plain.predictor(Features.pooled())) {
            trainer.step();
            String parameters = "%,d parameters".formatted(trainer.parameterCount());
            assertTrue(trainer.toString().startsWith("Trainer[step 1 of "), trainer::toString);
            assertTrue(trainer.toString().endsWith(parameters + ", 12 images [1, 8, 12]]"), trainer::toString);
            assertTrue(model.toString().contains(parameters), model::toString);
            assertTrue(model.toString().contains("[1, 8, 12]"), model::toString);
            String blocks = "%d blocks of width %d"
                    .formatted(
                            Synthetic.network().encoderBlocks(),
                            Synthetic.network().width());
            assertTrue(
                    plain.toString().startsWith("PlainEncoder[TokenGrid[image=[1, 8, 12], patch=4], " + blocks),
                    plain::toString);
            for (Object each : List.of(
                    IMAGES,
                    trainer,
                    model,
                    plain,
                    predictor,
                    Rng.of(1),
                    PatchDictionary.filters(2).withSamples(10).fit(IMAGES, Rng.of(1)))) {
                String name = each.getClass().getSimpleName();
                assertTrue(each.toString().startsWith(each == IMAGES ? "ImageSource[" : name + "["), each::toString);
                assertFalse(each.toString().contains("@"), each::toString);
            }
        }
    }

    @Test
    void aRecipeIsALineForEachPartAndLosesNothingInItsJsonAndDiff() {
        Recipe recipe = Recipe.latentDAE(PatchPCA.patch(7).components(12));
        assertEquals("""
            Recipe
              tokenizer  PatchPCA[patch=7, components=12]
              schedule   Additive[maxSigma=1.414]
              input      IMAGE
              output     IMAGE
              objective  OriginalImage[weighting=SIGNAL_SHARE, tailWeight=0.1]
              denoiser   VisionTransformer[width=192, heads=3, encoderBlocks=6, decoderBlocks=6, conditioning=ADALN_ZERO]
              training   Training[length=20 epochs, batchSize=128, rate=0.001]\
            """, recipe.toString());
        Recipe other = recipe.withTraining(Training.steps(500)
                        .withWarmup(7)
                        .withAugmentation(Augmentation.none().withFlip()))
                .withDropping(Dropping.of(0.5))
                .withDenoiser(VisionTransformer.tiny().withConditionWidth(20));
        for (String told : List.of("500 steps", "warmup=7.0", "flip=true", "share=0.5", "conditionWidth=20")) {
            assertTrue(other.toString().contains(told), other::toString);
        }
        assertEquals(recipe, Recipe.fromJson(recipe.toJson()));
        assertTrue(
                recipe.diff(other)
                        .keySet()
                        .containsAll(List.of("dropping.share", "denoiser.conditionWidth", "training.warmup")),
                () -> recipe.diff(other).toString());
    }

    @Test
    void optionsOfTokenizersAndStudiesFitALine() {
        Preset preset = Preset.tiny();
        for (Object each : List.of(
                PatchPCA.patch(4).components(5),
                PatchAE.patch(4).dimension(5),
                PatchVAE.patch(4).dimension(5).withKlWeight(0.5),
                ConvVAE.factor(4).channels(2),
                new Dataset(IMAGES, IMAGES),
                preset.baseline().training(),
                preset,
                Study.of(preset, List.of(1L)))) {
            assertTrue(each.toString().length() < 250 && !each.toString().contains("@"), each::toString);
        }
        assertEquals(
                "PatchVAE[patch=4, dimension=5, klWeight=0.5]",
                PatchVAE.patch(4).dimension(5).withKlWeight(0.5).toString());
    }
}
