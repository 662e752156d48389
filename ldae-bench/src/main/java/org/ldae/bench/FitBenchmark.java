package org.ldae.bench;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.probe.LinearProbe;
import org.ldae.tokenizers.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;
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

/** What is fitted rather than trained: the principal components of patches, and a logistic probe on features. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class FitBenchmark {

    private static final int IMAGES = 256;
    private static final int CLASSES = 10;

    /** Patch side of 64 x 64 colour images: D = 192 and the paper's 768. */
    @Param({"8", "16"})
    public int patch = 8;

    private @Nullable INDArray images;
    private @Nullable INDArray features;
    private final int[] labels = new int[IMAGES];

    /** Draws images and features. */
    @Setup(Level.Trial)
    public void setUp() {
        images = Numbers.images("images", IMAGES, new ImageShape(3, 64, 64));
        features = PatchPCA.fit(source(), PatchPCA.patch(patch).components(8)).encode(images);
        features = features.reshape('c', IMAGES, features.length() / IMAGES);
        for (int i = 0; i < IMAGES; i++) {
            labels[i] = i % CLASSES;
        }
    }

    /** Frees them. */
    @TearDown(Level.Trial)
    public void tearDown() {
        Objects.requireNonNull(images).close();
    }

    private ImageSource source() {
        return ImageSource.of(Objects.requireNonNull(images), new int[0], List.of());
    }

    /**
     * Mean, covariance and eigenvectors of all patches.
     *
     * @return the tokenizer
     */
    @Benchmark
    public PatchPCA pca() {
        return PatchPCA.fit(source(), PatchPCA.patch(patch).components(32));
    }

    /**
     * L-BFGS on the latents of all tokens, with one L2 value.
     *
     * @return the probe
     */
    @Benchmark
    public LinearProbe probe() {
        return LinearProbe.logistic().withL2(0.01).fit(Objects.requireNonNull(features), labels);
    }
}
