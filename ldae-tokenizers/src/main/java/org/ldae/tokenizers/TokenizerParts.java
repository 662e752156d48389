package org.ldae.tokenizers;

import org.ldae.core.Parts;
import org.ldae.perceptual.FeatureFile;
import org.ldae.perceptual.FeatureNet;
import org.ldae.perceptual.FeatureSource;

/** The tokenizers of this library. */
public final class TokenizerParts implements Parts {

    /** For the service loader. */
    public TokenizerParts() {}

    @Override
    public void register(Kinds kinds) {
        kinds.add(TokenizerOptions.class, "patch-pca", PatchPCA.Options.class)
                .add(TokenizerOptions.class, "patch-ae", PatchAE.Options.class)
                .add(TokenizerOptions.class, "patch-vae", PatchVAE.Options.class)
                .add(TokenizerOptions.class, "conv-vae", ConvVAEOptions.class)
                .add(FeatureSource.class, "trained", FeatureNet.Options.class)
                .add(FeatureSource.class, "file", FeatureFile.class);
    }
}
