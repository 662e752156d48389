package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.data.Augmentation;
import org.ldae.data.ColourJitter;
import org.ldae.data.RandomCrop;
import org.ldae.linalg.EigenSolver;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.noise.Weighting;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.perceptual.FeatureFile;
import org.ldae.perceptual.FeatureNet;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.tokenizers.conv.Adversarial;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.AdamW;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/** Recipes as values: parts that go together, differences, JSON. */
class RecipeTest {

    private static final Recipe BASE = Recipe.latentDAE(PatchPCA.patch(7).components(12));

    static Stream<Recipe> recipes() {
        return Stream.of(
                BASE,
                Recipe.singleLevel(PatchPCA.patch(4).components(3)),
                BASE.withSchedule(NoiseSchedule.linear()),
                BASE.withSchedule(NoiseSchedule.ddpm()).withOutput(Space.LATENT, Objective.noise()),
                BASE.withSchedule(NoiseSchedule.cosine()).withOutput(Space.LATENT, Objective.velocity()),
                BASE.withSchedule(NoiseSchedule.laplace(0, 0.5)),
                BASE.withSampling(TimeSampling.as(NoiseSchedule.laplace(1, 2))),
                BASE.withSchedule(NoiseSchedule.none()),
                BASE.withInput(Space.LATENT).withOutput(Space.LATENT, Objective.latent()),
                BASE.withTokenizer(PatchPCA.patch(2)
                        .components(1)
                        .withScale(LatentScale.PER_COMPONENT)
                        .withSolver(EigenSolver.PORTABLE)
                        .withImages(100)),
                latent(PatchAE.patch(4).dimension(3).withScale(LatentScale.NONE)),
                latent(PatchVAE.patch(4).dimension(3).withKlWeight(0.125)),
                latent(ConvVAE.factor(4)
                        .channels(2)
                        .withTraining(Training.steps(9).withRate(0.5).withHeldOut(HeldOut.every(3)))),
                latent(ConvVAE.factor(4)
                        .channels(2)
                        .withPerceptual(FeatureNet.small(), 0.5)
                        .withAdversarial(new Adversarial(0.5, 3, 8, 2))),
                latent(ConvVAE.factor(2).channels(1).withPerceptual(new FeatureFile("a/b", "0".repeat(64)), 1)),
                BASE.withDenoiser(VisionTransformer.large().withConditioning(VisionTransformer.Conditioning.NONE)),
                BASE.withTraining(Training.epochs(7)
                        .withBatchSize(3)
                        .withRate(1.0 / 3)
                        .withWarmup(0.1)
                        .withOptimizer(AdamW.Options.defaults().withBeta2(0.95).withWeightDecay(0.05))
                        .withClipNorm(0)
                        .withAverageDecay(0.9999)
                        .withCheckpointActivations(true)
                        .withAugmentation(Augmentation.none()
                                .withFlip()
                                .withShift(2)
                                .withCrop(RandomCrop.of(0.2))
                                .withJitter(new ColourJitter(0.4, 0.3, 0)))));
    }

    private static Recipe latent(TokenizerOptions tokenizer) {
        return BASE.withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.latent())
                .withTokenizer(tokenizer);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void jsonKeepsEverything(Recipe recipe) {
        assertEquals(recipe, Recipe.fromJson(recipe.toJson()));
        assertEquals(Map.of(), recipe.diff(Recipe.fromJson(recipe.toJson())));
        assertEquals(recipe.equals(BASE), BASE.diff(recipe).isEmpty());
    }

    @Test
    void diffShowsExactlyWhatChanged() {
        assertEquals(Map.of(), BASE.diff(BASE));
        assertEquals(
                Map.of("schedule.maxSigma", "1.414 -> 2.0"), BASE.diff(BASE.withSchedule(NoiseSchedule.additive(2))));
        assertEquals(
                Map.of("schedule.maxSigma", "1.4142135623730951 -> 1.4143"),
                BASE.diff(BASE.withSchedule(NoiseSchedule.additive(1.4143))),
                "rounding hides no difference");
        assertEquals(
                Map.of("training.length.count", "20 -> 40", "training.warmup", "2.0 -> 4.0"),
                BASE.diff(BASE.withTraining(Training.epochs(40))));
        assertEquals(
                Map.of("training.optimizer.weightDecay", "0.0 -> 0.05"),
                BASE.diff(BASE.withTraining(
                        BASE.training().withOptimizer(AdamW.Options.defaults().withWeightDecay(0.05)))));
        assertEquals(
                Map.of("tokenizer.components", "12 -> 16"),
                BASE.diff(BASE.withTokenizer(BASE.tokenizer().withDimension(16))));
        assertEquals(Map.of("input", "IMAGE -> LATENT"), BASE.diff(BASE.withInput(Space.LATENT)));
        assertEquals(
                Map.of("sampling.kind", "uniform -> as", "sampling.levels.kind", "- -> cosine"),
                BASE.diff(BASE.withSampling(TimeSampling.as(NoiseSchedule.cosine()))));
    }

