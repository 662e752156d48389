package outside;

import java.util.Map;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The mean of each patch of one channel, by arrays alone. */
public record Arrays(int patch) implements TokenizerOptions {

    @Override
    public int dimension() {
        return 1;
    }

    @Override
    public Arrays withDimension(int d) {
        return this;
    }

    @Override
    public Tokenizer fit(ImageSource images, Rng rng, Progress progress) {
        return restore(images.shape(), Map.of());
    }

    @Override
    public Tokenizer restore(ImageShape image, Map<String, INDArray> tensors) {
        return new Means(this, grid(image));
    }

    private record Means(Arrays options, TokenGrid grid) implements Tokenizer {

        @Override
        public INDArray encode(INDArray images) {
            int p = options.patch();
            return images.reshape('c', images.size(0), grid.rows(), p, grid.columns(), p)
                    .mean(2, 4)
                    .reshape('c', images.size(0), grid.tokens(), 1);
        }

        @Override
        public INDArray decode(INDArray latents) {
            int p = options.patch();
            INDArray spread = latents.reshape('c', latents.size(0), grid.rows(), 1, grid.columns(), 1);
            INDArray ones = Nd4j.ones(1, 1, p, 1, p);
            return spread.mul(ones)
                    .reshape(
                            'c',
                            latents.size(0),
                            1,
                            grid.image().height(),
                            grid.image().width());
        }

        @Override
        public Map<String, INDArray> tensors() {
            return Map.of();
        }
    }
}
