package org.ldae.tokenizers.linear;

import org.ldae.core.Parts;
import org.ldae.tokenizers.TokenizerOptions;

/** Names of the linear tokenizers in recipes. */
public final class LinearParts implements Parts {

    /** For the service loader. */
    public LinearParts() {}

    @Override
    public void register(Kinds kinds) {
        kinds.add(TokenizerOptions.class, "patch-pca", PatchPCA.Options.class)
                .add(TokenizerOptions.class, "patch-ae", PatchAE.Options.class)
                .add(TokenizerOptions.class, "patch-vae", PatchVAE.Options.class);
    }
}
