package org.ldae.transformer;

import java.util.Arrays;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Positions;
import org.ldae.nn.Workspace;

/**
 * The encoder of a {@link VisionTransformer} as a plain ViT over n images, of which it sees all tokens or some: embedding,
 * fixed positions, encoder blocks.
 *
 * <p>Its parameters are those that {@link VisionTransformer#encoder} declares. Belongs to one thread.
 */
public final class EncoderPass {

    private final Workspace work;
    private final Tensor input;
    private final Tensor positions;
    private final int[] places;
    private final Linear embed;
    private final Tensor embedded;
    private final Blocks blocks;

    /**
     * Layers and scratch memory over all tokens or some.
     *
     * @param net whose encoder it is
     * @param work workspace over the parameters
     * @param signature numbers in an input token, and visible tokens V of each image
     * @param images n, at least 1
     */
    public EncoderPass(VisionTransformer net, Workspace work, Denoiser.Signature signature, int images) {
        TokenGrid grid = signature.grid();
        int visible = signature.visible();
        int rows = images * visible;
        this.work = work;
        this.input = work.allocate(rows, signature.inputs());
        this.positions = work.allocate(grid.tokens(), net.width());
        positions.put(Positions.grid(grid.rows(), grid.columns(), net.width()));
        this.places = new int[rows];
        Arrays.setAll(places, i -> i % visible);
        this.embed = new Linear(work, VisionTransformer.EMBED);
        this.embedded = work.allocate(rows, net.width());
        this.blocks = new Blocks(work, net.encoderStack(visible, rows), null);
    }

    /**
     * Where the caller writes the patches that are seen.
     *
     * @return {@code [n V, P*P*C]}
     */
    public Tensor input() {
        return input;
    }

    /**
     * Where each row of the input lies in its image; the caller changes it in place.
     *
     * @return {@code [n V]} tokens in [0, L), live; the first V tokens of each image unless changed
     */
    public int[] places() {
        return places;
    }

    /**
     * Tokens after a block.
     *
     * @param block in [1, encoder blocks]
     * @return {@code [n V, M]}, valid until the next call
     */
    public Tensor features(int block) {
        work.kernels().gatherRows(positions, places, embedded);
        embed.forward(input, embedded, embedded); // [n V, M]
        return blocks.forward(embedded, block); // [n V, M]
    }

    /**
     * Tokens after the same block as the last {@link #features} or an earlier one.
     *
     * @param block in [1, that block]
     * @return {@code [n V, M]}, valid until its next call
     */
    public Tensor tokens(int block) {
        return blocks.stream(block);
    }

    /** Tokens after the last block. */
    Tensor forward() {
        return features(blocks.size());
    }

    /** What the last {@link #forward} made. */
    Tensor tokens() {
        return tokens(blocks.size());
    }

    /** Adds the gradients of the last {@link #forward}; turns that of its result into that of the embedded tokens. */
    void backward(Tensor d) {
        blocks.backward(d);
        embed.backward(input, d, null);
    }

    /** Memory {@code [n V, M]} that is free between the passes. */
    Tensor scratch() {
        return blocks.scratch();
    }
}
