package org.ldae.transformer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Norm;
import org.ldae.nn.Workspace;

/**
 * An encoder, the average of its patches' tokens, and a LayerNorm, as in MAE's fine-tuning (He et al. 2022): what classifiers and
 * contrastive heads stand on. Belongs to one thread.
 */
public final class PooledPass {

    private final Workspace work;
    private final EncoderPass encoder;
    private final @Nullable Patches patches;
    private final Tensor pooled;
    private final Norm norm;
    private final Tensor normed;
    private final Tensor dPooled;
    private final Tensor dTokens;

    /**
     * Layers and scratch memory.
     *
     * @param net whose encoder it is; its last norm follows the average
     * @param work workspace over the parameters of {@link VisionTransformer#withoutLastNorm}'s encoder and of {@link
     *     VisionTransformer#NORM}
     * @param grid how images are cut
     * @param images n, at least 1
     */
    public PooledPass(VisionTransformer net, Workspace work, TokenGrid grid, int images) {
        int width = net.width();
        Denoiser.Signature signature = Denoiser.Signature.of(grid, grid.patchSize(), grid.patchSize());
        this.work = work;
        this.encoder = new EncoderPass(net.withoutLastNorm(), work, signature, images);
        this.pooled = work.allocate(images, width);
        this.norm = Norm.affine(work, VisionTransformer.NORM, images)
                .withEpsilon(net.form().epsilon());
        this.normed = work.allocate(images, width);
        this.dPooled = work.allocate(images, width);
        this.dTokens = work.allocate(images * grid.tokens(), width);
        this.patches = net.form().classToken() ? new Patches(work, dTokens, images) : null;
    }

    /** The patches' tokens without the class token, which the average leaves out. */
    private static final class Patches {
        private final Workspace work;
        private final int[] rows;
        private final Tensor tokens;
        private final Tensor dAll;

        Patches(Workspace work, Tensor like, int images) {
            int each = like.rows() / images;
            this.work = work;
            this.rows = new int[like.rows()];
            Arrays.setAll(rows, i -> i + i / each + 1);
            this.tokens = work.allocate(like.rows(), like.columns());
            this.dAll = work.allocate(like.rows() + images, like.columns());
        }

        Tensor of(Tensor all) {
            work.kernels().gatherRows(all, rows, tokens);
            return tokens;
        }

        Tensor backward(Tensor d) {
            work.kernels().fill(dAll, 0);
            work.kernels().scatterAddRows(d, rows, dAll);
            return dAll;
        }
    }

    /**
     * Where the caller writes the patches.
     *
     * @return {@code [n L, P*P*C]}
     */
    public Tensor input() {
        return encoder.input();
    }

    /**
     * What {@link #forward} writes.
     *
     * @return {@code [n, M]}, the same tensor always
     */
    public Tensor output() {
        return normed;
    }

    /**
     * Encodes, averages, normalises.
     *
     * @return {@link #output}
     */
    public Tensor forward() {
        Tensor tokens = encoder.forward();
        work.kernels().images().averagePool(patches == null ? tokens : patches.of(tokens), pooled); // [n, M]
        norm.forward(pooled, normed);
        return normed;
    }

    /**
     * Adds the gradients of the last {@link #forward} to the workspace's.
     *
     * @param dNormed gradient of the loss by its result
     */
    public void backward(Tensor dNormed) {
        work.kernels().fill(dPooled, 0);
        norm.backward(pooled, dNormed, dPooled);
        work.kernels().images().averagePoolBackward(dPooled, 0, dTokens);
        encoder.backward(patches == null ? dTokens : patches.backward(dTokens));
    }
}
