package org.ldae.study;

import org.ldae.baselines.Contrastive;
import org.ldae.inference.Encoder;

/**
 * SimCLR or MoCo v3.
 *
 * @param options patch, network, method, training
 * @param cells whether a pyramid of cells is probed instead of all tokens
 */
record ContrastiveEncoder(Contrastive options, boolean cells) implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("contrastive")
                .with("options", options)
                .with("cells", cells)
                .toString();
    }

    @Override
    public void run(CellRun run) {
        long began = System.nanoTime();
        try (Encoder encoder = options.train(run.data().train(), run.rng(), run.progress())) {
            run.put(Metric.TRAINING_TIME, (System.nanoTime() - began) / 1e9);
            run.putWork(options.training());
            run.probe(encoder, cells);
        }
    }
}
