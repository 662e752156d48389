package org.ldae.tokenizers;

import java.util.Map;
import org.ldae.data.ImageSource;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A tokenizer of this library: it knows how it was fitted, can be saved, and can work inside a training step. */
public sealed interface FittedTokenizer extends Tokenizer permits LinearTokenizer, ConvVAE {

    /**
     * What it was fitted with.
     *
     * @return the options
     */
    TokenizerOptions options();

    /**
     * Everything {@link TokenizerOptions#restore} needs besides the image shape.
     *
     * @return new arrays by name
     */
    Map<String, INDArray> tensors();

    /**
     * The tokenizer at work on a fixed number of images.
     *
     * @param work workspace of the thread that will use it; the codec's memory belongs to it
     * @param images n, at least 1
     * @return the codec
     */
    Codec codec(Workspace work, int images);

    /**
     * Mean squared error of {@code decode(encode(x))} over all pixels, in units of pixels squared.
     *
     * @param images at least one image of the grid's shape; a block of them is in memory at a time
     * @return the error, at least 0
     * @throws IllegalArgumentException if there is no image or the shape differs
     */
    default double reconstructionError(ImageSource images) {
        return Reconstruction.meanSquaredError(this, images);
    }
}
