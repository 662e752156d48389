package org.ldae.models;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.training.StartsFromImages;
import org.ldae.training.Training;

/**
 * A recipe with what it took from its training images.
 *
 * @param recipe the recipe
 * @param tokenizer its tokenizer, fitted
 * @param classNames classes that the network is told, empty if it is told none
 */
record FittedRecipe(Recipe recipe, Tokenizer tokenizer, List<String> classNames) {

    static FittedRecipe of(Recipe recipe, Tokenizer tokenizer, ImageSource images) {
        if (!tokenizer.options().equals(recipe.tokenizer())
                || !tokenizer.grid().image().equals(images.shape())) {
            throw new IllegalArgumentException(
                    "tokenizer: expected one fitted as %s on images %s, got %s on images %s; fit it with the recipe's options"
                            .formatted(
                                    recipe.tokenizer(),
                                    images.shape(),
                                    tokenizer.options(),
                                    tokenizer.grid().image()));
        }
        requireFit(recipe, images);
        return new FittedRecipe(
                recipe, tokenizer, recipe.labels().told() ? List.copyOf(images.classNames()) : List.of());
    }

    /** The same with a budget of arithmetic as steps. */
    FittedRecipe inSteps(LongSupplier flopsPerImage) {
        return withTraining(recipe.training().inSteps(flopsPerImage));
    }

    FittedRecipe withTraining(Training training) {
        return new FittedRecipe(recipe.withTraining(training), tokenizer, classNames);
    }

    /**
     * What can be checked before the tokenizer is fitted, which may take hours.
     *
     * @throws IllegalArgumentException if labels are missing, or latents hold more numbers than a patch
     */
    static void requireFit(Recipe recipe, ImageSource images) {
        List<String> problems = new ArrayList<>(recipe.problems());
        if (recipe.labels().told() && images.classNames().isEmpty()) {
            problems.add("class labels are told to the network, but the images carry none; use"
                    + " withLabels(ClassLabels.none())");
        }
        TokenGrid grid = recipe.tokenizer().grid(images.shape());
        problems.addAll(recipe.dropping().problems(grid));
        int widest = grid.patchSize();
        int dimension = recipe.tokenizer().dimension();
        if (dimension > widest) {
            problems.add(
                    "noise in a latent wider than its patch: expected a dimension of at most D = P*P*C = %d for images %s, got %d; use withTokenizer(tokenizer.withDimension(%d))"
                            .formatted(widest, images.shape(), dimension, widest));
        }
        Recipe.refuse(problems);
    }

    Denoiser.Signature signature() {
        return recipe.signature(tokenizer.grid(), classNames.size());
    }

    /**
     * What the network is told of images at t = 0.
     *
     * @param labels one an image, or none at all
     * @throws IllegalArgumentException if the network has no such classes, or never learnt to do without
     */
    Denoiser.Conditions conditions(int images, int... labels) {
        if (labels.length != 0 && labels.length != images) {
            throw new IllegalArgumentException(
                    "labels: expected none or one an image, %d, got %d".formatted(images, labels.length));
        }
        Denoiser.Conditions conditions = Denoiser.Conditions.of(images);
        System.arraycopy(labels, 0, conditions.labels(), 0, labels.length);
        for (int label : conditions.labels()) {
            if (label < Denoiser.Conditions.NO_LABEL || label >= classNames.size()) {
                throw new IllegalArgumentException(
                        "labels: expected classes below %d that the network is told, or %d for none, got %d"
                                .formatted(classNames.size(), Denoiser.Conditions.NO_LABEL, label));
            }
            if (label == Denoiser.Conditions.NO_LABEL && recipe.labels().required()) {
                throw new IllegalArgumentException(
                        "labels: expected one for every image, got none; the network never learnt to do without, train"
                                + " it with ClassLabels.withDropout(0.1)");
            }
        }
        return conditions;
    }

    /** Parameters before the first step; the images are those that training will see. */
    Parameters start(ImageSource images, Rng rng) {
        Parameters parameters = layout().initialise(rng);
        try {
            startsFromImages().ifPresent(net -> net.start(parameters, images, rng.stream("images")));
            return parameters;
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    /** Whether training leaves a parameter as it started. */
    boolean keeps(String parameter) {
        return startsFromImages().filter(net -> net.keeps(parameter)).isPresent();
    }

    private Optional<StartsFromImages> startsFromImages() {
        return recipe.denoiser().as(StartsFromImages.class);
    }

    Parameters.Layout layout() {
        return recipe.denoiser().layout(signature());
    }
}
