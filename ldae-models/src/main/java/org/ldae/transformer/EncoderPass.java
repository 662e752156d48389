package org.ldae.transformer;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Norm;
import org.ldae.nn.Workspace;

/**
 * The encoder of a {@link VisionTransformer} as a plain ViT over n images, of which it sees all tokens or some: embedding,
 * positions, encoder blocks, and what its {@link Variant} adds.
 *
 * <p>Its parameters are those that {@link VisionTransformer#encoder} declares. Belongs to one thread.
 */
public final class EncoderPass {

    private final Embedding embedding;
    private final Blocks blocks;
    private final @Nullable Norm lastNorm;
    private final Tensor normed;

    /**
     * Layers and scratch memory over all tokens or some.
     *
     * @param net whose encoder it is
     * @param work workspace over the parameters
     * @param signature numbers in an input token, and visible tokens V of each image
     * @param images n, at least 1
     */
    public EncoderPass(VisionTransformer net, Workspace work, Denoiser.Signature signature, int images) {
        Variant form = net.form();
        int tokens = form.leading() + signature.visible();
        int rows = images * tokens;
        this.embedding = new Embedding(net, work, signature, images);
        this.blocks = new Blocks(work, net.encoderStack(tokens, rows), null);
        this.lastNorm = form.lastNorm()
                ? Norm.affine(work, VisionTransformer.NORM, rows).withEpsilon(form.epsilon())
                : null;
        this.normed = lastNorm == null ? blocks.scratch() : work.allocate(rows, net.width());
    }

    /**
     * Where the caller writes the patches that are seen.
     *
     * @return {@code [n V, P*P*C]}
     */
    public Tensor input() {
        return embedding.input();
    }

    /**
     * Where each row of the input lies in its image; the caller changes it in place.
     *
     * @return {@code [n V]} tokens in [0, L), live; the first V tokens of each image unless changed
     */
    public int[] places() {
        return embedding.places();
    }

    /**
     * Tokens after a block.
     *
     * @param block in [1, encoder blocks]
     * @return {@code [n V, M]}, or {@code [n (1 + V), M]} with a class token; valid until the next call
     */
    public Tensor features(int block) {
        Tensor tokens = blocks.forward(embedding.forward(), block); // [n V, M]
        if (lastNorm != null && block == blocks.size()) {
            lastNorm.forward(tokens, normed);
        }
        return tokens(block);
    }

    /**
     * Tokens after the same block as the last {@link #features} or an earlier one.
     *
     * @param block in [1, that block]
     * @return as {@link #features}, valid until its next call
     */
    public Tensor tokens(int block) {
        return lastNorm != null && block == blocks.size() ? normed : blocks.stream(block);
    }

    /** Tokens after the last block. */
    Tensor forward() {
        return features(blocks.size());
    }

    /** What the last {@link #forward} made. */
    Tensor tokens() {
        return tokens(blocks.size());
    }

    /**
     * Adds the gradients of the last {@link #features} of all blocks. For networks without a last norm: those that train have it
     * behind the average, or before a decoder. The gradient {@code [n V, M]} of the tokens it gave is used up.
     */
    void backward(Tensor d) {
        blocks.backward(d);
        embedding.backward(d);
    }

    /** Memory of the tokens' sides that is free between the passes. */
    Tensor scratch() {
        return blocks.scratch();
    }
}
