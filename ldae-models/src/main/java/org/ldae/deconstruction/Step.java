package org.ldae.deconstruction;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ldae.models.Recipe;

/**
 * One step of the deconstruction: a function that changes one thing of a recipe.
 *
 * @param name its name on the command line and in results, such as {@code patch-pca}: letters, digits and hyphens
 * @param change what it does, in words
 * @param published what the paper printed after it, empty for a step of one's own
 * @param function the change itself; {@link Recipe#diff} says what it changed
 */
public record Step(String name, String change, Optional<Published> published, UnaryOperator<Recipe> function) {

    /**
     * A step of one's own.
     *
     * @param name its name in results: letters, digits and hyphens
     * @param change what it does, in words
     * @param function the change itself
     * @return the step
     */
    public static Step of(String name, String change, UnaryOperator<Recipe> function) {
        return new Step(name, change, Optional.empty(), function);
    }

    /**
     * Applies it.
     *
     * @param before any recipe the step makes sense for
     * @return another recipe
     * @throws IllegalArgumentException if the recipe lacks what the step changes, or the change doesn't go with the rest
     */
    public Recipe apply(Recipe before) {
        return function.apply(before);
    }

    @Override
    public String toString() {
        return name + " (" + change + ")";
    }
}
