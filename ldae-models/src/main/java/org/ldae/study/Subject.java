package org.ldae.study;

import java.util.Set;
import org.ldae.baselines.Contrastive;
import org.ldae.models.Recipe;

/**
 * What a trial measures. Bring your own as a record of its options:
 *
 * <pre>{@code
 * record Blurred(int width) implements Subject {
 *     public String settings() {
 *         return "{\"subject\": \"blurred\", \"width\": %d}".formatted(width);
 *     }
 *
 *     public void run(CellRun run) {
 *         run.probe(Metric.ALL_TOKENS, images -> blur(images, width));
 *     }
 * }
 * Study.of(preset, seeds).withTrials(Trial.of("blurred-2", "pixels blurred", new Blurred(2)));
 * }</pre>
 */
public interface Subject {

    /**
     * What defines its numbers beside images and seed. A study that is started again compares it with what was saved.
     *
     * @return one JSON object
     */
    String settings();

    /**
     * Trains and measures. Everything random is drawn from the run's key.
     *
     * @param run images, key and progress, and where the numbers go
     * @throws java.util.concurrent.CancellationException if this thread is interrupted
     */
    void run(CellRun run);

    /**
     * Fits the tokenizers that {@link #run} will ask for, so that an executor can send them to where cells run instead of having
     * each fit its own. By default none: they are fitted when they are asked for.
     *
     * @param run images and key; what is put into it is not kept
     */
    default void fitTokenizers(CellRun run) {}

    /**
     * The encoder of a recipe, trained and probed.
     *
     * @param recipe the recipe
     * @return the subject
     */
    static Subject trained(Recipe recipe) {
        return new TrainedRecipe(recipe, 0, Set.of());
    }

    /**
     * The encoder of a recipe before its first step, probed.
     *
     * @param recipe the recipe
     * @return the subject
     */
    static Subject untrained(Recipe recipe) {
        return new UntrainedRecipe(recipe, false);
    }

    /**
     * The encoder of contrastive learning, trained and probed.
     *
     * @param options patch, network, method, training
     * @return the subject
     */
    static Subject contrastive(Contrastive options) {
        return new ContrastiveEncoder(options, false);
    }
}
