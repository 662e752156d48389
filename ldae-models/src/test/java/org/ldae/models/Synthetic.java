package org.ldae.models;

import java.util.List;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Small smooth images, and small recipes for them. */
public final class Synthetic {

    /** Two tokens by three, of 16 numbers each. */
    public static final ImageShape SHAPE = new ImageShape(1, 8, 12);

    private Synthetic() {}

    /** Waves of random direction and phase in [-1, 1], {@code [N, 1, 8, 12]}. */
    public static INDArray waves(int count, long seed) {
        float[] pixels = new float[count * SHAPE.size()];
        float[] draws = new float[4 * count];
        Rng.of(seed).normals(draws, 0, draws.length);
        for (int i = 0; i < pixels.length; i++) {
            int image = i / SHAPE.size();
            int y = i % SHAPE.size() / SHAPE.width();
            int x = i % SHAPE.width();
            double phase = 0.4 * draws[4 * image] * x + 0.4 * draws[4 * image + 1] * y + 2 * draws[4 * image + 2];
            pixels[i] = (float) (0.7 * Math.sin(phase) + 0.3 * Math.tanh(draws[4 * image + 3]));
        }
        return Nd4j.create(pixels, new long[] {count, SHAPE.channels(), SHAPE.height(), SHAPE.width()}, 'c');
    }

    public static ImageSource images(int count, long seed) {
        return ImageSource.of(waves(count, seed), new int[0], List.of());
    }

    public static VisionTransformer network() {
        return new VisionTransformer(16, 2, 2, 1, 2, VisionTransformer.Conditioning.ADALN_ZERO, 4);
    }

    /** Patches of 4 by 4 with 5 components. */
    public static PatchPCA.Options tokenizer() {
        return PatchPCA.patch(4).components(5);
    }

    /** l-DAE on patches of 4 by 4 with 5 components: batches of 5, so that two threads get unequal shares. */
    public static Recipe recipe() {
        return Recipe.latentDAE(tokenizer())
                .withDenoiser(network())
                .withTraining(Training.epochs(5).withBatchSize(5).withRate(3e-3).withWarmup(0.5));
    }
}