    @Test
    void diffShowsWhatOnlyOneOfThemHas() {
        Recipe single = BASE.withSchedule(NoiseSchedule.single(0.5));
        assertEquals(
                Map.of(
                        "schedule.kind", "additive -> single",
                        "schedule.maxSigma", "1.414 -> -",
                        "schedule.level", "- -> 0.5"),
                BASE.diff(single));
    }

    @Test
    void defaultsAreThePapers() {
        assertEquals(NoiseSchedule.additive(Math.sqrt(2)), BASE.schedule());
        assertEquals(Space.IMAGE, BASE.input());
        assertEquals(Space.IMAGE, BASE.output());
        assertEquals(Objective.originalImage(), BASE.objective());
        assertEquals(
                NoiseSchedule.single(Math.sqrt(1.0 / 3)),
                Recipe.singleLevel(PatchPCA.patch(7).components(12)).schedule());
    }

    @Test
    void tokenizersThatCannotServeAnObjectiveAreRefused() {
        Expect.refused(
                () -> BASE.withTokenizer(PatchAE.patch(7).dimension(12)).requireSound(),
                "orthonormal basis",
                "PatchPCA",
                "PatchAE");
        Recipe compared = BASE.withOutput(Space.IMAGE, Objective.latent());
        assertEquals(
                PatchVAE.patch(7).dimension(12),
                compared.withTokenizer(PatchVAE.patch(7).dimension(12)).tokenizer());
        Expect.refused(
                () -> compared.withTokenizer(ConvVAE.factor(2).channels(1)).requireSound(),
                "gradient",
                "ConvVAE",
                "Space.LATENT");
    }

    @Test
    void partsThatDoNotGoTogetherAreRefused() {
        Expect.refused(
                () -> BASE.withOutput(Space.LATENT, Objective.originalImage()).requireSound(),
                "original image",
                "LATENT",
                "withOutput(Space.IMAGE, ...)");
        Expect.refused(
                () -> BASE.withOutput(Space.IMAGE, Objective.noise()).requireSound(),
                "NOISE",
                "IMAGE",
                "withOutput(Space.LATENT, ...)");
        Expect.refused(
                () -> BASE.withOutput(Space.IMAGE, Objective.velocity()).requireSound(),
                "VELOCITY",
                "withOutput(Space.LATENT, ...)");
    }

    @Test
    void aSingleLevelHasNoFrequenciesOrDensity() {
        NoiseSchedule single = NoiseSchedule.single(0.5);
        Recipe monotone = BASE.withOutput(Space.IMAGE, Objective.latent().withWeighting(Weighting.MONOTONE));
        Expect.refused(() -> monotone.withSchedule(single).requireSound(), "MONOTONE", "many levels", "0.5");
        Recipe followed = BASE.withSampling(TimeSampling.as(NoiseSchedule.linear()));
        Expect.refused(() -> followed.withSchedule(single).requireSound(), "Importance", "many levels", "0.5");
    }

    @Test
    void textThatIsNoRecipeIsRefused() {
        Expect.refused(() -> Recipe.fromJson(""), "recipe", "nothing");
        Expect.refused(() -> Recipe.fromJson("[1, 2]"), "recipe", "[1, 2]");
        Expect.refused(() -> Recipe.fromJson("{\"tokenizer\": 3"), "recipe");
        Expect.refused(() -> Recipe.fromJson("{}"), "recipe", "{}");
        String json = BASE.toJson();
        Expect.refused(() -> Recipe.fromJson(json.replace("\"additive\"", "\"sine\"")), "additive", "sine");
        Expect.refused(() -> Recipe.fromJson(json.replace("\"schedule\"", "\"schedules\"")), "recipe");
    }

    @Test
    void valuesOutOfRangeInJsonAreRefused() {
        String json = BASE.toJson();
        Expect.refused(
                () -> Recipe.fromJson(json.replace("\"SIGNAL_SHARE\"", "\"EVERY_LEVEL\"")),
                "unknown name",
                "EVERY_LEVEL");
        Expect.refused(
                () -> Recipe.fromJson(json.replace("\"clipNorm\"", "\"clip\"")),
                "missing [training.clipNorm], not understood [training.clip]");
        assertTrue(json.contains("\"count\": 20"), json);
        Expect.refused(() -> Recipe.fromJson(json.replace("\"count\": 20", "\"count\": 0")), "epochs >= 1", "got 0");
        Expect.refused(
                () -> Recipe.fromJson(json.replace("\"original-image\"", "\"latent\"")), "objective", "quantity");
        Expect.refused(
                () -> Recipe.fromJson(json.replace("\"original-image\"", "\"everything\"")), "Objective", "everything");
    }
}
