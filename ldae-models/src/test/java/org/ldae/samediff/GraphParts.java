package org.ldae.samediff;

import org.ldae.core.Parts;
import org.ldae.nn.Denoiser;

/** Names the graphs of the tests, so that recipes with them are saved. */
public final class GraphParts implements Parts {

    @Override
    public void register(Kinds kinds) {
        kinds.add(Denoiser.class, "test-graph-transformer", GraphTransformer.class)
                .add(Denoiser.class, "test-graph-mlp", TokenMlp.class);
    }
}
