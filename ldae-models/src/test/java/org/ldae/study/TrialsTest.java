package org.ldae.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.core.ImageShape;
import org.ldae.deconstruction.Preset;
import org.ldae.models.Expect;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.study.TrainedRecipe.Reading;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.Training;

/** Which trials a study is made of, and that each differs from l-DAE in what its group says. */
class TrialsTest {

    private static final ImageShape CIFAR = new ImageShape(3, 32, 32);
    private static final Recipe LDAE = Preset.small().recipeAt("original-image");

    private static List<Trial> trials(Group group) {
        return Trials.of(Study.of(Preset.small(), List.of(1L)).withGroups(Set.of(group)), CIFAR);
    }

    private static List<String> names(Group group) {
        return trials(group).stream().map(Trial::name).toList();
    }

    private static Recipe recipe(Trial trial) {
        return ((TrainedRecipe) trial.subject()).recipe();
    }

    @ParameterizedTest
    @CsvSource({
        "SCALE, tokenizer.scale",
        "AUGMENTATION, training.augmentation",
        "EPOCHS, training.length.count",
        "SIZE, denoiser"
    })
    void anAblationOfLdaeChangesOneThing(Group group, String path) {
        List<Trial> trials = trials(group);
        assertEquals(3, trials.size());
        assertEquals(
                1, trials.stream().filter(trial -> recipe(trial).equals(LDAE)).count(), "l-DAE itself");
        for (Trial trial : trials) {
            for (String changed : LDAE.diff(recipe(trial)).keySet()) {
                assertTrue(
                        changed.startsWith(path) || changed.equals("training.warmup"),
                        trial.name() + " changes " + changed);
            }
        }
    }

    @Test
    void everyTokenizerHasTheDimensionsThatFit() {
        List<String> names = names(Group.DIMENSION);
        for (String kind : List.of("pca", "ae", "vae", "conv")) {
            for (int d : new int[] {4, 8, 16, 32, 64, 128}) {
                assertTrue(names.contains(kind + "-" + d), kind + " " + d);
            }
        }
        assertTrue(names.contains("pca-192"), "all components of a patch");
        for (Trial trial : trials(Group.DIMENSION)) {
            assertEquals(trial.x().orElseThrow(), recipe(trial).tokenizer().dimension());
            Recipe base = Preset.small().recipeAt("patch-pca");
            assertEquals(base, recipe(trial).withTokenizer(base.tokenizer()));
        }
    }

    @Test
    void resolutionsKeepTheTokensAndAllComponents() {
        assertEquals(List.of("side-32", "side-16", "side-8", "side-4"), names(Group.RESOLUTION));
        for (Trial trial : trials(Group.RESOLUTION)) {
            TokenizerOptions tokenizer = recipe(trial).tokenizer();
            int side = Integer.parseInt(trial.name().substring("side-".length()));
            assertEquals(16, tokenizer.grid(new ImageShape(3, side, side)).tokens());
            assertEquals(3 * tokenizer.patch() * tokenizer.patch(), tokenizer.dimension());
        }
    }

    @Test
    void whatCanNotBeHalvedIsNotRunTwice() {
        Preset short1 =
                Preset.tiny().withTraining(Preset.tiny().baseline().training().withLength(1));
        List<Trial> trials = Trials.of(Study.of(short1, List.of(1L)).withGroups(Set.of(Group.EPOCHS)), CIFAR);
        assertEquals(
                List.of("epochs-1", "epochs-2"),
                trials.stream().map(Trial::name).toList());
    }

    @Test
    void aBudgetIsHalvedAndDoubledToo() {
        Preset budget = Preset.tiny()
                .withTraining(Preset.tiny()
                        .baseline()
                        .training()
                        .withLength(Training.flops(3e10).length()));
        List<Trial> trials = Trials.of(Study.of(budget, List.of(1L)).withGroups(Set.of(Group.EPOCHS)), CIFAR);
        assertEquals(
                List.of("flops-15000000000", "flops-30000000000", "flops-60000000000"),
                trials.stream().map(Trial::name).toList());
    }

    @Test
    void onlyGroupsThatAreRunAskWhetherImagesFit() {
        ImageShape odd = new ImageShape(1, 28, 28); // patches of 8 don't divide them
        Study study = Study.of(Preset.tiny(), List.of(1L));
        assertEquals(14, Trials.of(study.withGroups(Set.of(Group.PATH)), odd).size());
        Expect.refused(() -> Trials.of(study.withGroups(Set.of(Group.LEVELS)), odd), "patch", "28, 28");
        ImageShape small = new ImageShape(1, 16, 16);
        for (Group group : List.of(Group.LADDER, Group.NEIGHBOURS)) {
            Expect.refused(() -> Trials.of(study.withGroups(Set.of(group)), small), "ladder", "4 x 4", "2 x 2");
        }
    }

    @Test
    void controlsAreThoseOfTheStudy() {
        assertEquals(
                List.of(
                        "random-encoder",
                        "raw-pixels",
                        "pca-latents",
                        "plain-ae",
                        "pixel-noise",
                        "mae",
                        "simclr",
                        "moco-v3",
                        "unet-ddm",
                        "unet",
                        "supervised",
                        "fine-tuned"),
                names(Group.CONTROL));
        assertEquals(NoiseSchedule.none(), recipe(trials(Group.CONTROL).get(3)).schedule());
        assertEquals(192, recipe(trials(Group.CONTROL).get(4)).tokenizer().dimension());
    }

    @Test
    void samplesAndSweepsAreReadWhereTheyMeanSomething() {
        for (Trial trial : trials(Group.PATH)) {
            Set<Reading> reading = ((TrainedRecipe) trial.subject()).readings();
            boolean last = trial.name().equals("original-image") || trial.name().equals("single-level");
            assertEquals(last, reading.contains(Reading.SWEEPS), trial.name());
            boolean generates = !trial.name().equals("single-level");
            assertEquals(generates, reading.contains(Reading.SAMPLES), trial.name());
            assertEquals(generates, reading.contains(Reading.LIKELIHOOD), trial.name());
        }
    }
}
