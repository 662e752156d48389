package org.ldae.models;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Mlp;
import org.ldae.nn.Norm;
import org.ldae.nn.Positions;
import org.ldae.nn.Workspace;

/** The layers of a {@link VisionTransformer} and their scratch memory for n images. */
final class TransformerPass implements Denoiser.Pass {

    private final Workspace work;
    private final Tensor input;
    private final Tensor positions;
    private final Linear embed;
    private final Tensor embedded;
    private final @Nullable TimeEmbedding time;
    private final List<Block> blocks = new ArrayList<>();
    private final Norm norm;
    private final Tensor normed;
    private final Linear head;
    private final Tensor prediction;
    private final Tensor dNormed;
    private final Tensor dStream;

    TransformerPass(VisionTransformer net, Workspace work, Denoiser.Ports ports, int images) {
        int tokens = ports.grid().tokens();
        int rows = images * tokens;
        int width = net.width();
        this.work = work;
        this.input = work.allocate(rows, ports.inputs());
        this.positions = work.allocate(tokens, width);
        positions.put(Positions.grid(ports.grid().rows(), ports.grid().columns(), width));
        this.embed = new Linear(work, "embed");
        this.embedded = work.allocate(rows, width);
        this.time = net.conditioned(ports) ? new TimeEmbedding(net, work, images, rows) : null;
        Block.Scratch scratch = Block.Scratch.allocate(work, net, rows);
        for (int i = 0; i < net.blocks(); i++) {
            String name = VisionTransformer.blockName(i);
            blocks.add(new Block(work, name, net, tokens, scratch, time == null ? null : time.condition));
        }
        this.norm = time == null ? Norm.affine(work, "norm", rows) : time.lastNorm;
        this.normed = work.allocate(rows, width);
        this.head = new Linear(work, "head");
        this.prediction = work.allocate(rows, ports.outputs());
        this.dNormed = scratch.dNormed();
        this.dStream = work.allocate(rows, width);
    }

    @Override
    public Tensor input() {
        return input;
    }

    @Override
    public Tensor features(float[] times, int block) {
        if (time != null) {
            time.forward(times); // [n, C]
        }
        work.kernels().tile(positions, embedded);
        embed.forward(input, embedded, embedded); // [n L, M]
        Tensor x = embedded;
        for (Block each : blocks.subList(0, block)) {
            x = each.forward(x); // [n L, M]
        }
        return x;
    }

    @Override
    public Tensor forward(float[] times) {
        Tensor x = features(times, blocks.size());
        if (time != null) {
            time.lastForward();
        }
        norm.forward(x, normed);
        head.forward(normed, prediction); // [n L, outputs]
        return prediction;
    }

    /** Tokens after some blocks of the last forward pass. */
    private Tensor stream(int after) {
        return after == 0 ? embedded : blocks.get(after - 1).output();
    }

    @Override
    public void backward(Tensor dPrediction) {
        if (time != null) {
            time.clearGradients();
        }
        head.backward(normed, dPrediction, dNormed);
        work.kernels().fill(dStream, 0);
        norm.backward(stream(blocks.size()), dNormed, dStream);
        if (time != null) {
            time.lastBackward();
        }
        for (int i = blocks.size() - 1; i >= 0; i--) {
            blocks.get(i).backward(stream(i), dStream);
        }
        embed.backward(input, dStream, null);
        if (time != null) {
            time.backward();
        }
    }

    /** Time to conditioning vector: sinusoids, an MLP, SiLU; and the modulation of the last norm. */
    private static final class TimeEmbedding {
        private final Workspace work;
        private final float[] waves;
        private final Tensor embedding;
        private final Mlp mlp;
        private final Tensor raw;
        private final Block.Condition condition;
        private final Linear modulation;
        private final Tensor values;
        private final Tensor gradients;
        private final Norm lastNorm;

        TimeEmbedding(VisionTransformer net, Workspace work, int images, int rows) {
            int c = net.conditionWidth();
            int width = net.width();
            this.work = work;
            this.waves = new float[images * VisionTransformer.TIME_WIDTH];
            this.embedding = work.allocate(images, VisionTransformer.TIME_WIDTH);
            this.mlp = new Mlp(work, "time", Activation.SILU, work.allocate(images, c));
            this.raw = work.allocate(images, c);
            this.condition = new Block.Condition(work.allocate(images, c), work.allocate(images, c), rows);
            this.modulation = new Linear(work, "modulation");
            this.values = work.allocate(images, 2 * width);
            this.gradients = work.allocate(images, 2 * width);
            this.lastNorm = Norm.modulated(
                    work,
                    rows,
                    new Affine(values.columns(width, width), values.columns(0, width)),
                    new Affine(gradients.columns(width, width), gradients.columns(0, width)));
        }

        void forward(float[] times) {
            for (int i = 0; i < embedding.rows(); i++) {
                Positions.time(times[i], waves, i * VisionTransformer.TIME_WIDTH, VisionTransformer.TIME_WIDTH);
            }
            embedding.put(waves);
            mlp.forward(embedding, raw);
            work.kernels().activate(Activation.SILU, raw, condition.vector());
        }

        void lastForward() {
            modulation.forward(condition.vector(), values);
        }

        void clearGradients() {
            work.kernels().fill(gradients, 0);
            work.kernels().fill(condition.gradient(), 0);
        }

        void lastBackward() {
            modulation.backward(condition.vector(), gradients, condition.gradient(), 1);
        }

        void backward() {
            work.kernels().activateBackward(Activation.SILU, raw, condition.gradient());
            mlp.backward(embedding, condition.gradient(), null);
        }
    }
}
