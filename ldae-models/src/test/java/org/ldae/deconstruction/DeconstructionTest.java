package org.ldae.deconstruction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.models.Expect;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.ldae.nn.Denoiser;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.noise.Weighting;
import org.ldae.objective.Objective;
import org.ldae.objective.OriginalImage;
import org.ldae.objective.Space;
import org.ldae.perceptual.FeatureFile;
import org.ldae.study.Shapes;
import org.ldae.tokenizers.conv.Adversarial;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.conv.ConvVAEOptions;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.AdamW;
import org.ldae.training.HeldOut;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.ldae.transformer.VisionTransformer.Conditioning;

/** Steps change what they say, presets carry the published values, and every recipe of the path trains. */
class DeconstructionTest {

    private static final Preset PAPER = Preset.paper(new FeatureFile("vgg16.safetensors", "0".repeat(64)));

    static List<Step> steps() {
        return Deconstruction.all();
    }

    @Test
    void theRoadHasThePapersRows() {
        double[] accuracies = {57.5, 62.5, 58.4, 59.0, 63.4, 64.9, 64.7, 65.1, 62.4, 63.6, 63.6, 63.9, 64.5, 61.5};
        double[] fids = {11.6, 30.9, 54.3, 75.6, 93.2};
        for (int i = 0; i < accuracies.length; i++) {
            Published published = Deconstruction.all().get(i).published().orElseThrow();
            assertEquals(accuracies[i], published.accuracy());
            assertEquals(i < fids.length ? fids[i] : Double.NaN, published.fid().orElse(Double.NaN));
        }
        assertEquals(13, Deconstruction.PATH.size());
        assertEquals(
                14, Deconstruction.all().stream().map(Step::name).distinct().count());
    }

    @Test
    void everyStepChangesWhatItSaysAndNothingElse() {
        Map<String, Map<String, String>> expected = Map.of(
                "no-labels", Map.of("labels.told", "true -> false", "labels.dropout", "0.1 -> 0.0"),
                "linear-schedule", Map.of("schedule.kind", "ddpm -> linear"),
                "predict-clean",
                        Map.of(
                                "objective.quantity",
                                "NOISE -> CLEAN",
                                "objective.weighting",
                                "UNIFORM -> SIGNAL_SHARE"),
                "no-input-scaling", Map.of("schedule.kind", "linear -> additive", "schedule.maxSigma", "- -> 1.414"),
                "image-input", Map.of("input", "LATENT -> IMAGE"),
                "image-output", Map.of("output", "LATENT -> IMAGE"),
                "original-image",
                        Map.of(
                                "objective.kind", "latent -> original-image",
                                "objective.quantity", "CLEAN -> -",
                                "objective.tailWeight", "- -> 0.1"),
                "single-level",
                        Map.of(
                                "schedule.kind", "additive -> single",
                                "schedule.maxSigma", "1.414 -> -",
                                "schedule.level", "- -> 0.5774"));
        Map<String, String> within = Map.of(
                "no-perceptual", "tokenizer.perceptual",
                "no-adversarial", "tokenizer.adversarial",
                "patch-vae", "tokenizer",
                "patch-ae", "tokenizer",
                "patch-pca", "tokenizer");
        for (Preset preset : List.of(Preset.tiny(), Preset.small(), PAPER)) {
            Recipe before = preset.baseline();
            for (Step step : Deconstruction.all()) {
                Recipe after = step.apply(before);
                Map<String, String> changes = before.diff(after);
                assertEquals(step.name().equals("baseline"), changes.isEmpty(), step.name());
                if (expected.containsKey(step.name())) {
                    assertEquals(expected.get(step.name()), changes, step.name());
                } else {
                    String only = within.getOrDefault(step.name(), "none");
                    assertTrue(
                            changes.keySet().stream().allMatch(path -> path.startsWith(only)), step + ": " + changes);
                }
                assertEquals(after, preset.recipeAt(step.name()));
                assertEquals(after, Recipe.fromJson(after.toJson()));
                before = after;
            }
        }
    }

    @Test
    void theTokenizersOfTheRoadAreThePublishedOnes() {
        ConvVAEOptions first = (ConvVAEOptions) PAPER.baseline().tokenizer();
        ConvVAEOptions noPerceptual =
                (ConvVAEOptions) PAPER.recipeAt("no-perceptual").tokenizer();
        ConvVAEOptions plain = (ConvVAEOptions) PAPER.recipeAt("no-adversarial").tokenizer();
        assertNotNull(first.perceptual());
        assertNotNull(first.adversarial());
        assertNull(noPerceptual.perceptual());
        assertEquals(first.adversarial(), noPerceptual.adversarial());
        assertEquals(
                ConvVAE.factor(8)
                        .channels(4)
                        .latentDiffusion()
                        .withTraining(Training.steps(246_803).withBatchSize(32).withHeldOut(HeldOut.every(4936))),
                plain);
        assertEquals(plain, PAPER.recipeAt("linear-schedule").tokenizer());
        assertEquals(
                PatchVAE.patch(16).dimension(16), PAPER.recipeAt("patch-vae").tokenizer());
        assertEquals(PatchAE.patch(16).dimension(16), PAPER.recipeAt("patch-ae").tokenizer());
        for (Step step : Deconstruction.all().subList(7, 14)) {
            assertEquals(
                    PatchPCA.patch(16).components(32),
                    PAPER.recipeAt(step.name()).tokenizer(),
                    step.name());
        }
    }

