package org.ldae.transformer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
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
    private final @Nullable Conditioner conditioner;
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
        this.conditioner = net.conditioned(ports) ? new Conditioner(net, work, ports, images) : null;
        Block.Scratch scratch = Block.Scratch.allocate(work, net, rows);
        for (int i = 0; i < net.blocks(); i++) {
            String name = VisionTransformer.blockName(i);
            blocks.add(
                    new Block(work, name, net, tokens, scratch, conditioner == null ? null : conditioner.condition()));
        }
        this.norm = conditioner == null ? Norm.affine(work, "norm", rows) : conditioner.lastNorm();
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
    public Tensor features(Denoiser.Conditions conditions, int block) {
        if (conditioner != null) {
            conditioner.forward(conditions); // [n, C]
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
    public Tensor forward(Denoiser.Conditions conditions) {
        Tensor x = features(conditions, blocks.size());
        if (conditioner != null) {
            conditioner.lastForward();
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
        if (conditioner != null) {
            conditioner.clearGradients();
        }
        head.backward(normed, dPrediction, dNormed);
        work.kernels().fill(dStream, 0);
        norm.backward(stream(blocks.size()), dNormed, dStream);
        if (conditioner != null) {
            conditioner.lastBackward();
        }
        for (int i = blocks.size() - 1; i >= 0; i--) {
            blocks.get(i).backward(stream(i), dStream);
        }
        embed.backward(input, dStream, null);
        if (conditioner != null) {
            conditioner.backward();
        }
    }
}
