package org.ldae.nn;

import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Tensor;

/** Multi-head self-attention with fused query, key and value product and output projection. */
public final class Attention {

    private final Workspace work;
    private final Linear qkv;
    private final Linear projection;
    private final Tensor fused;
    private final Qkv heads;
    private final Tensor probabilities;
    private final Tensor mixed;
    private final Tensor dFused;
    private final Qkv dHeads;
    private final Tensor dMixed;

    /**
     * Sizes of an attention layer.
     *
     * @param width M
     * @param heads number of heads, a divisor of M
     * @param tokens L
     */
    public record Sizes(int width, int heads, int tokens) {

        /**
         * Checks that the heads divide the width.
         *
         * @param width M
         * @param heads number of heads, a divisor of M
         * @param tokens L
         */
        public Sizes {
            if (width < 1 || heads < 1 || tokens < 1 || width % heads != 0) {
                throw new IllegalArgumentException(
                        "attention: expected positive sizes and heads that divide the width, got width %d, heads %d, tokens %d"
                                .formatted(width, heads, tokens));
            }
        }
    }

    /**
     * Declares the two linears.
     *
     * @param layout the network's parameters
     * @param name path of the layer
     * @param width M
     */
    public static void declare(Parameters.Layout layout, String name, int width) {
        Linear.declare(layout, name + ".qkv", new Linear.Sides(width, 3 * width), Parameters.Init.XAVIER_UNIFORM);
        Linear.declare(layout, name + ".projection", new Linear.Sides(width, width), Parameters.Init.XAVIER_UNIFORM);
    }

    /**
     * The layer over declared parameters.
     *
     * @param work workspace
     * @param name path of the layer
     * @param sizes its sizes
     * @param scratch gradients shared between layers: {@code [rows, 3 M]} and {@code [rows, M]}
     */
    public Attention(Workspace work, String name, Sizes sizes, Scratch scratch) {
        int rows = scratch.dMixed().rows();
        this.work = work;
        this.qkv = new Linear(work, name + ".qkv");
        this.projection = new Linear(work, name + ".projection");
        this.fused = work.allocate(rows, 3 * sizes.width());
        this.heads = Qkv.of(fused, sizes.tokens(), sizes.heads());
        this.probabilities = work.allocate(rows * sizes.heads(), sizes.tokens());
        this.mixed = work.allocate(rows, sizes.width());
        this.dFused = scratch.dFused();
        this.dHeads = Qkv.of(dFused, sizes.tokens(), sizes.heads());
        this.dMixed = scratch.dMixed();
    }

    /**
     * Gradients that only live while one layer runs backward, so that all layers share them.
     *
     * @param dFused {@code [rows, 3 M]}
     * @param dMixed {@code [rows, M]}
     */
    public record Scratch(Tensor dFused, Tensor dMixed) {}

    /**
     * Forward pass.
     *
     * @param x {@code [n L, M]}
     * @param y result
     */
    public void forward(Tensor x, Tensor y) {
        mix(x);
        projection.forward(mixed, y);
    }

    /**
     * Forward pass on top of a residual.
     *
     * @param x {@code [n L, M]}
     * @param trunk what the result is added to
     * @param y the sum, may be the trunk
     */
    public void forward(Tensor x, Tensor trunk, Tensor y) {
        mix(x);
        projection.forward(mixed, trunk, y);
    }

    private void mix(Tensor x) {
        qkv.forward(x, fused); // [n L, 3 M]
        work.kernels().attention(heads, probabilities, mixed); // [n L, M]
    }

    /**
     * Backward pass.
     *
     * @param x as in the forward pass
     * @param dy gradient of the result
     * @param dx gradient of the input, overwritten
     */
    public void backward(Tensor x, Tensor dy, Tensor dx) {
        projection.backward(mixed, dy, dMixed);
        work.kernels().attentionBackward(heads, probabilities, dMixed, dHeads);
        qkv.backward(x, dFused, dx);
    }
}
