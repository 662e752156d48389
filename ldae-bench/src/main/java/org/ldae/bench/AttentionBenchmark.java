package org.ldae.bench;

import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Multi-head attention forward and backward on one thread, heads of 64. */
public class AttentionBenchmark extends BothKernels<AttentionBenchmark.Matrices> {

    private static final int IMAGES = 8;
    private static final int HEAD_WIDTH = 64;

    /** Tokens of an image. */
    @Param({"16", "64", "196", "256"})
    public int tokens;

    /** Width of the network. */
    @Param({"192", "768", "1024"})
    public int width;

    @Override
    Matrices open() {
        return new Matrices(tokens, width);
    }

    /** Softmax of scaled scores, times values. */
    @Benchmark
    public void forward() {
        subject().forward();
    }

    /** Gradients of queries, keys and values. */
    @Benchmark
    public void backward() {
        subject().backward();
    }

    /** Queries, keys, values and their gradients for eight images. */
    static final class Matrices implements AutoCloseable {
        private final Kernels kernels;
        private final Tensor fused;
        private final Tensor dFused;
        private final Tensor probabilities;
        private final Tensor y;
        private final Qkv qkv;
        private final Qkv dQkv;

        Matrices(int tokens, int width) {
            int heads = Math.max(1, width / HEAD_WIDTH);
            int rows = IMAGES * tokens;
            kernels = Backend.kernels();
            fused = Numbers.normals("fused", rows, 3 * width);
            dFused = Tensor.zeros(rows, 3 * width);
            probabilities = Tensor.zeros(rows * heads, tokens);
            y = Tensor.zeros(rows, width);
            qkv = Qkv.of(fused, tokens, heads);
            dQkv = Qkv.of(dFused, tokens, heads);
            forward();
        }

        void forward() {
            kernels.attention(qkv, probabilities, y);
        }

        void backward() {
            kernels.attentionBackward(qkv, probabilities, y, dQkv);
        }

        @Override
        public void close() {
            fused.close();
            dFused.close();
            probabilities.close();
            y.close();
        }
    }
}
