package org.ldae.bench;

import java.util.List;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Images to features on all threads: patches of 16 pixels (D = 768), 32 components and back, six encoder blocks, average. */
public class EncoderBenchmark extends BothKernels<EncoderBenchmark.Encoder> {

    private static final int BLOCKS = 6;
    private static final int HEAD_WIDTH = 64;

    /** Images of a call. */
    @Param({"1", "16"})
    public int images = 1;

    /** Image side: 196 or 256 tokens. */
    @Param({"224", "256"})
    public int side = 224;

    /** Width of the network. */
    @Param({"384", "768", "1024"})
    public int width = 384;

    @Override
    Encoder open() {
        INDArray array = Numbers.images("images", images, new ImageShape(3, side, side));
        Recipe recipe = Recipe.singleLevel(PatchPCA.patch(16).components(32))
                .withDenoiser(StepTask.plain(width, width / HEAD_WIDTH, BLOCKS));
        return new Encoder(array, LatentDAE.untrained(recipe, ImageSource.of(array, new int[0], List.of()), Rng.of(1)));
    }

    /** {@code [N, 3, H, W]} to {@code [N, M]}. */
    @Benchmark
    public void represent() {
        subject().model.represent(subject().images).close();
    }

    /** An untrained model and images. */
    record Encoder(INDArray images, LatentDAE model) implements AutoCloseable {
        @Override
        public void close() {
            model.close();
            images.close();
        }
    }
}
