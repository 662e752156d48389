package org.ldae.tokenizers;

import java.util.Map;
import org.ldae.core.Tokenizer;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A tokenizer of this library: it knows how it was fitted, can be saved, and can work inside a training step. */
public sealed interface FittedTokenizer extends Tokenizer permits PatchPCA {

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
}
