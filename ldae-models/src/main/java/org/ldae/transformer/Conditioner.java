package org.ldae.transformer;

import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Tensor;
import org.ldae.nn.ConditionEmbedding;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/** What blocks are conditioned on, and the modulation of the last norm (DiT). */
final class Conditioner {

    /** Width of the sinusoidal time embedding, as DiT's. */
    static final int TIME_WIDTH = 256;

    private final Workspace work;
    private final ConditionEmbedding embedding;
    private final Block.Condition condition;
    private final Linear modulation;
    private final Tensor values;
    private final Tensor gradients;
    private final Norm lastNorm;

    private static ConditionEmbedding.Sizes sizes(VisionTransformer net) {
        return new ConditionEmbedding.Sizes(TIME_WIDTH, net.conditionWidth());
    }

    static void declare(Parameters.Layout layout, VisionTransformer net, Signature signature) {
        ConditionEmbedding.declare(layout, sizes(net), signature);
    }

    Conditioner(VisionTransformer net, Workspace work, Signature signature, int images) {
        int width = net.width();
        int rows = images * signature.grid().tokens();
        this.work = work;
        this.embedding = new ConditionEmbedding(work, sizes(net), signature, images);
        this.condition = new Block.Condition(embedding.vector(), embedding.gradient(), rows);
        this.modulation = new Linear(work, "modulation");
        this.values = work.allocate(images, 2 * width);
        this.gradients = work.allocate(images, 2 * width);
        this.lastNorm = Norm.modulated(
                work,
                rows,
                new Affine(values.columns(width, width), values.columns(0, width)),
                new Affine(gradients.columns(width, width), gradients.columns(0, width)));
    }

    Block.Condition condition() {
        return condition;
    }

    Norm lastNorm() {
        return lastNorm;
    }

    void forward(Conditions conditions) {
        embedding.forward(conditions); // [n, C]
    }

    void lastForward() {
        modulation.forward(condition.vector(), values); // [n, 2 M]
    }

    void clearGradients() {
        work.kernels().fill(gradients, 0);
        embedding.clearGradient();
    }

    void lastBackward() {
        modulation.backward(condition.vector(), gradients, condition.gradient(), 1);
    }

    void backward() {
        embedding.backward();
    }
}
