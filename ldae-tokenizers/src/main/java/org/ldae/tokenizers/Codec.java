package org.ldae.tokenizers;

import org.ldae.compute.Tensor;
import org.ldae.inference.Patches;

/**
 * A fitted tokenizer as a stage of a training step: n images at once, on one thread, without allocation.
 *
 * <p>Pixels come as patches, tokens row-major and row, column, channel inside a patch, as {@link Patches} cuts them.
 */
public interface Codec {

    /**
     * Patches to scaled latents.
     *
     * @param patches {@code [n L, P*P*C]}
     * @param latents {@code [n L, d]}, overwritten
     */
    void encode(Tensor patches, Tensor latents);

    /**
     * Scaled latents to patches.
     *
     * @param latents {@code [n L, d]}
     * @param patches {@code [n L, P*P*C]}, overwritten
     */
    void decode(Tensor latents, Tensor patches);

    /**
     * Gradient of {@link #encode} by its patches.
     *
     * @param dLatents gradient of the latents
     * @param dPatches gradient of the patches, overwritten
     * @throws UnsupportedOperationException if encoding is not linear; {@link TokenizerOptions} of such a tokenizer are
     *     refused where a gradient would be needed
     */
    void encodeBackward(Tensor dLatents, Tensor dPatches);
}
