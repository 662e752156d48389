package org.ldae.study;

import org.ldae.baselines.MaskedAutoencoder;
import org.ldae.inference.Encoder;

/**
 * A masked autoencoder (He et al. 2022).
 *
 * @param options patch, network, training
 */
record Masked(MaskedAutoencoder options) implements Subject {

    @Override
    public String settings() {
        return SubjectJson.of("masked").with("options", options).toString();
    }

    @Override
    public void run(CellRun run) {
        try (Encoder encoder = options.train(run.data().train(), run.rng(), run.progress())) {
            run.probe(encoder);
        }
    }
}
