package org.ldae.tokenizers;

import org.ldae.core.TokenGrid;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Maps images {@code [N, C, H, W]} to latent tokens {@code [N, L, D]} and back (paper, section 4.2).
 *
 * <p>A tokenizer is fitted once and then immutable and safe to share between threads. It owns the centring and scale of
 * its latents, so that every caller adds noise on the same footing. Arrays it returns are new and belong to the caller.
 */
public interface Tokenizer {

    /**
     * The grid of tokens it works on.
     *
     * @return image shape and patch side
     */
    TokenGrid grid();

    /**
     * Numbers per token.
     *
     * @return D, at least 1
     */
    int dimension();

    /**
     * Encodes images.
     *
     * @param images {@code [N, C, H, W]} float32, pixels in [-1, 1]
     * @return latents {@code [N, L, D]}, centred and scaled
     * @throws IllegalArgumentException if the shape differs from {@link #grid()}
     */
    INDArray encode(INDArray images);

    /**
     * Decodes latents.
     *
     * @param latents {@code [N, L, D]} float32, as {@link #encode} returns them
     * @return images {@code [N, C, H, W]}, not clipped to [-1, 1]
     * @throws IllegalArgumentException if the shape differs from {@link #grid()} and {@link #dimension()}
     */
    INDArray decode(INDArray latents);
}
