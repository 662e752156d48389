package org.ldae.tokenizers;

import java.util.Map;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a recipe says of its tokenizer: which kind, of what size, fitted how. A plain value, one record a kind. */
public sealed interface TokenizerOptions permits PatchPCA.Options, PatchAE.Options, PatchVAE.Options, ConvVAEOptions {

    /**
     * Side of the square of pixels that becomes a token.
     *
     * @return P, at least 1
     */
    int patch();

    /**
     * Latent numbers of a token.
     *
     * @return d, at least 1
     */
    int dimension();

    /**
     * The same options with another number of latents, for sweeps over d (paper, Tab. 2).
     *
     * @param dimension d, at least 1
     * @return a copy
     */
    TokenizerOptions withDimension(int dimension);

    /**
     * Fits a tokenizer.
     *
     * @param images what it is fitted on; labels are not looked at
     * @param rng key of everything random in it
     * @param progress told as the fit goes on
     * @return the fitted tokenizer
     * @throws IllegalArgumentException if the options don't fit the images
     */
    FittedTokenizer fit(ImageSource images, Rng rng, Progress progress);

    /**
     * Makes a tokenizer again from what {@link FittedTokenizer#tensors} gave.
     *
     * @param image shape of the images
     * @param tensors as they were given; copied
     * @return a tokenizer equal in every number
     * @throws IllegalArgumentException if a tensor is missing, not finite or doesn't fit options and shape
     */
    FittedTokenizer restore(ImageShape image, Map<String, INDArray> tensors);

    /**
     * The grid these options lay over an image.
     *
     * @param image shape of the images
     * @return its tokens
     * @throws IllegalArgumentException if the patch is no divisor of both sides
     */
    default TokenGrid grid(ImageShape image) {
        return new TokenGrid(image, patch());
    }
}
