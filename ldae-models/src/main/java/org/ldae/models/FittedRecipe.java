package org.ldae.models;

import java.util.List;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;
import org.ldae.tokenizers.FittedTokenizer;

/**
 * A recipe with what it took from its training images.
 *
 * @param recipe the recipe
 * @param tokenizer its tokenizer, fitted
 * @param classNames classes that the network is told, empty if it is told none
 */
record FittedRecipe(Recipe recipe, FittedTokenizer tokenizer, List<String> classNames) {

    static FittedRecipe of(Recipe recipe, FittedTokenizer tokenizer, ImageSource images) {
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
        if (recipe.labels().told() && images.classNames().isEmpty()) {
            throw new IllegalArgumentException(
                    "recipe: class labels are told to the network, but the images carry none; use withLabels(ClassLabels.none())");
        }
        return new FittedRecipe(
                recipe, tokenizer, recipe.labels().told() ? List.copyOf(images.classNames()) : List.of());
    }

    Denoiser.Ports ports() {
        return recipe.ports(tokenizer.grid(), classNames.size());
    }

    Parameters parameters(Rng rng) {
        return recipe.denoiser().parameters(ports(), rng);
    }
}
