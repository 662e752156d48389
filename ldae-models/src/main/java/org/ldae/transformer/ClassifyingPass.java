package org.ldae.transformer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Workspace;

/** The layers of a {@link ClassifyingTransformer} and their scratch memory for n images; belongs to one thread. */
public final class ClassifyingPass {

    private final Workspace work;
    private final EncoderPass encoder;
    private final @Nullable Patches patches;
    private final Tensor pooled;
    private final Norm norm;
    private final Tensor normed;
    private final Linear head;
    private final Tensor scores;
    private final Tensor dNormed;
    private final Tensor dPooled;
    private final Tensor dTokens;

    ClassifyingPass(ClassifyingTransformer net, Workspace work, TokenGrid grid, int images) {
        int width = net.net().width();
        this.work = work;
        this.encoder =
                new EncoderPass(net.body(), work, Denoiser.Signature.of(grid, grid.patchSize(), net.classes()), images);
        this.pooled = work.allocate(images, width);
        this.norm = Norm.affine(work, VisionTransformer.NORM, images)
                .withEpsilon(net.net().form().epsilon());
        this.normed = work.allocate(images, width);
        this.head = new Linear(work, ClassifyingTransformer.HEAD);
        this.scores = work.allocate(images, net.classes());
        this.dNormed = work.allocate(images, width);
        this.dPooled = work.allocate(images, width);
        this.dTokens = work.allocate(images * grid.tokens(), width);
        this.patches = net.net().form().classToken() ? new Patches(work, dTokens, images) : null;
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
    public Tensor patches() {
        return encoder.input();
    }

    /**
     * Scores of the classes before softmax.
     *
     * @return {@code [n, K]}, valid until the next call
     */
    public Tensor forward() {
        Tensor tokens = encoder.forward();
        work.kernels().images().averagePool(patches == null ? tokens : patches.of(tokens), pooled); // [n, M]
        norm.forward(pooled, normed);
        head.forward(normed, scores); // [n, K]
        return scores;
    }

    /**
     * Adds the gradients of the last {@link #forward} to the workspace's.
     *
     * @param dScores gradient of the loss by the scores
     */
    public void backward(Tensor dScores) {
        head.backward(normed, dScores, dNormed);
        work.kernels().fill(dPooled, 0);
        norm.backward(pooled, dNormed, dPooled);
        work.kernels().images().averagePoolBackward(dPooled, 0, dTokens);
        encoder.backward(patches == null ? dTokens : patches.backward(dTokens));
    }
}
