package org.ldae.study;

import org.ldae.baselines.Supervised;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Recipe;
import org.ldae.models.Trainer;
import org.ldae.training.Training;

/**
 * The encoder of a trained recipe, trained on with labels.
 *
 * @param recipe the recipe
 * @param training of the second part
 * @param layerDecay factor on the rate from block to block downwards
 */
record FineTuned(Recipe recipe, Training training, double layerDecay) implements Subject {

    /** Time that the encoder is told from then on: the paper's best for probes. */
    private static final double TIME = 0.01;

    @Override
    public String settings() {
        return SubjectJson.of("fine-tuned")
                .with("recipe", recipe)
                .with("fineTuning", training)
                .with("layerDecay", layerDecay)
                .toString();
    }

    @Override
    public void run(CellRun run) {
        try (Trainer trainer =
                Trainer.start(recipe, run.tokenizer(recipe), run.data().train(), run.rng())) {
            trainer.run(run.progress());
            run.requireFinished(trainer.finished());
            try (LatentDAE model = trainer.model();
                    PlainEncoder start = model.plainEncoder(TIME)) {
                Supervised options = Supervised.from(start, training).withLayerDecay(layerDecay);
                Labelled.measure(
                        run, options.train(run.data().train(), run.rng().stream("fine-tuning"), run.progress()), false);
            }
        }
    }

    @Override
    public void fitTokenizers(CellRun run) {
        run.tokenizer(recipe);
    }
}
