package org.ldae.bench;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Backend;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.tokenizers.Patches;
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

/** Patchify and product with a basis, from images on the heap to latents, the CPU kernels beside the portable ones. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PatchProjectionBenchmark {

    private static final int IMAGES = 16;

    /** Implementation. */
    @Param({"CPU", "PORTABLE"})
    public Backend.Kind kernels = Backend.Kind.CPU;

    /** Image side and patch side, in pixels. */
    @Param({"32/8", "64/8", "224/16"})
    public String sides = "32/8";

    /** Components kept. */
    @Param({"32"})
    public int components;

    private @Nullable Matrices matrices;

    /** Allocates and fills the matrices. */
    @Setup(Level.Trial)
    public void setUp() {
        matrices = new Matrices(sides, components, kernels);
    }

    /** Frees them. */
    @TearDown(Level.Trial)
    public void tearDown() {
        matrices().close();
    }

    /** Images to patches to latents. */
    @Benchmark
    public void project() {
        Matrices m = matrices();
        for (int i = 0; i < IMAGES; i++) {
            m.patches.gather(m.images, i * m.imageSize, m.gathered, i * m.imageSize);
        }
        m.rows.put(m.gathered);
        m.kernels.gemm(Transpose.SECOND, m.rows, m.basis, 0, m.latents);
    }

    private Matrices matrices() {
        return Objects.requireNonNull(matrices);
    }

    /** Images, basis and latents. */
    private static final class Matrices {
        private final Kernels kernels;
        private final Patches patches;
        private final int imageSize;
        private final float[] images;
        private final float[] gathered;
        private final Tensor rows;
        private final Tensor basis;
        private final Tensor latents;

        Matrices(String sides, int components, Backend.Kind kind) {
            int slash = sides.indexOf('/');
            int side = Integer.parseInt(sides.substring(0, slash));
            TokenGrid grid = new TokenGrid(new ImageShape(3, side, side), Integer.parseInt(sides.substring(slash + 1)));
            kernels = Backend.kernels(kind);
            patches = Patches.of(grid);
            imageSize = grid.image().size();
            images = new float[IMAGES * imageSize];
            Rng.of(1).normals(images, 0, images.length);
            gathered = new float[images.length];
            rows = Tensor.zeros(IMAGES * grid.tokens(), grid.patchSize());
            basis = Tensor.zeros(components, grid.patchSize());
            float[] numbers = new float[basis.size()];
            Rng.of(2).normals(numbers, 0, numbers.length);
            basis.put(numbers);
            latents = Tensor.zeros(rows.rows(), components);
        }

        void close() {
            rows.close();
            basis.close();
            latents.close();
        }
    }
}
