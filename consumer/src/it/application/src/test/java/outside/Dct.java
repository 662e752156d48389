package outside;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.LinearMap;
import org.ldae.tokenizers.LinearTokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The lowest frequencies of each patch (a discrete cosine transform): an orthonormal basis that needs no fit but its scale. */
public record Dct(int patch, int dimension) implements TokenizerOptions {

    @Override
    public Dct withDimension(int d) {
        return new Dct(patch, d);
    }

    @Override
    public boolean linear() {
        return true;
    }

    @Override
    public boolean orthonormal() {
        return true;
    }

    @Override
    public LinearTokenizer fit(ImageSource images, Rng rng, Progress progress) {
        TokenGrid grid = grid(images.shape());
        LinearMap map = LinearMap.of(rows(grid));
        ImageSource some = images.limit(256);
        INDArray latents = new LinearTokenizer(this, grid, map)
                .encode(some.images(IntStream.range(0, some.size()).toArray()));
        double[] scale = new double[dimension];
        Arrays.fill(scale, 1 / Math.sqrt(latents.mul(latents).meanNumber().doubleValue()));
        return new LinearTokenizer(this, grid, map.withScale(scale));
    }

    @Override
    public LinearTokenizer restore(ImageShape image, Map<String, INDArray> tensors) {
        TokenGrid grid = grid(image);
        return new LinearTokenizer(this, grid, LinearMap.restore(tensors, dimension, grid.patchSize()));
    }

    /** Row k: frequency (k / C) / P by (k / C) mod P of channel k mod C. */
    private double[][] rows(TokenGrid grid) {
        int channels = grid.image().channels();
        double[][] rows = new double[dimension][grid.patchSize()];
        for (int k = 0; k < dimension; k++) {
            for (int i = 0; i < patch * patch; i++) {
                rows[k][i * channels + k % channels] =
                        wave(k / channels / patch, i / patch) * wave(k / channels % patch, i % patch);
            }
        }
        return rows;
    }

    private double wave(int frequency, int place) {
        double norm = Math.sqrt((frequency == 0 ? 1.0 : 2.0) / patch);
        return norm * Math.cos(Math.PI * frequency * (place + 0.5) / patch);
    }
}
