package org.ldae.transformer;

import org.ldae.nn.Denoiser;
import org.ldae.nn.Parameters;

/**
 * What a network can do whose encoder is a vision transformer once time and label are fixed: its features then come from a
 * plain encoder on patches (paper, section 3). Asked for by {@link Denoiser#as}.
 */
public interface PlainFolding {

    /**
     * The plain encoder's architecture.
     *
     * @return as many encoder blocks as the network's features have
     */
    VisionTransformer plain();

    /**
     * The plain encoder's weights for one time and no label, with the same features.
     *
     * @param trained weights of the whole network
     * @param signature what goes in and out of it
     * @param time t in [0, 1]
     * @return weights as {@link VisionTransformer#encoder} declares them; the caller closes them
     */
    Parameters plainEncoder(Parameters trained, Denoiser.Signature signature, double time);
}
