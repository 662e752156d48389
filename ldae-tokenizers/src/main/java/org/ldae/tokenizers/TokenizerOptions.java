package org.ldae.tokenizers;

import java.util.Map;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a recipe says of its tokenizer: which kind, of what size, fitted how, and what it can do. A plain value, one record a
 * kind, whose components are its settings.
 *
 * <p>A tokenizer of one's own needs the five methods without a default; it can then be used in latent space. Recipes ask the
 * questions below for everything else, never for a class.
 */
public interface TokenizerOptions {

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
    Tokenizer fit(ImageSource images, Rng rng, Progress progress);

    /**
     * Makes a tokenizer again from what {@link Tokenizer#tensors} gave.
     *
     * @param image shape of the images
     * @param tensors as they were given; copied
     * @return a tokenizer equal in every number
     * @throws IllegalArgumentException if a tensor is missing, not finite or doesn't fit options and shape
     */
    Tokenizer restore(ImageShape image, Map<String, INDArray> tensors);

    /**
     * Whether each token is an affine function of its own patch. Such a tokenizer gives {@link Tokenizer#filters}, and an
     * encoder trained on it folds into a plain one.
     *
     * @return false unless the tokenizer says otherwise
     */
    default boolean linear() {
        return false;
    }

    /**
     * Whether the rows of {@link Tokenizer#filters} are orthonormal, so that squared errors of latents are part of those of
     * pixels: what the original image's loss needs (paper, Tab. 3).
     *
     * @return false unless the tokenizer says otherwise
     */
    default boolean orthonormal() {
        return false;
    }

    /**
     * Whether {@link Codec#encodeBackward} works: needed where a predicted image is compared by its latents.
     *
     * @return whether the tokenizer is {@link #linear}, unless it says otherwise
     */
    default boolean differentiable() {
        return linear();
    }

    /**
     * These options without a loss over features of a network trained with labels (paper, Tab. 1).
     *
     * @return a copy, or these options if there is no such loss
     */
    default TokenizerOptions withoutPerceptual() {
        return this;
    }

    /**
     * These options without a discriminator (paper, Tab. 1).
     *
     * @return a copy, or these options if there is none
     */
    default TokenizerOptions withoutAdversarial() {
        return this;
    }

    /**
     * A name for tables and messages.
     *
     * @return such as PatchPCA
     */
    default String name() {
        Class<?> outer = getClass().getEnclosingClass();
        return (outer == null ? getClass() : outer).getSimpleName();
    }

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
