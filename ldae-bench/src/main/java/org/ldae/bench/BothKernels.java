package org.ldae.bench;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/**
 * A benchmark of the CPU kernels with the portable ones as its baseline.
 *
 * @param <T> what is set up once and measured
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public abstract class BothKernels<T extends AutoCloseable> {

    /** Implementation, of everything in the process. */
    @Param({"cpu", "portable"})
    public String kernels = "cpu";

    private @Nullable T subject;

    /** Makes what is measured; the parameters are set. */
    abstract T open() throws IOException;

    final T subject() {
        return Objects.requireNonNull(subject);
    }

    /**
     * Chooses the kernels and makes what is measured.
     *
     * @throws IOException if files it needs can't be written
     */
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        System.setProperty("ldae.kernels", kernels);
        subject = open();
    }

    /**
     * Frees it.
     *
     * @throws Exception if that fails
     */
    @TearDown(Level.Trial)
    public void tearDown() throws Exception {
        subject().close();
    }
}
