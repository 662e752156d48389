package org.ldae.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.ldae.core.Progress;
import org.ldae.core.RecordText;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.nn.Denoiser;
import org.ldae.noise.NoiseSchedule;
import org.ldae.noise.TimeSampling;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.Training;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;

/**
 * Everything that defines a run but its images and seed, as a value: any point between a diffusion model and a denoising
 * autoencoder.
 *
 * <pre>{@code
 * LatentDAE model = Recipe.latentDAE(PatchPCA.patch(7).components(12))
 *         .withDenoiser(VisionTransformer.tiny())
 *         .withTraining(Training.epochs(20).withBatchSize(128))
 *         .train(images, Rng.of(42), Progress.console());
 * }</pre>
 *
 * @param tokenizer options of the tokenizer, fitted on the training images
 * @param schedule noise levels
 * @param sampling how often training visits them
 * @param input where the network reads
 * @param output where it predicts
 * @param objective what it predicts and how errors are weighted
 * @param dropping tokens that the network is not given in training
 * @param denoiser the network
 * @param labels whether the network is told classes
 * @param training how it is trained
 */
public record Recipe(
        TokenizerOptions tokenizer,
        NoiseSchedule schedule,
        TimeSampling sampling,
        Space input,
        Space output,
        Objective objective,
        Dropping dropping,
        Denoiser denoiser,
        ClassLabels labels,
        Training training) {

    /**
     * A recipe is a value: whether its parts go together is asked when it is used, so that they can be given in any order.
     *
     * @param tokenizer options of the tokenizer, fitted on the training images
     * @param schedule noise levels
     * @param sampling how often training visits them
     * @param input where the network reads
     * @param output where it predicts
     * @param objective what it predicts and how errors are weighted
     * @param dropping tokens that the network is not given in training
     * @param denoiser the network
     * @param labels whether the network is told classes
     * @param training how it is trained
     * @throws NullPointerException if a part is missing, by its name
     */
    public Recipe {
        Objects.requireNonNull(tokenizer, "recipe: tokenizer");
        Objects.requireNonNull(schedule, "recipe: schedule");
        Objects.requireNonNull(sampling, "recipe: sampling");
        Objects.requireNonNull(input, "recipe: input");
        Objects.requireNonNull(output, "recipe: output");
        Objects.requireNonNull(objective, "recipe: objective");
        Objects.requireNonNull(dropping, "recipe: dropping");
        Objects.requireNonNull(denoiser, "recipe: denoiser");
        Objects.requireNonNull(labels, "recipe: labels");
        Objects.requireNonNull(training, "recipe: training");
    }

    /**
     * What keeps the parts from going together.
     *
     * @return a sentence for each problem: what was expected, what came, and a hint; empty if the recipe can be used
     */
    public List<String> problems() {
        List<String> problems = new ArrayList<>(objective.problems(output, tokenizer));
        boolean onlyManyLevels = objective.weighting().needsManyLevels() || sampling.needsManyLevels();
        if (onlyManyLevels && !schedule.timeDependent()) {
            problems.add(
                    "weighting %s with %s needs a schedule of many levels, got %s; use Weighting.UNIFORM and TimeSampling.uniform()"
                            .formatted(objective.weighting(), sampling, schedule));
        }
        if (labels.told() && !denoiser.takesLabels()) {
            problems.add(
                    "a network that is told class labels must take them (conditioning ADALN_ZERO of VisionTransformer), got %s; use withLabels(ClassLabels.none())"
                            .formatted(denoiser));
        }
        if (dropping.drops() && !denoiser.takesSubsets()) {
            problems.add(
                    "tokens can be dropped only for a network that takes a subset of them (MaskedTransformer), got %s; use Dropping.none() or withDenoiser(MaskedTransformer.of(...))"
                            .formatted(denoiser));
        }
        return problems;
    }

    /**
     * Refuses a recipe whose parts don't go together; everything that uses a recipe begins with this.
     *
     * @return this recipe
     * @throws IllegalArgumentException with all its {@link #problems}
     */
    public Recipe requireSound() {
        refuse(problems());
        return this;
    }

    /** All problems at once. */
    static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("recipe: " + String.join("\n  and ", problems));
        }
    }

    /**
     * A denoising autoencoder on the latents of any tokenizer: noisy latents in, clean latents out, one noise level of sqrt(1/3).
     *
     * @param tokenizer options of any tokenizer
     * @return the recipe
     */
    public static Recipe of(TokenizerOptions tokenizer) {
        return singleLevel(tokenizer).withInput(Space.LATENT).withOutput(Space.LATENT, Objective.latent());
    }

    /**
     * A diffusion model on the latents of any tokenizer (paper, Tab. 1, the row of the linear schedule): it predicts the noise.
     *
     * @param tokenizer options of any tokenizer
     * @return the recipe
     */
    public static Recipe diffusion(TokenizerOptions tokenizer) {
        return of(tokenizer).withSchedule(NoiseSchedule.linear()).withOutput(Space.LATENT, Objective.noise());
    }

    /**
     * The paper's l-DAE (Tab. 3, last row): gamma = 1, sigma linear to sqrt 2, image in and out by inverse PCA, the original
     * image as target.
     *
     * @param tokenizer options of one with an orthonormal basis, such as {@code PatchPCA}
     * @return the recipe
     */
    public static Recipe latentDAE(TokenizerOptions tokenizer) {
        return new Recipe(
                tokenizer,
                NoiseSchedule.additive(Math.sqrt(2)),
                TimeSampling.uniform(),
                Space.IMAGE,
                Space.IMAGE,
                Objective.originalImage(),
                Dropping.none(),
                VisionTransformer.tiny(),
                ClassLabels.none(),
                Training.epochs(20));
    }

    /**
     * l-DAE with the single noise level sqrt(1/3) (paper, section 4.3): a classical denoising autoencoder.
     *
     * @param tokenizer options of one with an orthonormal basis, such as {@code PatchPCA}
     * @return the recipe
     */
    public static Recipe singleLevel(TokenizerOptions tokenizer) {
        return latentDAE(tokenizer).withSchedule(NoiseSchedule.single(Math.sqrt(1.0 / 3)));
    }

    /**
     * A masked autoencoder (He et al. 2022) as a corner of l-DAE: 75% of the tokens dropped, no noise on the others, and patches
     * predicted with their own mean taken off and divided by their own deviation. MAE trains with betas 0.9 and 0.95 and weight
     * decay 0.05: {@code training.withOptimizer(AdamW.Options.defaults().withBeta2(0.95).withWeightDecay(0.05))}.
     *
     * @param tokenizer of an orthonormal basis; MAE's pixels are those of all P*P*C components
     * @param network the encoder, which is a plain ViT, and the number of blocks of the narrower decoder
     * @return the recipe
     */
    public static Recipe masked(TokenizerOptions tokenizer, VisionTransformer network) {
        return latentDAE(tokenizer)
                .withSchedule(NoiseSchedule.none())
                .withOutput(Space.IMAGE, Objective.normalisedPatches())
                .withDropping(Dropping.of(0.75))
                .withDenoiser(MaskedTransformer.of(network));
    }

    /**
     * Other tokenizer options.
     *
     * @param options of any tokenizer
     * @return a copy
     */
    public Recipe withTokenizer(TokenizerOptions options) {
        return new Recipe(options, schedule, sampling, input, output, objective, dropping, denoiser, labels, training);
    }

    /**
     * Another noise schedule.
     *
     * @param noise levels
     * @return a copy
     */
    public Recipe withSchedule(NoiseSchedule noise) {
        return new Recipe(tokenizer, noise, sampling, input, output, objective, dropping, denoiser, labels, training);
    }

    /**
     * Other frequencies of the noise levels in training.
     *
     * @param times how often training visits them
     * @return a copy
     */
    public Recipe withSampling(TimeSampling times) {
        return new Recipe(tokenizer, schedule, times, input, output, objective, dropping, denoiser, labels, training);
    }

    /**
     * Another input space.
     *
     * @param space where the network reads
     * @return a copy
     */
    public Recipe withInput(Space space) {
        return new Recipe(
                tokenizer, schedule, sampling, space, output, objective, dropping, denoiser, labels, training);
    }

    /**
     * Another output space and objective.
     *
     * @param space where the network predicts
     * @param aim what it predicts
     * @return a copy
     */
    public Recipe withOutput(Space space, Objective aim) {
        return new Recipe(tokenizer, schedule, sampling, input, space, aim, dropping, denoiser, labels, training);
    }

    /**
     * Another network.
     *
     * @param network the network
     * @return a copy
     */
    public Recipe withDenoiser(Denoiser network) {
        return new Recipe(tokenizer, schedule, sampling, input, output, objective, dropping, network, labels, training);
    }

    /**
     * Tokens that the network is not given in training.
     *
     * @param tokens which of an image's
     * @return a copy
     */
    public Recipe withDropping(Dropping tokens) {
        return new Recipe(tokenizer, schedule, sampling, input, output, objective, tokens, denoiser, labels, training);
    }

    /**
     * Whether the network is told classes.
     *
     * @param classes labels or none
     * @return a copy
     */
    public Recipe withLabels(ClassLabels classes) {
        return new Recipe(
                tokenizer, schedule, sampling, input, output, objective, dropping, denoiser, classes, training);
    }

    /**
     * Other training options.
     *
     * @param options how it is trained
     * @return a copy
     */
    public Recipe withTraining(Training options) {
        return new Recipe(tokenizer, schedule, sampling, input, output, objective, dropping, denoiser, labels, options);
    }

    /**
     * Fits the tokenizer, trains the network to the end and returns the model.
     *
     * @param images training images; labels are not looked at
     * @param rng key of the run
     * @param progress told after every step
     * @return the trained model; close it to free its memory
     * @throws IllegalStateException if the loss stops being finite
     */
    public LatentDAE train(ImageSource images, Rng rng, Progress progress) {
        try (Trainer trainer = Trainer.start(this, images, rng, progress)) {
            trainer.run(progress);
            return trainer.model();
        }
    }

    /**
     * What differs between this recipe and another, by dotted path: {@code "schedule.maxSigma" -> "1.0 -> 1.414"}. Numbers have
     * four digits, unless they differ only after those.
     *
     * @param other the other recipe
     * @return an entry for each difference, empty if the recipes are equal
     */
    public Map<String, String> diff(Recipe other) {
        Map<String, String> mine = RecipeJson.flatten(this);
        Map<String, String> theirs = RecipeJson.flatten(other);
        Map<String, String> changes = new TreeMap<>();
        mine.forEach((path, value) -> {
            String after = theirs.getOrDefault(path, "-");
            if (!value.equals(after)) {
                changes.put(path, RecipeJson.change(value, after));
            }
        });
        theirs.forEach((path, value) -> {
            if (!mine.containsKey(path)) {
                changes.put(path, RecipeJson.change("-", value));
            }
        });
        return changes;
    }

    /**
     * The recipe as JSON, as it is saved with checkpoints and results.
     *
     * @return one JSON object
     */
    public String toJson() {
        return RecipeJson.write(this);
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @param json one JSON object
     * @return the recipe
     * @throws IllegalArgumentException if the text is not a recipe
     */
    public static Recipe fromJson(String json) {
        return RecipeJson.read(json);
    }

    /** Sizes of the network's input and output tokens. */
    Denoiser.Signature signature(TokenGrid grid, int classes) {
        int patch = grid.patchSize();
        return Denoiser.Signature.of(
                        grid,
                        input == Space.IMAGE ? patch : tokenizer.dimension(),
                        output == Space.IMAGE ? patch : tokenizer.dimension())
                .withTime(schedule.timeDependent() && denoiser.takesTime())
                .withClasses(classes);
    }

    /** A line for each part; {@link #toJson} has every number. What is dropped, told or drawn as usual is left out. */
    @Override
    public String toString() {
        Recipe usual = latentDAE(tokenizer);
        Map<String, String> parts = RecordText.told(
                this, usual, "tokenizer", "schedule", "input", "output", "objective", "denoiser", "training");
        return parts.entrySet().stream()
                .map(part -> String.format(Locale.ROOT, "\n  %-9s  %s", part.getKey(), part.getValue()))
                .collect(Collectors.joining("", "Recipe", ""));
    }
}
