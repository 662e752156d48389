package org.ldae.baselines;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.transformer.PooledPass;
import org.ldae.transformer.VisionTransformer;

/** Encoder, average of the tokens, LayerNorm and heads over some views; belongs to one thread. */
final class EmbeddingPass {

    private static final String PROJECTOR = "projector";
    private static final String PREDICTOR = "predictor";

    private final PooledPass pooled;
    private final HeadPass projector;
    private final @Nullable HeadPass predictor;
    private final Tensor dNormed;
    private final Tensor dProjected;

    /** All that learns; the predictor comes last, so that what follows slowly has the same places. */
    static Parameters.Layout layout(Contrastive options, TokenGrid grid) {
        Parameters.Layout layout = slowLayout(options, grid);
        ProjectionHead projector = options.method().projector();
        options.method().predictor().declare(layout, PREDICTOR, projector.outputs());
        return layout;
    }

    /** What a momentum encoder is made of. */
    static Parameters.Layout slowLayout(Contrastive options, TokenGrid grid) {
        VisionTransformer net = options.network();
        Parameters.Layout layout = Parameters.layout();
        net.withoutLastNorm().encoder(layout, signature(grid));
        Norm.declare(layout, VisionTransformer.NORM, net.width());
        options.method().projector().declare(layout, PROJECTOR, net.width());
        return layout;
    }

    private EmbeddingPass(Contrastive options, ProjectionHead second, Workspace work, TokenGrid grid, int views) {
        ProjectionHead first = options.method().projector();
        this.pooled = new PooledPass(options.network(), work, grid, views);
        this.projector = first.pass(work, PROJECTOR, views);
        this.predictor = second.layers() == 0 ? null : second.pass(work, PREDICTOR, views);
        this.dNormed = work.allocate(views, options.network().width());
        this.dProjected = work.allocate(views, first.outputs());
    }

    private static Denoiser.Signature signature(TokenGrid grid) {
        return Denoiser.Signature.of(grid, grid.patchSize(), grid.patchSize());
    }

    /** With the predictor, if there is one. */
    static EmbeddingPass learning(Contrastive options, Workspace work, TokenGrid grid, int views) {
        return new EmbeddingPass(options, options.method().predictor(), work, grid, views);
    }

    /** Without it. */
    static EmbeddingPass following(Contrastive options, Workspace work, TokenGrid grid, int views) {
        return new EmbeddingPass(options, ProjectionHead.none(), work, grid, views);
    }

    /** {@code [views, outputs]}, two rows an image; {@link #forward} writes it, and its caller may. */
    Tensor output() {
        return predictor == null ? projector.output() : predictor.output();
    }

    /** Embeds patches {@code [views L, P*P*C]} as {@code [views, outputs]}. */
    Tensor forward(float[] patches) {
        pooled.input().put(patches);
        projector.forward(pooled.forward());
        if (predictor != null) {
            predictor.forward(projector.output());
        }
        return output();
    }

    /** Adds the gradients of the last {@link #forward} to the workspace's. */
    void backward(Tensor dEmbedded) {
        Tensor d = dEmbedded;
        if (predictor != null) {
            predictor.backward(projector.output(), dEmbedded, dProjected);
            d = dProjected;
        }
        projector.backward(pooled.output(), d, dNormed);
        pooled.backward(dNormed);
    }
}
