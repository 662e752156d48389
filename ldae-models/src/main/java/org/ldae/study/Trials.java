package org.ldae.study;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.LongStream;
import org.ldae.baselines.Contrastive;
import org.ldae.core.ImageShape;
import org.ldae.data.Augmentation;
import org.ldae.data.RandomCrop;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Preset;
import org.ldae.deconstruction.Step;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.study.TrainedRecipe.Reading;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.Length;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.ldae.unet.UNet;

/** The trials of a preset: each group is a loop that makes variants of one recipe. */
final class Trials {

    private static final List<Integer> DIMENSIONS = List.of(4, 8, 16, 32, 64, 128);

    /** Published for a ViT-B (paper, appendix). */
    private static final double LAYER_DECAY = 0.85;

    /** Smallest part of an image's area that a crop keeps, as MAE's pre-training (He et al. 2022). */
    private static final double LEAST_CROP = 0.2;

    /** NCSN's 0.01 for pixels of a deviation of a quarter. */
    private static final double SMALLEST_SIGMA = 0.04;

    /** Names that a message lists beside the nearest. */
    private static final int LISTED = 20;

    private final Study study;
    private final Preset preset;
    private final ImageShape shape;
    private final Recipe ldae;
    private final int patch;
    private final List<Trial> trials = new ArrayList<>();

    private Trials(Study study, ImageShape shape) {
        this.study = study;
        this.preset = study.preset();
        this.shape = shape;
        this.ldae = study.recipeAt(Deconstruction.LDAE);
        this.patch = ldae.tokenizer().patch();
    }

    /** The trials of a study's groups, of a group of which some are named only those, and those of the caller. */
    static List<Trial> of(Study study, ImageShape shape) {
        Trials all = new Trials(study, shape);
        for (Group group : Group.values()) {
            if (study.groups().contains(group)) {
                all.make(group);
            }
        }
        List<Trial> wanted = new ArrayList<>(all.named());
        for (Step step : study.steps()) {
            wanted.add(all.row(step, Set.of()));
        }
        wanted.addAll(study.trials());
        requireDifferent(wanted);
        return wanted;
    }

    private void make(Group group) {
        switch (group) {
            case PATH -> path();
            case CONTROL -> controls();
            case DIMENSION -> dimensions();
            case RESOLUTION -> resolutions();
            case SCALE -> scales();
            case AUGMENTATION -> augmentations();
            case EPOCHS -> lengths();
            case SIZE -> sizes();
            case LADDER -> trials.addAll(BeyondTrials.of(study, shape).ladder());
            case NEIGHBOURS -> trials.addAll(BeyondTrials.of(study, shape).neighbours());
            case LEVELS -> levels();
            case OWN -> {} // the caller's
        }
    }

