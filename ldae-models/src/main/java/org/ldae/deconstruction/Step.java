package org.ldae.deconstruction;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.ldae.models.Recipe;

/**
 * One step of the deconstruction: a function that changes one thing of a recipe.
 *
 * @param name its name on the command line and in results, such as {@code patch-pca}
 * @param change what it does, in words
 * @param published what the paper printed after it
 * @param touches dotted paths of the recipe, as {@link Recipe#diff} names them, that it may change with all below them
 * @param function the change itself
 */
public record Step(
        String name, String change, Published published, Set<String> touches, UnaryOperator<Recipe> function) {

    /**
     * Copies the paths.
     *
     * @param name its name
     * @param change what it does
     * @param published what the paper printed after it
     * @param touches what it may change
     * @param function the change itself
     */
    public Step {
        touches = Set.copyOf(touches);
    }

    /**
     * Applies it.
     *
     * @param before any recipe the step makes sense for
     * @return another recipe
     * @throws IllegalArgumentException if the recipe lacks what the step changes, or the change doesn't go with the rest
     * @throws IllegalStateException if something else than {@link #touches} changed
     */
    public Recipe apply(Recipe before) {
        Recipe after = function.apply(before);
        Map<String, String> changes = before.diff(after);
        Set<String> others = new TreeSet<>(changes.keySet());
        others.removeIf(
                path -> touches.stream().anyMatch(touched -> path.equals(touched) || path.startsWith(touched + ".")));
        if (!others.isEmpty()) {
            throw new IllegalStateException(
                    "step %s: expected changes of %s only, got %s too".formatted(name, touches, others));
        }
        return after;
    }

    @Override
    public String toString() {
        return name + " (" + change + ")";
    }
}
