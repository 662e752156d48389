package org.ldae.study;

import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;

/**
 * The encoder of a recipe before its first step.
 *
 * @param recipe the recipe
 * @param cells whether a pyramid of cells is probed instead of all tokens
 */
record UntrainedRecipe(Recipe recipe, boolean cells) implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("untrained")
                .with("recipe", recipe)
                .with("cells", cells)
                .toString();
    }

    @Override
    public void run(CellRun run) {
        try (LatentDAE model =
                LatentDAE.untrained(recipe, run.tokenizer(recipe), run.data().train(), run.rng())) {
            run.probe(model, cells);
        }
    }

    @Override
    public void fitTokenizers(CellRun run) {
        run.tokenizer(recipe);
    }
}