    @Test
    void theLastRowIsThePapersLatentDae() {
        Recipe last = PAPER.recipeAt("original-image");
        assertEquals(PatchPCA.patch(16).components(32), last.tokenizer());
        assertEquals(NoiseSchedule.additive(Math.sqrt(2)), last.schedule());
        assertEquals(Space.IMAGE, last.input());
        assertEquals(Space.IMAGE, last.output());
        assertEquals(new OriginalImage(Weighting.SIGNAL_SHARE, 0.1), last.objective());
        assertFalse(last.labels().told());
        Recipe byHand = Recipe.latentDAE(PatchPCA.patch(16).components(32))
                .withDenoiser(last.denoiser())
                .withTraining(last.training());
        assertEquals(Map.of(), byHand.diff(last));
    }

    @Test
    void thePaperPresetCarriesThePublishedSettings() {
        Recipe first = PAPER.baseline();
        assertEquals(400, first.training().length().count());
        assertEquals(2048, first.training().batchSize());
        assertEquals(8e-4, first.training().rate(), 1e-12); // 1e-4 times batch / 256
        assertEquals(100, first.training().warmup());
        assertEquals(new AdamW.Options(0.9, 0.999, 1e-8, 0), first.training().optimizer());
        assertEquals(0, first.training().clipNorm());
        assertEquals(0.9999, first.training().averageDecay());
        assertEquals(Augmentation.none().withFlip(), first.training().augmentation()); // centre crops, DiT's flips
        assertEquals(NoiseSchedule.ddpm(), first.schedule());
        assertEquals(TimeSampling.uniform(), first.sampling());
        assertEquals(Objective.noise(), first.objective());
        assertEquals(Space.LATENT, first.input());
        assertEquals(Space.LATENT, first.output());
        assertTrue(first.labels().told());
        assertEquals(0.1, first.labels().dropout());
        // Width, heads, blocks of encoder and decoder, MLP ratio; the condition a quarter as wide as DiT's.
        assertEquals(new VisionTransformer(1024, 16, 12, 12, 4, Conditioning.ADALN_ZERO, 256), first.denoiser());
        ConvVAEOptions tokenizer = (ConvVAEOptions) first.tokenizer();
        assertEquals(8, tokenizer.factor());
        assertEquals(4, tokenizer.channels());
        // Latent diffusion's: KL 1e-6, adversarial 0.5 from step 50,000 of 246,803 on.
        assertEquals(1e-6, tokenizer.klWeight());
        assertEquals(new Adversarial(0.5, 50_000, 64, 3), tokenizer.adversarial());
        assertEquals(246_803, tokenizer.training().length().count());
        assertEquals(16, tokenizer.dimension());
        // DiT-L/2: 458M with its own condition width and a learnt variance; ours is 1/4 as wide and has none.
        TokenGrid grid = first.tokenizer().grid(new ImageShape(3, 256, 256));
        Denoiser.Signature signature =
                Denoiser.Signature.of(grid, 16, 32).withTime(true).withClasses(1000);
        assertEquals(256, grid.tokens());
        assertEquals(
                458e6,
                (double) PAPER.network()
                        .withConditionWidth(1024)
                        .layout(signature)
                        .count(),
                0.5e6);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void everyRecipeOfThePathTrains(Step step) {
        Recipe recipe = Shapes.small().recipeAt(step.name());
        ImageSource images = Shapes.images(48, 1);
        try (Trainer trainer = Trainer.start(recipe, images, Rng.of(3), Progress.none())) {
            trainer.run(Progress.none());
            double[] losses = trainer.losses();
            int part = losses.length / 4;
            double first = Arrays.stream(losses, 0, part).average().orElseThrow();
            double last = Arrays.stream(losses, losses.length - part, losses.length)
                    .average()
                    .orElseThrow();
            assertTrue(Double.isFinite(last), step.name());
            assertTrue(last < first, "%s: loss went from %s to %s".formatted(step, first, last));
        }
    }

    @Test
    void unknownStepsAndUnfitOnesAreRefused() {
        Expect.refused(() -> Preset.tiny().recipeAt("patch-pcb"), "patch-pcb", "patch-pca", "single-level");
        Step noPerceptual = Deconstruction.PATH.get(2);
        Recipe pca = Preset.tiny().recipeAt("patch-pca");
        assertEquals(pca, noPerceptual.apply(pca), "there is no such loss to remove");
        // The original image needs a basis to weigh errors in.
        Step last = Deconstruction.PATH.get(12);
        Recipe ae = Preset.tiny().recipeAt("patch-ae").withOutput(Space.IMAGE, Objective.latent());
        Expect.refused(() -> last.apply(ae).requireSound(), "PatchPCA", "PatchAE");
    }
}
