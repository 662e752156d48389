package org.ldae.bench;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Multi-head attention forward and backward on one thread, the CPU kernels beside the portable ones. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class AttentionBenchmark {

    private static final int IMAGES = 8;
    private static final int HEAD_WIDTH = 64;

    /** Implementation. */
    @Param({"CPU", "PORTABLE"})
    public Backend.Kind kernels = Backend.Kind.CPU;

    /** Tokens of an image. */
    @Param({"16", "64", "196", "256"})
    public int tokens;

    /** Width of the network. */
    @Param({"192", "768", "1024"})
    public int width;

    private @Nullable Matrices matrices;

    /** Allocates and fills the matrices. */
    @Setup(Level.Trial)
    public void setUp() {
        matrices = new Matrices(tokens, width, kernels);
    }

    /** Frees them. */
    @TearDown(Level.Trial)
    public void tearDown() {
        matrices().close();
    }

    /** Softmax of scaled scores, times values. */
    @Benchmark
    public void forward() {
        Matrices m = matrices();
        m.kernels.attention(m.qkv, m.probabilities, m.y);
    }

    /** Gradients of queries, keys and values. */
    @Benchmark
    public void backward() {
        Matrices m = matrices();
        m.kernels.attentionBackward(m.qkv, m.probabilities, m.y, m.dQkv);
    }

    private Matrices matrices() {
        return Objects.requireNonNull(matrices);
    }

    /** Queries, keys, values and their gradients for eight images. */
    private static final class Matrices {
        private final Kernels kernels;
        private final Tensor fused;
        private final Tensor dFused;
        private final Tensor probabilities;
        private final Tensor y;
        private final Qkv qkv;
        private final Qkv dQkv;

        Matrices(int tokens, int width, Backend.Kind kind) {
            int heads = Math.max(1, width / HEAD_WIDTH);
            int rows = IMAGES * tokens;
            kernels = Backend.kernels(kind);
            fused = Tensor.zeros(rows, 3 * width);
            dFused = Tensor.zeros(rows, 3 * width);
            probabilities = Tensor.zeros(rows * heads, tokens);
            y = Tensor.zeros(rows, width);
            qkv = Qkv.of(fused, tokens, heads);
            dQkv = Qkv.of(dFused, tokens, heads);
            float[] numbers = new float[fused.size()];
            Rng.of(1).normals(numbers, 0, numbers.length);
            fused.put(numbers);
            kernels.attention(qkv, probabilities, y);
        }

        void close() {
            fused.close();
            dFused.close();
            probabilities.close();
            y.close();
        }
    }
}
