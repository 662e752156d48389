package org.ldae.bench;

import java.util.List;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Patchify and product with principal components, from images to latents and back, on all threads. */
public class PatchProjectionBenchmark extends BothKernels<PatchProjectionBenchmark.Projection> {

    private static final int IMAGES = 16;

    /** Image side and patch side in pixels: the last two have the paper's 196 and 256 tokens of D = 768 numbers. */
    @Param({"32/8", "64/8", "224/16", "256/16"})
    public String sides = "32/8";

    /** Components kept. */
    @Param({"32", "128"})
    public int components = 32;

    @Override
    Projection open() {
        int slash = sides.indexOf('/');
        int side = Integer.parseInt(sides.substring(0, slash));
        INDArray images = Numbers.images("images", IMAGES, new ImageShape(3, side, side));
        PatchPCA pca = PatchPCA.fit(
                ImageSource.of(images, new int[0], List.of()),
                PatchPCA.patch(Integer.parseInt(sides.substring(slash + 1))).components(components));
        return new Projection(pca, images, pca.encode(images));
    }

    /** Images to latents. */
    @Benchmark
    public void encode() {
        subject().pca.encode(subject().images).close();
    }

    /** Latents to images. */
    @Benchmark
    public void decode() {
        subject().pca.decode(subject().latents).close();
    }

    /** A basis, images and their latents. */
    record Projection(PatchPCA pca, INDArray images, INDArray latents) implements AutoCloseable {
        @Override
        public void close() {
            images.close();
            latents.close();
        }
    }
}
