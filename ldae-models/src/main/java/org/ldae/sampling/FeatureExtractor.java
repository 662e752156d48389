package org.ldae.sampling;

import org.ldae.data.ImageSource;
import org.ldae.perceptual.FeatureNet;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Features in which two sets of images are compared; any network will do, {@code model::represent} among them. */
@FunctionalInterface
public interface FeatureExtractor {

    /**
     * Describes images by numbers.
     *
     * @param images N images
     * @return {@code [N, F]} float32
     */
    INDArray features(ImageSource images);

    /**
     * The pooled features of a network that was trained with labels.
     *
     * @param net stays open as long as the extractor is used
     * @return F is the net's width
     */
    static FeatureExtractor pooled(FeatureNet net) {
        return net::represent;
    }
}
