package org.ldae.tokenizers;

import java.util.Map;
import java.util.Optional;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Maps images {@code [N, C, H, W]} to latent tokens {@code [N, L, D]} and back (paper, section 4.2); made by {@link
 * TokenizerOptions#fit}.
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
     * What it was fitted with.
     *
     * @return the options
     */
    TokenizerOptions options();

    /**
     * Encodes images.
     *
     * @param images {@code [N, C, H, W]} float32, pixels in [-1, 1]
     * @return latents {@code [N, L, D]}, centred and scaled
     * @throws IllegalArgumentException if the shape differs from {@link #grid()}
     */
    INDArray encode(INDArray images);

    /**
     * Encodes images that are read as they are needed, on all workers: only their latents are in memory at once.
     *
     * @param images at least one image of the grid's shape, pixels in [-1, 1]
     * @return latents {@code [N, L, D]}, centred and scaled
     * @throws IllegalArgumentException if there is no image or the shape differs
     */
    default INDArray encode(ImageSource images) {
        return new CodecRun(this).encode(images);
    }

    /**
     * Decodes latents.
     *
     * @param latents {@code [N, L, D]} float32, as {@link #encode} returns them
     * @return images {@code [N, C, H, W]}, not clipped to [-1, 1]
     * @throws IllegalArgumentException if the shape differs from {@link #grid()} and {@link #dimension()}
     */
    INDArray decode(INDArray latents);

    /**
     * Everything {@link TokenizerOptions#restore} needs besides the image shape.
     *
     * @return new arrays by name
     */
    Map<String, INDArray> tensors();

    /**
     * Numbers per token.
     *
     * @return D, at least 1
     */
    default int dimension() {
        return options().dimension();
    }

    /**
     * The tokenizer at work on a fixed number of images inside a training step. By default it goes through {@link #encode}
     * and {@link #decode}, which makes new arrays in every step; a tokenizer that works on tensors is faster.
     *
     * @param work workspace of the thread that will use it; the codec's memory belongs to it
     * @param images n, at least 1
     * @return the codec
     */
    default Codec codec(Workspace work, int images) {
        return new ArrayCodec(this, images);
    }

    /**
     * What each latent looks for in a patch, before the scale: the rows of V, to be seen as pictures (paper, Fig. 4).
     *
     * @return {@code [D, P*P*C]}, inside a row: row p, column q, channel c; empty unless {@link TokenizerOptions#linear}
     */
    default Optional<INDArray> filters() {
        return Optional.empty();
    }

    /**
     * Mean squared error of {@code decode(encode(x))} over all pixels, in units of pixels squared.
     *
     * @param images at least one image of the grid's shape; a block of them is in memory at a time
     * @return the error, at least 0
     * @throws IllegalArgumentException if there is no image or the shape differs
     */
    default double reconstructionError(ImageSource images) {
        return new CodecRun(this).reconstructionError(images);
    }
}
