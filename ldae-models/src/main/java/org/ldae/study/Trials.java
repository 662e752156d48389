package org.ldae.study;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.ldae.baselines.MaskedAutoencoder;
import org.ldae.core.ImageShape;
import org.ldae.data.Augmentation;
import org.ldae.data.RandomCrop;
import org.ldae.deconstruction.Deconstruction;
import org.ldae.deconstruction.Preset;
import org.ldae.deconstruction.Step;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.study.Subject.Reading;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.PatchAE;
import org.ldae.tokenizers.PatchPCA;
import org.ldae.tokenizers.PatchVAE;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/** The trials of a preset: each group is a loop that makes variants of one recipe. */
final class Trials {

    private static final List<Integer> DIMENSIONS = List.of(4, 8, 16, 32, 64, 128);

    /** Published for a ViT-B (paper, appendix). */
    private static final double LAYER_DECAY = 0.85;

    /** Smallest part of an image's area that a crop keeps, as MAE's pre-training (He et al. 2022). */
    private static final double LEAST_CROP = 0.2;

    private final Preset preset;
    private final ImageShape shape;
    private final Recipe ldae;
    private final int patch;
    private final List<Trial> trials = new ArrayList<>();

    private Trials(Preset preset, ImageShape shape) {
        this.preset = preset;
        this.shape = shape;
        this.ldae = preset.recipeAt("original-image");
        this.patch = ldae.tokenizer().patch();
    }

    /** All trials of some groups; of a group of which some are named only those. */
    static List<Trial> of(Preset preset, ImageShape shape, Set<Group> groups, Set<String> names) {
        Trials all = new Trials(preset, shape);
        all.path();
        all.controls();
        all.dimensions();
        all.resolutions();
        all.scales();
        all.augmentations();
        all.epochs();
        all.sizes();
        List<Trial> wanted = all.trials.stream()
                .filter(trial -> groups.contains(trial.group()))
                .toList();
        requireKnown(names, wanted.stream().map(Trial::name).toList());
        Set<Group> chosen = wanted.stream()
                .filter(trial -> names.contains(trial.name()))
                .map(Trial::group)
                .collect(toSet());
        return wanted.stream()
                .filter(trial -> names.contains(trial.name()) || !chosen.contains(trial.group()))
                .toList();
    }

    private static void requireKnown(Set<String> names, List<String> known) {
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("steps: expected some of %s, got '%s'".formatted(known, name));
            }
        }
    }

    private void path() {
        for (Step step : Deconstruction.all()) {
            Subject subject = new Subject.Trained(preset.recipeAt(step.name()), 0, reading(step));
            trials.add(new Trial(Group.PATH, step.name(), step.change(), Double.NaN, subject));
        }
    }

    private static Set<Reading> reading(Step step) {
        boolean single = step.equals(Deconstruction.SINGLE_LEVEL);
        Set<Reading> reading = EnumSet.noneOf(Reading.class);
        if (single || step.name().equals("original-image")) {
            reading.add(Reading.SWEEPS);
        }
        if (!single) {
            // One level removes its own noise; it does not generate.
            reading.add(Reading.SAMPLES);
        }
        return reading;
    }

    private void controls() {
        VisionTransformer plain = ldae.denoiser().withConditioning(VisionTransformer.Conditioning.NONE);
        // With adaLN-Zero it would be the identity, a control too weak to mean anything.
        control("random-encoder", "a plain ViT, untrained", new Subject.Untrained(ldae.withDenoiser(plain)));
        control("raw-pixels", "pixels as they are", new Subject.RawPixels());
        control("pca-latents", "latents of l-DAE's tokenizer", new Subject.Latents(ldae));
        control("plain-ae", "l-DAE without noise", trained(ldae.withSchedule(NoiseSchedule.none())));
        // With all components kept, equal noise on latents is equal noise on pixels: the basis is a rotation.
        control(
                "pixel-noise",
                "l-DAE with noise on pixels",
                trained(ldae.withTokenizer(PatchPCA.patch(patch).components(patchSize()))));
        MaskedAutoencoder mae = MaskedAutoencoder.of(patch, plain, ldae.training());
        control("mae", "masked autoencoder with l-DAE's encoder", new Subject.Masked(mae));
        Subject labelled = new Subject.Labelled(patch, plain, ldae.training());
        control("supervised", "l-DAE's encoder trained with labels", labelled);
        control(
                "fine-tuned",
                "l-DAE, then trained on with labels",
                new Subject.FineTuned(ldae, ldae.training(), LAYER_DECAY));
    }

    private void control(String name, String title, Subject subject) {
        trials.add(new Trial(Group.CONTROL, name, title, Double.NaN, subject));
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
        trials.add(new Trial(Group.DIMENSION, tokenizer + "-" + d, tokenizer, d, trained(base.withTokenizer(options))));
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
                Subject subject = new Subject.Trained(recipe, factor == 1 ? 0 : side, Set.of());
                trials.add(new Trial(
                        Group.RESOLUTION,
                        "side-" + side,
                        "images of %d, patches of %d".formatted(side, small),
                        size,
                        subject));
            }
        }
    }

    private void scales() {
        PatchPCA.Options pca = (PatchPCA.Options) ldae.tokenizer();
        for (LatentScale scale : LatentScale.values()) {
            String name = scale.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            ablation(Group.SCALE, name, ldae.withTokenizer(pca.withScale(scale)));
        }
    }

    private void augmentations() {
        Training training = ldae.training();
        ablation(Group.AUGMENTATION, "none", ldae.withTraining(training.augmentation(Augmentation.none())));
        ablation(
                Group.AUGMENTATION,
                "flip",
                ldae.withTraining(training.augmentation(Augmentation.none().withFlip())));
        ablation(
                Group.AUGMENTATION,
                "random-crop",
                ldae.withTraining(training.augmentation(Augmentation.none().withCrop(RandomCrop.of(LEAST_CROP)))));
    }

    private void epochs() {
        Training training = ldae.training();
        for (int epochs : around(training.epochs())) {
            trials.add(new Trial(
                    Group.EPOCHS,
                    "epochs-" + epochs,
                    epochs + " epochs",
                    epochs,
                    trained(ldae.withTraining(training.withEpochs(epochs)))));
        }
    }

    private void sizes() {
        for (int heads : around(ldae.denoiser().heads())) {
            int width = heads * (ldae.denoiser().width() / ldae.denoiser().heads());
            trials.add(new Trial(
                    Group.SIZE,
                    "width-" + width,
                    "width " + width,
                    width,
                    trained(ldae.withDenoiser(ldae.denoiser().withWidth(width, heads)))));
        }
    }

    /** Half a count, the count and twice the count; one has no half. */
    private static int[] around(int count) {
        return IntStream.of(Math.max(1, (count + 1) / 2), count, 2 * count)
                .distinct()
                .toArray();
    }

    private void ablation(Group group, String name, Recipe recipe) {
        trials.add(new Trial(group, name, name, Double.NaN, trained(recipe)));
    }

    private int patchSize() {
        return patch * patch * shape.channels();
    }

    private static Subject trained(Recipe recipe) {
        return new Subject.Trained(recipe, 0, Set.of());
    }
}
