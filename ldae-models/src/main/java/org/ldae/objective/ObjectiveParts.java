package org.ldae.objective;

import org.ldae.core.Parts;

/** The objectives of this library. */
public final class ObjectiveParts implements Parts {

    /** For the service loader. */
    public ObjectiveParts() {}

    @Override
    public void register(Kinds kinds) {
        kinds.add(Objective.class, "original-image", OriginalImage.class)
                .add(Objective.class, "latent", LatentQuantity.class)
                .add(Objective.class, "normalised-patches", NormalisedPatches.class);
    }
}
