package org.ldae.bench;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
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

/** JPEG files to squares of 224 pixels; no kernels take part. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ImageBenchmark {

    /** Sides of the files, made by code: squares of their size already, and some that have to be resized. */
    @Param({"224x224", "375x500"})
    public String files = "224x224";

    private LoaderTask.@Nullable Epochs epochs;

    /**
     * Writes the files.
     *
     * @throws IOException if that fails
     */
    @Setup(Level.Trial)
    public void setUp() throws IOException {
        int x = files.indexOf('x');
        int height = Integer.parseInt(files.substring(0, x));
        int width = Integer.parseInt(files.substring(x + 1));
        epochs = new LoaderTask("loader", "", new ImageShape(3, height, width)).open();
    }

    /** Deletes them. */
    @TearDown(Level.Trial)
    public void tearDown() {
        epochs().close();
    }

    private LoaderTask.Epochs epochs() {
        return Objects.requireNonNull(epochs);
    }

    /**
     * One image, decoded and brought to size on one thread.
     *
     * @return its numbers
     */
    @Benchmark
    public float[] decode() {
        return epochs().first();
    }

    /** All 128 images in batches of 64, read ahead on all threads. */
    @Benchmark
    public void load() {
        epochs().iterate();
    }
}
