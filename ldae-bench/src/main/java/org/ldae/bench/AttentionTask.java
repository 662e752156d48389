package org.ldae.bench;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;

/**
 * Multi-head attention forward and backward, from fused queries, keys and values to their gradients.
 *
 * @param name what its numbers are named after
 * @param images n
 * @param tokens L
 * @param width M
 * @param heads number of heads
 */
record AttentionTask(String name, int images, int tokens, int width, int heads) implements Task {

    /** 256 tokens of ViT-B. */
    static AttentionTask large() {
        return new AttentionTask("attention", 16, 256, 768, 12);
    }

    /** 64 tokens. */
    static AttentionTask medium() {
        return new AttentionTask("attention64", 64, 64, 384, 6);
    }

    /** 16 tokens: many tiny products. */
    static AttentionTask small() {
        return new AttentionTask("attention16", 256, 16, 192, 3);
    }

    @Override
    public String kind() {
        return "attention";
    }

    @Override
    public Work open() {
        return new Products(this);
    }

    private static final class Products implements Work {
        /** As in training, a worker goes forward and backward through so many rows at once. */
        private static final int ROWS_A_PASS = 1024;

        private final AttentionTask task;
        private final Tensor fused;
        private final Tensor dy;
        private final Tensor y;
        private final Tensor dFused;
        private final Workers workers = new Workers();
        private final List<Tensor> probabilities = new ArrayList<>();
        private final List<List<Chunk>> shares = new ArrayList<>();

        Products(AttentionTask task) {
            this.task = task;
            int rows = task.images * task.tokens;
            fused = Numbers.normals("fused", rows, 3 * task.width);
            dy = Numbers.normals("dy", rows, task.width);
            y = Tensor.zeros(rows, task.width);
            dFused = Tensor.zeros(rows, 3 * task.width);
            int most = Math.max(1, ROWS_A_PASS / task.tokens);
            for (int w = 0; w < workers.count(); w++) {
                Tensor scratch = Tensor.zeros(most * task.tokens * task.heads, task.tokens);
                List<Chunk> mine = new ArrayList<>();
                int last = (w + 1) * task.images / workers.count();
                for (int from = w * task.images / workers.count(); from < last; from += most) {
                    mine.add(new Chunk(this, scratch, from, Math.min(most, last - from)));
                }
                probabilities.add(scratch);
                shares.add(mine);
            }
        }

        @Override
        public void handOver(Handoff handoff) {
            handoff.number("images", task.images)
                    .number("tokens", task.tokens)
                    .number("heads", task.heads)
                    .tensor("fused", fused.array())
                    .tensor("dy", dy.array());
        }

        @Override
        public double[] check() {
            iterate();
            return new double[] {Checks.norm(y.toArray()), Checks.norm(dFused.toArray())};
        }

        @Override
        public void iterate() {
            workers.run(w -> {
                for (Chunk chunk : shares.get(w)) {
                    workers.kernels(w).attention(chunk.qkv, chunk.probabilities, chunk.y);
                    workers.kernels(w).attentionBackward(chunk.qkv, chunk.probabilities, chunk.dy, chunk.dQkv);
                }
            });
        }

        @Override
        public void close() {
            workers.close();
            probabilities.forEach(Tensor::close);
            fused.close();
            dy.close();
            y.close();
            dFused.close();
        }
    }

    /** Some images of one worker. */
    private static final class Chunk {
        private final Tensor probabilities;
        private final Tensor y;
        private final Tensor dy;
        private final Qkv qkv;
        private final Qkv dQkv;

        Chunk(Products all, Tensor scratch, int first, int count) {
            AttentionTask task = all.task;
            int row = first * task.tokens;
            int rows = count * task.tokens;
            probabilities = scratch.view(0, rows * task.heads, 0, task.tokens);
            y = all.y.view(row, rows, 0, task.width);
            dy = all.dy.view(row, rows, 0, task.width);
            qkv = Qkv.of(all.fused.view(row, rows, 0, 3 * task.width), task.tokens, task.heads);
            dQkv = Qkv.of(all.dFused.view(row, rows, 0, 3 * task.width), task.tokens, task.heads);
        }
    }
}
