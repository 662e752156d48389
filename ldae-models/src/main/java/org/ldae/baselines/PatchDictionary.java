package org.ldae.baselines;

import java.util.List;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.front.ImageWindows;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Inference;
import org.ldae.inference.Reading;
import org.ldae.inference.TokenMap;

/**
 * Whitened image patches as filters, and nothing trained beside them (Coates and Ng 2011): the control that every small encoder
 * has to stand beside. Under a linear probe on {@code Features.pyramid(2)}, quadrants, 1,600 filters reach 77 to 80% on CIFAR-10
 * in the literature.
 *
 * <p>A patch at every pixel is contrast-normalised, whitened and compared with each filter; {@code max(0, z - a)} and
 * {@code max(0, -z - a)} are its numbers. Immutable and safe to share between threads; memory is that of one image's tokens for
 * each worker.
 */
public final class PatchDictionary implements Encoder {

    private final TokenGrid grid;
    private final Options options;
    private final float[] filters; // [K, D], of contrast-normalised patches
    private final float[] offsets; // [K]

    PatchDictionary(TokenGrid grid, Options options, float[] filters, float[] offsets) {
        this.grid = grid;
        this.options = options;
        this.filters = filters;
        this.offsets = offsets;
    }

    /** Where filters come from. */
    public enum Source {
        /** Patches of the training images, drawn at random: about as good as learnt ones (Coates and Ng 2011). */
        RANDOM,
        /** Spherical K-means of whitened patches, ten rounds (Coates and Ng 2012). */
        K_MEANS
    }

    /**
     * How filters are found.
     *
     * @param filters K, at least 1
     * @param source where they come from
     * @param side of a patch in pixels, at least 2
     * @param threshold a of the soft threshold, at least 0
     * @param samples patches whose statistics whiten, at least K
     */
    public record Options(int filters, Source source, int side, double threshold, int samples) {

        /**
         * Checks the ranges.
         *
         * @param filters at least 1
         * @param source where they come from
         * @param side at least 2
         * @param threshold at least 0
         * @param samples at least as many as filters
         */
        public Options {
            if (filters < 1 || side < 2 || !(threshold >= 0 && threshold < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException(
                        "patch dictionary: expected at least 1 filter of side 2 and a threshold of at least 0, got %d, %d and %s"
                                .formatted(filters, side, threshold));
            }
            if (samples < filters) {
                throw new IllegalArgumentException(
                        "samples: expected at least one patch a filter, got %d for %d".formatted(samples, filters));
            }
        }

        /**
         * Sets where filters come from.
         *
         * @param value random patches or K-means
         * @return a copy
         */
        public Options withSource(Source value) {
            return new Options(filters, value, side, threshold, samples);
        }

        /**
         * Sets the side of a patch.
         *
         * @param pixels at least 2
         * @return a copy
         */
        public Options withSide(int pixels) {
            return new Options(filters, source, pixels, threshold, samples);
        }

        /**
         * Sets the soft threshold.
         *
         * @param value at least 0
         * @return a copy
         */
        public Options withThreshold(double value) {
            return new Options(filters, source, side, value, samples);
        }

        /**
         * Sets how many patches are looked at.
         *
         * @param count at least as many as filters
         * @return a copy
         */
        public Options withSamples(int count) {
            return new Options(filters, source, side, threshold, count);
        }

        /**
         * Draws patches, finds how to whiten them, and takes or learns filters.
         *
         * @param images no smaller than a patch
         * @param rng key of the draws
         * @return the encoder
         * @throws IllegalArgumentException if the images are smaller than a patch or there are none
         */
        public PatchDictionary fit(ImageSource images, Rng rng) {
            float[] patches = ImageWindows.draw(images, side, samples, rng.stream("patches"));
            return new WhitenedPatches(patches, side * side * images.shape().channels())
                    .dictionary(images.shape(), this);
        }
    }

    /**
     * Options as in the literature: random patches of 6 x 6, threshold 0.25, whitening by 100,000 patches.
     *
     * @param count K, at least 1 and at most 100,000
     * @return the options
     */
    public static Options filters(int count) {
        return new Options(count, Source.RANDOM, 6, 0.25, 100_000);
    }

    @Override
    public TokenGrid grid() {
        return grid;
    }

    @Override
    public int blocks() {
        return 1;
    }

    @Override
    public Reading reading(Features features) {
        features.requireClean("a patch dictionary");
        features.blocksOf(1, 1);
        int rows = grid.rows() - options.side + 1;
        int columns = grid.columns() - options.side + 1;
        TokenMap map = new TokenMap(rows, columns, 2 * options.filters);
        Inference inference = Inference.withoutWeights(1);
        Reading.Passes passes = (work, n) -> {
            Tensor weights = work.allocate(options.filters, filters.length / options.filters);
            weights.put(filters);
            Tensor patches = work.allocate(n * rows * columns, weights.columns());
            Tensor products = work.allocate(patches.rows(), options.filters);
            float[] cut = new float[patches.size()];
            float[] scores = new float[products.size()];
            return (pixels, tokens, first) -> {
                cut(pixels, cut);
                WhitenedPatches.normaliseContrast(cut, weights.columns());
                patches.put(cut);
                work.kernels().gemm(Transpose.SECOND, patches, weights, 0, products);
                products.get(scores);
                threshold(scores, tokens[0]);
            };
        };
        return new Reading(inference, grid, List.of(map), features, passes);
    }

    /** Cuts a patch {@code [S, S, C]} at every place of images {@code [n, H, W, C]}. */
    private void cut(float[] pixels, float[] patches) {
        int channels = grid.image().channels();
        int length = options.side * channels;
        int rowOfImage = grid.columns() * channels;
        int image = grid.rows() * rowOfImage;
        int to = 0;
        for (int from = 0; from < pixels.length; from += image) {
            for (int row = 0; row <= grid.rows() - options.side; row++) {
                for (int column = 0; column <= grid.columns() - options.side; column++) {
                    for (int p = 0; p < options.side; p++) {
                        int at = from + (row + p) * rowOfImage + column * channels;
                        System.arraycopy(pixels, at, patches, to, length);
                        to += length;
                    }
                }
            }
        }
    }

    /** Both sides of the soft threshold, {@code [rows, K]} to {@code [rows, 2 K]}. */
    private void threshold(float[] scores, float[] tokens) {
        int count = offsets.length;
        float threshold = (float) options.threshold;
        for (int from = 0; from < scores.length; from += count) {
            for (int k = 0; k < count; k++) {
                float z = scores[from + k] + offsets[k];
                tokens[2 * from + k] = Math.max(0, z - threshold);
                tokens[2 * from + count + k] = Math.max(0, -z - threshold);
            }
        }
    }

    @Override
    public String toString() {
        return "PatchDictionary[images %s, %s]".formatted(grid.image(), options);
    }

    @Override
    public void close() {}
}
