package org.ldae.transformer;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Workspace;

/** The layers of a {@link VisionTransformer} and their scratch memory for n images. */
final class TransformerPass implements Denoiser.Pass {

    private final Workspace work;
    private final Embedding embedding;
    private final @Nullable Conditioner conditioner;
    private final Blocks blocks;
    private final Norm norm;
    private final Tensor normed;
    private final Linear head;
    private final Tensor prediction;
    private final Tensor dStream;

    TransformerPass(VisionTransformer net, Workspace work, Denoiser.Signature signature, int images) {
        int tokens = signature.grid().tokens();
        int rows = images * tokens;
        int width = net.width();
        this.work = work;
        this.embedding = new Embedding(net, work, signature, images);
        this.conditioner = net.conditioned(signature) ? new Conditioner(net, work, signature, images) : null;
        this.blocks = new Blocks(
                work,
                new Blocks.Stack("", net, net.blocks(), tokens, rows),
                conditioner == null ? null : conditioner.condition());
        Norm last = conditioner == null ? Norm.affine(work, VisionTransformer.NORM, rows) : conditioner.lastNorm();
        this.norm = last.withEpsilon(net.form().epsilon());
        this.normed = work.allocate(rows, width);
        this.head = new Linear(work, "head");
        this.prediction = work.allocate(rows, signature.outputs());
        this.dStream = work.allocate(rows, width);
    }

    @Override
    public Tensor input() {
        return embedding.input();
    }

    @Override
    public Tensor features(Denoiser.Conditions conditions, int block) {
        if (conditioner != null) {
            conditioner.forward(conditions); // [n, C]
        }
        return blocks.forward(embedding.forward(), block); // [n L, M]
    }

    @Override
    public Tensor earlier(Denoiser.Conditions conditions, int block) {
        return blocks.stream(block);
    }

    @Override
    public Tensor forward(Denoiser.Conditions conditions) {
        Tensor x = features(conditions, blocks.size());
        if (conditioner != null) {
            conditioner.lastForward();
        }
        norm.forward(x, normed);
        head.forward(normed, prediction); // [n L, outputs]
        return prediction;
    }

    @Override
    public void backward(Tensor dPrediction) {
        if (conditioner != null) {
            conditioner.clearGradients();
        }
        head.backward(normed, dPrediction, blocks.scratch());
        work.kernels().fill(dStream, 0);
        norm.backward(blocks.stream(blocks.size()), blocks.scratch(), dStream);
        if (conditioner != null) {
            conditioner.lastBackward();
        }
        blocks.backward(dStream);
        embedding.backward(dStream);
        if (conditioner != null) {
            conditioner.backward();
        }
    }
}
