package org.ldae.baselines;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.transformer.EncoderPass;
import org.ldae.transformer.VisionTransformer;

/** Encoder, average of the tokens, LayerNorm and heads over some views; belongs to one thread. */
final class EmbeddingPass {

    private static final String NORM = "norm";
    private static final String PROJECTOR = "projector";
    private static final String PREDICTOR = "predictor";

    private final Workspace work;
    private final EncoderPass encoder;
    private final int blocks;
    private final Norm norm;
    private final Tensor pooled;
    private final Tensor normed;
    private final HeadPass projector;
    private final @Nullable HeadPass predictor;
    private final Tensor dTokens;
    private final Tensor dNormed;
    private final Tensor dPooled;
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
        Norm.declare(layout, NORM, net.width());
        options.method().projector().declare(layout, PROJECTOR, net.width());
        return layout;
    }

    private EmbeddingPass(Contrastive options, ProjectionHead second, Workspace work, TokenGrid grid, int views) {
        VisionTransformer net = options.network();
        ProjectionHead first = options.method().projector();
        this.work = work;
        // The last norm follows the average, as in MAE's fine-tuning.
        this.encoder = new EncoderPass(net.withoutLastNorm(), work, signature(grid), views);
        this.blocks = net.encoderBlocks();
        this.norm = Norm.affine(work, NORM, views);
        this.pooled = work.allocate(views, net.width());
        this.normed = work.allocate(views, net.width());
        this.projector = first.pass(work, PROJECTOR, views);
        this.predictor = second.layers() == 0 ? null : second.pass(work, PREDICTOR, views);
        this.dTokens = work.allocate(encoder.tokens(blocks).rows(), net.width());
        this.dNormed = work.allocate(views, net.width());
        this.dPooled = work.allocate(views, net.width());
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
        encoder.input().put(patches);
        work.kernels().images().averagePool(encoder.features(blocks), pooled); // [views, M]
        norm.forward(pooled, normed);
        projector.forward(normed);
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
        projector.backward(normed, d, dNormed);
        work.kernels().fill(dPooled, 0);
        norm.backward(pooled, dNormed, dPooled);
        work.kernels().images().averagePoolBackward(dPooled, 0, dTokens);
        encoder.backward(dTokens);
    }
}
