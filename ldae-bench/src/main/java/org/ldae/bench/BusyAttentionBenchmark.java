package org.ldae.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * {@link AttentionBenchmark} beside a thread a processor that does nothing but spin: half of each is left, so that twice the quiet
 * time is what one thread can do, and more is lost in waiting for others.
 */
public class BusyAttentionBenchmark extends BothKernels<BusyAttentionBenchmark.Beside> {

    /** Tokens of an image. */
    @Param({"16", "64"})
    public int tokens;

    /** Width of the network. */
    @Param({"192"})
    public int width;

    @Override
    Beside open() {
        return new Beside(new AttentionBenchmark.Matrices(tokens, width));
    }

    /** Softmax of scaled scores, times values. */
    @Benchmark
    public void forward() {
        subject().matrices.forward();
    }

    /** Gradients of queries, keys and values. */
    @Benchmark
    public void backward() {
        subject().matrices.backward();
    }

    /** Operands, and threads that spin until these are freed. */
    static final class Beside implements AutoCloseable {
        private final AttentionBenchmark.Matrices matrices;
        private volatile boolean closed;

        Beside(AttentionBenchmark.Matrices matrices) {
            this.matrices = matrices;
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                Thread spinning = new Thread(this::spin, "beside-" + i);
                spinning.setDaemon(true);
                spinning.start();
            }
        }

        private void spin() {
            while (!closed) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void close() {
            closed = true;
            matrices.close();
        }
    }
}
