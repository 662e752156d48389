package org.ldae.study;

import org.ldae.models.Recipe;
import org.ldae.tokenizers.LatentEncoder;

/**
 * Latents of a recipe's tokenizer.
 *
 * @param recipe the recipe
 */
record Latents(Recipe recipe) implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("latents").with("recipe", recipe).toString();
    }

    @Override
    public void run(CellRun run) {
        run.probe(new LatentEncoder(run.tokenizer(recipe)));
    }

    @Override
    public void fitTokenizers(CellRun run) {
        run.tokenizer(recipe);
    }
}
