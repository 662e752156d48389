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
 */
record Labelled(int patch, VisionTransformer network, Training training) implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("labelled").with("options", this).toString();
    }

    @Override
    public void run(CellRun run) {
        measure(run, Supervised.of(patch, network, training).train(run.data().train(), run.rng(), run.progress()));
    }

    /** Probes a classifier's encoder like any other, and its own answers. */
    static void measure(CellRun run, ViTClassifier classifier) {
        try (classifier) {
            run.probe(classifier);
            run.put(Metric.CLASSIFIER, classifier.evaluate(run.data().test()).top1());
        }
    }
}
