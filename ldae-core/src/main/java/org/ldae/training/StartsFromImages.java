package org.ldae.training;

import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;

/** A network some of whose parameters are taken from the training images before the first step, and keep those values. */
public interface StartsFromImages {

    /**
     * Writes those parameters.
     *
     * @param parameters of the network, initialised; their other values stay
     * @param images training images
     * @param rng key of what is drawn
     * @throws IllegalArgumentException if there are no images
     */
    void start(Parameters parameters, ImageSource images, Rng rng);

    /**
     * Whether a parameter is one of those.
     *
     * @param parameter its name
     * @return true if training leaves it as it is
     */
    boolean keeps(String parameter);
}
