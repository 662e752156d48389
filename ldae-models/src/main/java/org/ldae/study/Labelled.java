package org.ldae.study;

import org.ldae.baselines.Supervised;
import org.ldae.baselines.ViTClassifier;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/**
 * A network trained with labels from scratch: an upper line.
 *
 * @param patch side of a patch
 * @param network its encoder
 * @param training as long as the recipe's it is compared with
 * @param cells whether a pyramid of cells is probed instead of all tokens
 */
record Labelled(int patch, VisionTransformer network, Training training, boolean cells) implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("labelled").with("options", this).toString();
    }

    @Override
    public void run(CellRun run) {
        ViTClassifier trained =
                Supervised.of(patch, network, training).train(run.data().train(), run.rng(), run.progress());
        run.putWork(training);
        measure(run, trained, cells);
    }

    /** Probes a classifier's encoder like any other, and its own answers. */
    static void measure(CellRun run, ViTClassifier classifier, boolean cells) {
        try (classifier) {
            run.probe(classifier, cells);
            run.put(Metric.CLASSIFIER, classifier.evaluate(run.data().test()).top1());
        }
    }
}