    private List<Trial> named() {
        Set<String> names = study.names();
        List<String> known = trials.stream().map(Trial::name).distinct().toList();
        names.stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(unknown(name, known));
                });
        Set<Group> chosen = trials.stream()
                .filter(trial -> names.contains(trial.name()))
                .map(Trial::group)
                .collect(toSet());
        return trials.stream()
                .filter(trial -> names.contains(trial.name()) || !chosen.contains(trial.group()))
                .toList();
    }

    private String unknown(String name, List<String> known) {
        Trials others = new Trials(study, shape);
        Arrays.stream(Group.values())
                .filter(group -> !study.groups().contains(group))
                .forEach(others::makeIfFitting);
        Set<String> groups = others.trials.stream()
                .filter(trial -> trial.name().equals(name))
                .map(trial -> trial.group().key())
                .collect(toSet());
        return groups.isEmpty()
                ? "no step, control or ablation is called '%s'; nearest: %s%s"
                        .formatted(
                                name,
                                String.join(", ", Spelling.nearest(name, known)),
                                known.size() > LISTED ? "" : "; all of the chosen groups: " + String.join(", ", known))
                : "'%s' is of the group %s, which is not among the chosen: %s"
                        .formatted(
                                name,
                                String.join(", ", groups),
                                study.groups().stream().map(Group::key).sorted().toList());
    }

    /** Where images don't fit a group, nobody meant a trial of it. */
    private void makeIfFitting(Group group) {
        try {
            make(group);
        } catch (IllegalArgumentException e) {
            trials.removeIf(trial -> trial.group() == group);
        }
    }

    private static void requireDifferent(List<Trial> trials) {
        Set<String> seen = new HashSet<>();
        for (Trial trial : trials) {
            if (!seen.add(trial.cell(0).id())) {
                throw new IllegalArgumentException(
                        "trials: expected different names within the group %s, got '%s' twice"
                                .formatted(trial.group().key(), trial.name()));
            }
        }
    }

    private void path() {
        Deconstruction.all().forEach(step -> trials.add(row(step, readings(step))));
    }

    private Trial row(Step step, Set<Reading> readings) {
        Subject subject = new TrainedRecipe(study.recipeAt(step), 0, readings);
        return new Trial(Group.PATH, step.name(), step.change(), OptionalDouble.empty(), subject);
    }

    private static Set<Reading> readings(Step step) {
        boolean single = step.equals(Deconstruction.SINGLE_LEVEL);
        Set<Reading> readings = EnumSet.noneOf(Reading.class);
        if (single || step.equals(Deconstruction.LDAE)) {
            readings.add(Reading.SWEEPS);
        }
        if (!single) {
            // One level removes its own noise; it does not generate.
            readings.addAll(Set.of(Reading.SAMPLES, Reading.LIKELIHOOD));
        }
        return readings;
    }

    private void controls() {
        VisionTransformer plain = preset.network().withConditioning(VisionTransformer.Conditioning.NONE);
        for (Control control : Control.values()) {
            Subject subject = switch (control) {
                // With adaLN-Zero it would be the identity, a control too weak to mean anything.
                case RANDOM_ENCODER -> Subject.untrained(ldae.withDenoiser(plain));
                case RAW_PIXELS -> new RawPixels();
                case PCA_LATENTS -> new Latents(ldae);
                case PLAIN_AE -> Subject.trained(ldae.withSchedule(NoiseSchedule.none()));
                // With all components kept, equal noise on latents is equal noise on pixels: the basis is a rotation.
                case PIXEL_NOISE ->
                    Subject.trained(ldae.withTokenizer(PatchPCA.patch(patch).components(patchSize())));
                case MAE ->
                    Subject.trained(Recipe.masked(PatchPCA.patch(patch).components(patchSize()), plain)
                            .withTraining(ldae.training()));
                case SIMCLR -> Subject.contrastive(Contrastive.simclr(patch, plain, ldae.training()));
                case MOCO_V3 -> Subject.contrastive(Contrastive.mocoV3(patch, plain, ldae.training()));
                case UNET_DDM ->
                    new TrainedRecipe(
                            withUNet(preset.baseline()),
                            0,
                            EnumSet.of(Reading.SWEEPS, Reading.SAMPLES, Reading.LIKELIHOOD));
                case UNET -> new TrainedRecipe(withUNet(ldae), 0, EnumSet.of(Reading.SWEEPS));
                case SUPERVISED -> new Labelled(patch, plain, ldae.training(), false);
                case FINE_TUNED -> new FineTuned(ldae, ldae.training(), LAYER_DECAY);
            };
            trials.add(new Trial(Group.CONTROL, control.key(), control.title(), OptionalDouble.empty(), subject));
        }
    }

    private Recipe withUNet(Recipe recipe) {
        return recipe.withDenoiser(UNet.tiny().fitting(recipe.tokenizer().grid(shape)));
    }

    /** Tab. 2: the recipe of the table's rows with other tokenizers. */
    private void dimensions() {
        Recipe base = preset.recipeAt("patch-pca");
        for (int d : DIMENSIONS) {
            if (d <= patchSize()) {
                dimension(base, "pca", PatchPCA.patch(patch).components(d));
                dimension(base, "ae", PatchAE.patch(patch).dimension(d));
                dimension(base, "vae", PatchVAE.patch(patch).dimension(d));
                dimension(
                        base,
                        "conv",
                        preset.recipeAt("no-adversarial").tokenizer().withDimension(d));
            }
        }
        if (!DIMENSIONS.contains(patchSize())) {
            dimension(base, "pca", PatchPCA.patch(patch).components(patchSize()));
        }
    }

    private void dimension(Recipe base, String tokenizer, TokenizerOptions options) {
        int d = options.dimension();
        add(Group.DIMENSION, tokenizer + "-" + d, tokenizer, d, Subject.trained(base.withTokenizer(options)));
    }

    /** Fig. 5: noise on pixels, always the same number of tokens. */
    private void resolutions() {
        for (int factor = 1; patch / factor >= 1 && patch % factor == 0; factor *= 2) {
            int side = shape.height() / factor;
            int small = patch / factor;
            int size = small * small * shape.channels();
            if (shape.height() == shape.width() && side % small == 0) {
                Recipe recipe = preset.recipeAt("patch-pca")
                        .withTokenizer(PatchPCA.patch(small).components(size));
                Subject subject = new TrainedRecipe(recipe, factor == 1 ? 0 : side, Set.of());
                String title = "images of %s, patches of %s".formatted(side, small);
                add(Group.RESOLUTION, "side-" + side, title, size, subject);
            }
        }
    }

    private void scales() {
        PatchPCA.Options pca = PatchPCA.patch(patch).components(ldae.tokenizer().dimension());
        for (LatentScale scale : LatentScale.values()) {
            String name = scale.name().toLowerCase(Locale.ROOT).replace('_', '-');
            ablation(Group.SCALE, name, ldae.withTokenizer(pca.withScale(scale)));
        }
    }

    private void augmentations() {
        Training training = ldae.training();
        ablation(Group.AUGMENTATION, "none", ldae.withTraining(training.withAugmentation(Augmentation.none())));
        ablation(
                Group.AUGMENTATION,
                "flip",
                ldae.withTraining(training.withAugmentation(Augmentation.none().withFlip())));
        ablation(
                Group.AUGMENTATION,
                "random-crop",
                ldae.withTraining(training.withAugmentation(Augmentation.none().withCrop(RandomCrop.of(LEAST_CROP)))));
    }

    private void lengths() {
        Length length = ldae.training().length();
        for (long count : around(length.count())) {
            Length other = new Length(count, length.unit());
            Subject subject = Subject.trained(ldae.withTraining(ldae.training().withLength(other)));
            String name = "%s-%s".formatted(length.unit().name().toLowerCase(Locale.ROOT), count);
            add(Group.EPOCHS, name, other.toString(), (double) count, subject);
        }
    }

    private void sizes() {
        VisionTransformer network = preset.network();
        for (long count : around(network.heads())) {
            int heads = Math.toIntExact(count);
            int width = heads * (network.width() / network.heads());
            Subject subject = Subject.trained(ldae.withDenoiser(network.withWidth(width, heads)));
            add(Group.SIZE, "width-" + width, "width " + width, (double) width, subject);
        }
    }

    /** NCSNv2's levels of the noise, fewer, and the paper's single one; the same network, which learns the noise. */
    private void levels() {
        Recipe noise = ldae.withInput(Space.LATENT)
                .withOutput(Space.LATENT, Objective.noise())
                .withDenoiser(preset.network().withConditioning(VisionTransformer.Conditioning.NONE));
        // Two items of unit variance lie about so far apart (technique 1); the smallest is CIFAR-10's in such units.
        double last = Math.sqrt(
                2.0 * ldae.tokenizer().grid(shape).tokens() * ldae.tokenizer().dimension());
        Recipe many = noise.withSchedule(NoiseSchedule.geometric(SMALLEST_SIGMA, last));
        for (int count : new int[] {10, 232}) {
            Subject subject = Subject.trained(many.withSampling(TimeSampling.levels(count)));
            add(Group.LEVELS, "levels-" + count, count + " levels", count, subject);
        }
        Subject single = Subject.trained(noise.withSchedule(NoiseSchedule.single(Math.sqrt(1.0 / 3))));
        add(Group.LEVELS, "levels-1", "one level", 1, single);
    }

    private void add(Group group, String name, String title, double x, Subject subject) {
        trials.add(new Trial(group, name, title, OptionalDouble.of(x), subject));
    }

    /** Half a count, the count and twice the count; one has no half. */
    private static long[] around(long count) {
        return LongStream.of(Math.max(1, (count + 1) / 2), count, 2 * count)
                .distinct()
                .toArray();
    }

    private void ablation(Group group, String name, Recipe recipe) {
        trials.add(new Trial(group, name, name, OptionalDouble.empty(), Subject.trained(recipe)));
    }

    private int patchSize() {
        return patch * patch * shape.channels();
    }
}
