package org.ldae.transformer;

import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Linear;
import org.ldae.nn.Workspace;

/** The layers of a {@link ClassifyingTransformer} and their scratch memory for n images; belongs to one thread. */
public final class ClassifyingPass {

    private final PooledPass pooled;
    private final Linear head;
    private final Tensor scores;
    private final Tensor dNormed;

    ClassifyingPass(ClassifyingTransformer net, Workspace work, TokenGrid grid, int images) {
        this.pooled = new PooledPass(net.net(), work, grid, images);
        this.head = new Linear(work, ClassifyingTransformer.HEAD);
        this.scores = work.allocate(images, net.classes());
        this.dNormed = work.allocate(images, net.net().width());
    }

    /**
     * Where the caller writes the patches.
     *
     * @return {@code [n L, P*P*C]}
     */
    public Tensor patches() {
        return pooled.input();
    }

    /**
     * Scores of the classes before softmax.
     *
     * @return {@code [n, K]}, valid until the next call
     */
    public Tensor forward() {
        head.forward(pooled.forward(), scores); // [n, K]
        return scores;
    }

    /**
     * Adds the gradients of the last {@link #forward} to the workspace's.
     *
     * @param dScores gradient of the loss by the scores
     */
    public void backward(Tensor dScores) {
        head.backward(pooled.output(), dScores, dNormed);
        pooled.backward(dNormed);
    }
}
