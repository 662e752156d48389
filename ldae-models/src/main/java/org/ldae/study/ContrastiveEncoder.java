package org.ldae.study;

import org.ldae.baselines.Contrastive;
import org.ldae.inference.Encoder;

/**
 * SimCLR or MoCo v3.
 *
 * @param options patch, network, method, training
 */
record ContrastiveEncoder(Contrastive options) implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("contrastive").with("options", options).toString();
    }

    @Override
    public void run(CellRun run) {
        long began = System.nanoTime();
        try (Encoder encoder = options.train(run.data().train(), run.rng(), run.progress())) {
            run.put(Metric.TRAINING_TIME, (System.nanoTime() - began) / 1e9);
            run.probe(encoder);
        }
    }
}
