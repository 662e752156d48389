package org.ldae.tokenizers.conv;

import org.ldae.core.Parts;
import org.ldae.tokenizers.TokenizerOptions;

/** The name of the convolutional tokenizer in recipes. */
public final class ConvParts implements Parts {

    /** For the service loader. */
    public ConvParts() {}

    @Override
    public void register(Kinds kinds) {
        kinds.add(TokenizerOptions.class, "conv-vae", ConvVAEOptions.class);
    }
}
