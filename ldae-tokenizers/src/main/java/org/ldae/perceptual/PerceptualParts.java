package org.ldae.perceptual;

import org.ldae.core.Parts;

/** Names of sources of feature nets in recipes. */
public final class PerceptualParts implements Parts {

    /** For the service loader. */
    public PerceptualParts() {}

    @Override
    public void register(Kinds kinds) {
        kinds.add(FeatureSource.class, "trained", FeatureNet.Options.class)
                .add(FeatureSource.class, "file", FeatureFile.class);
    }
}
