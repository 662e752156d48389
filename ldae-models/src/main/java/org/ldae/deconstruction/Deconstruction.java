package org.ldae.deconstruction;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.ldae.models.ClassLabels;
import org.ldae.models.Recipe;
import org.ldae.noise.NoiseSchedule;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.tokenizers.linear.PatchAE;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.tokenizers.linear.PatchVAE;

/**
 * The paper's road from a class-conditional diffusion model to the latent denoising autoencoder, step by step (Tab. 1 to 3).
 *
 * <pre>{@code
 * Recipe ldae = Deconstruction.recipeAt(Preset.small().baseline(), "original-image");
 * Deconstruction.PATH.forEach(step -> System.out.println(step.name() + ": " + step.change()));
 * }</pre>
 *
 * <p>A new variant is a new function from recipe to recipe, not a new class.
 */
public final class Deconstruction {

    /** The latents of a token double when principal components come in: 16 to 32 (paper, Tab. 2 and 3). */
    private static final int PCA_FACTOR = 2;

    /** The 13 rows of the road, each changing one thing of the row before it. */
    public static final List<Step> PATH = List.of(
            step(
                    "baseline",
                    "class-conditional DiT on a tokenizer with perceptual and adversarial loss, predicts noise",
                    Published.withFid(57.5, 11.6, "Tab. 1"),
                    recipe -> recipe),
            step(
                    "no-labels",
                    "remove class-conditioning",
                    Published.withFid(62.5, 30.9, "Tab. 1"),
                    recipe -> recipe.withLabels(ClassLabels.none())),
            step(
                    "no-perceptual",
                    "remove the tokenizer's perceptual loss",
                    Published.withFid(58.4, 54.3, "Tab. 1"),
                    recipe -> recipe.withTokenizer(recipe.tokenizer().withoutPerceptual())),
            step(
                    "no-adversarial",
                    "remove the tokenizer's adversarial loss",
                    Published.withFid(59.0, 75.6, "Tab. 1"),
                    recipe -> recipe.withTokenizer(recipe.tokenizer().withoutAdversarial())),
            step(
                    "linear-schedule",
                    "replace the noise schedule: gamma^2 linear",
                    Published.withFid(63.4, 93.2, "Tab. 1"),
                    recipe -> recipe.withSchedule(NoiseSchedule.linear())),
            step(
                    "patch-vae",
                    "patch-wise VAE",
                    Published.of(64.9, "Tab. 2"),
                    recipe -> recipe.withTokenizer(PatchVAE.patch(patch(recipe)).dimension(dimension(recipe)))),
            step(
                    "patch-ae",
                    "patch-wise AE",
                    Published.of(64.7, "Tab. 2"),
                    recipe -> recipe.withTokenizer(PatchAE.patch(patch(recipe)).dimension(dimension(recipe)))),
            step(
                    "patch-pca",
                    "patch-wise PCA of twice the dimension",
                    Published.of(65.1, "Tab. 2 and 3"),
                    recipe -> recipe.withTokenizer(
                            PatchPCA.patch(patch(recipe)).components(PCA_FACTOR * dimension(recipe)))),
            step(
                    "predict-clean",
                    "predict clean data rather than noise",
                    Published.of(62.4, "Tab. 3"),
                    recipe -> recipe.withOutput(Space.LATENT, Objective.latent())),
            step(
                    "no-input-scaling",
                    "remove input scaling: gamma = 1, sigma linear to sqrt 2",
                    Published.of(63.6, "Tab. 3"),
                    recipe -> recipe.withSchedule(NoiseSchedule.additive(Math.sqrt(2)))),
            step(
                    "image-input",
                    "operate on the image input by inverse PCA",
                    Published.of(63.6, "Tab. 3"),
                    recipe -> recipe.withInput(Space.IMAGE)),
            step(
                    "image-output",
                    "operate on the image output by inverse PCA",
                    Published.of(63.9, "Tab. 3"),
                    recipe -> recipe.withOutput(Space.IMAGE, recipe.objective())),
            step(
                    "original-image",
                    "predict the original image: l-DAE",
                    Published.of(64.5, "Tab. 3"),
                    recipe -> recipe.withOutput(recipe.output(), Objective.originalImage())));

    /** The last row. */
    public static final Step LDAE = PATH.get(PATH.size() - 1);

    /** The variant after the last row: a classical denoising autoencoder (section 4.3). */
    public static final Step SINGLE_LEVEL = step(
            "single-level",
            "variant: one noise level, sigma = sqrt(1/3)",
            Published.of(61.5, "section 4.3"),
            recipe -> recipe.withSchedule(NoiseSchedule.single(Math.sqrt(1.0 / 3))));

    private Deconstruction() {}

    private static Step step(String name, String change, Published published, UnaryOperator<Recipe> function) {
        return new Step(name, change, Optional.of(published), function);
    }

    /**
     * The rows of {@link #PATH} and the single-level variant.
     *
     * @return 14 steps
     */
    public static List<Step> all() {
        return Stream.concat(PATH.stream(), Stream.of(SINGLE_LEVEL)).toList();
    }

    /**
     * The recipe after a step and all that come before it.
     *
     * @param baseline recipe of the first row, such as {@link Preset#baseline}
     * @param name of the step
     * @return the recipe
     * @throws IllegalArgumentException if there is no such step, or the baseline lacks what a step changes
     */
    public static Recipe recipeAt(Recipe baseline, String name) {
        Step last = step(name);
        Recipe recipe = baseline;
        for (Step step : all()) {
            recipe = step.apply(recipe);
            if (step.equals(last)) {
                break;
            }
        }
        return recipe;
    }

    /**
     * The step of a name.
     *
     * @param name such as {@code patch-pca}
     * @return one of {@link #all}
     * @throws IllegalArgumentException if there is no such step
     */
    public static Step step(String name) {
        return all().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("step: expected one of %s, got '%s'"
                        .formatted(all().stream().map(Step::name).toList(), name)));
    }

    private static int patch(Recipe recipe) {
        return recipe.tokenizer().patch();
    }

    private static int dimension(Recipe recipe) {
        return recipe.tokenizer().dimension();
    }
}
