package org.ldae.inference;

import java.util.List;
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
     * Times whose noise is worth a look when features of noised inputs are compared.
     *
     * @return in [0, 1], ascending; none without a noise schedule
     */
    default List<Double> noiseTimes() {
        return List.of();
    }

    /**
     * How features are read; {@link #represent(ImageSource, Features)} and {@link #predictor(Features)} do it.
     *
     * @param features what to read; the time means nothing to a network that is not told one
     * @return what computes them while this encoder is open
     * @throws IllegalArgumentException if the block doesn't fit, or noise is asked of an encoder that has no schedule
     */
    Reading reading(Features features);

    /**
     * Represents images.
     *
     * @param images of the grid's shape
     * @param features what to read
     * @return {@code [N, F]}: of each block its cells or tokens, of each of them M numbers; see {@link Reading}
     * @throws IllegalArgumentException if the shape differs, or as {@link #reading}
     */
    default INDArray represent(ImageSource images, Features features) {
        return reading(features).of(images);
    }

    /**
     * Represents one picture at a time, with memory that is kept between calls: what an application serves.
     *
     * @param features what to read
     * @return a predictor, to be shared between threads and closed before this encoder
     * @throws IllegalArgumentException as {@link #reading}
     */
    default Predictor predictor(Features features) {
        return new Predictor(reading(features));
    }

    /** Frees its memory. */
    @Override
    void close();
}
