package org.ldae.inference;

import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What represents images: a trained model, its peers and its controls, all to be probed alike. Safe to share between threads. */
public interface Encoder extends AutoCloseable {

    /**
     * How images are cut into tokens.
     *
     * @return L tokens of an image
     */
    TokenGrid grid();

    /**
     * Number of blocks after which features can be read.
     *
     * @return at least 1
     */
    int blocks();

    /**
     * Represents images.
     *
     * @param images of the grid's shape
     * @param features what to read; the time means nothing to a network that is not told one
     * @return {@code [N, F]}: of each block its cells or tokens, of each of them M numbers; see {@link Reading}
     * @throws IllegalArgumentException if shape, block or pooling don't fit, or noise is asked of an encoder without a schedule
     */
    INDArray represent(ImageSource images, Features features);

    /** Frees its memory. */
    @Override
    void close();
}
