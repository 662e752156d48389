package org.ldae.study;

import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;

/**
 * The encoder of a recipe before its first step.
 *
 * @param recipe the recipe
 */
record UntrainedRecipe(Recipe recipe) implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("untrained").with("recipe", recipe).toString();
    }

    @Override
    public void run(CellRun run) {
        try (LatentDAE model =
                LatentDAE.untrained(recipe, run.tokenizer(recipe), run.data().train(), run.rng())) {
            run.probe(model);
        }
    }
}
