package org.ldae.bench;

import java.util.List;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The principal components of the patches of 128 images of 64 x 64 pixels, on all threads. */
public class PcaFitBenchmark extends BothKernels<INDArray> {

    private static final int IMAGES = 128;

    /** Patch side: D = 48, 192 and the paper's 768. */
    @Param({"4", "8", "16"})
    public int patch = 4;

    @Override
    INDArray open() {
        return Numbers.images("images", IMAGES, new ImageShape(3, 64, 64));
    }

    /**
     * Mean, covariance and eigenvectors.
     *
     * @return the tokenizer
     */
    @Benchmark
    public PatchPCA fit() {
        return PatchPCA.fit(
                ImageSource.of(subject(), new int[0], List.of()),
                PatchPCA.patch(patch).components(32));
    }
}
