package org.ldae.models;

import org.ldae.core.Parts;
import org.ldae.front.WhitenedFront;
import org.ldae.nn.Denoiser;
import org.ldae.transformer.MaskedTransformer;
import org.ldae.transformer.VisionTransformer;
import org.ldae.unet.UNet;

/** The networks of this library. */
public final class ModelParts implements Parts {

    /** For the service loader. */
    public ModelParts() {}

    @Override
    public void register(Kinds kinds) {
        kinds.add(Denoiser.class, "vision-transformer", VisionTransformer.class)
                .add(Denoiser.class, "masked-transformer", MaskedTransformer.class)
                .add(Denoiser.class, "unet", UNet.class)
                .add(Denoiser.class, "whitened-front", WhitenedFront.class);
    }
}
