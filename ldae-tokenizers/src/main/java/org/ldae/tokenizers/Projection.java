package org.ldae.tokenizers;

import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.PatchCopy;
import org.ldae.compute.PatchShape;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Blockwise;
import org.ldae.inference.HeapCopy;

/**
 * The linear maps between images and scaled latents, in float32; safe to share between threads. Patches are copied to a matrix
 * that fits a processor's cache, and go from there into the product; the mean patch is folded into a bias, as in training. Latents of
 * unit variance are off by 2e-6 where pixels' mean is about their spread, by 1e-5 at ten times and 1e-3 at a thousand times it.
 */
final class Projection {

    /** Numbers of the patches in one product, 2 MB: some hundred rows, without which products are a third slower. */
    private static final int PRODUCT = 1 << 19;

    private final TokenGrid grid;
    private final PatchShape shape;
    private final int dimension;
    /** Numbers of a band, a row of patches. */
    private final int bandSize;

    /** Numbers of its latents. */
    private final int latentSize;

    /** {@code [P*P*C, d]}: of both orders the faster in a product with many rows. */
    private final Tensor encoder;

    private final float[] encoderBias;
    /** {@code [d + 1, P*P*C]}: a latent is followed by a 1, and the last row is the mean patch. */
    private final Tensor decoder;

    Projection(TokenGrid grid, LinearMap map) {
        ImageShape image = grid.image();
        this.grid = grid;
        this.shape = new PatchShape(image.channels(), image.height(), image.width(), grid.patch());
        this.dimension = map.dimension();
        this.bandSize = grid.columns() * grid.patchSize();
        this.latentSize = grid.columns() * dimension;
        this.encoder = Tensor.zeros(grid.patchSize(), dimension);
        this.encoderBias = map.encoderBias();
        this.decoder = Tensor.zeros(dimension + 1, grid.patchSize());
        encoder.put(transposed(planar(map.scaledEncoder())));
        decoder.view(0, dimension, 0, grid.patchSize()).put(planar(map.scaledDecoder()));
        decoder.view(dimension, 1, 0, grid.patchSize()).put(planar(HeapCopy.floats(map.mean())));
    }

    /** Patches in the usual order (row, column, channel), in the order of copies (channel, row, column). */
    private float[] planar(float[] patches) {
        int channels = grid.image().channels();
        int area = grid.patch() * grid.patch();
        float[] planar = new float[patches.length];
        for (int i = 0; i < patches.length; i++) {
            int k = i % grid.patchSize();
            planar[i - k + k % channels * area + k / channels] = patches[i];
        }
        return planar;
    }

    private float[] transposed(float[] rows) {
        float[] columns = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            columns[i % grid.patchSize() * dimension + i / grid.patchSize()] = rows[i];
        }
        return columns;
    }

    /** Images {@code [items, C, H, W]} to latents {@code [items, L, D]}. */
    Blockwise.Block encoding(Kernels kernels, int most) {
        return new Stretches(kernels, most, dimension, encoder) {
            @Override
            void compute(Rows of, int first, Blockwise.Slice in, Blockwise.Slice out) {
                copy.cut(in.numbers(), in.from(), first, of.bands, of.patches);
                kernels.gemm(Transpose.NONE, of.patches, matrix, 0, of.latents);
                of.latents.get(of.numbers);
                for (int row = 0; row < of.numbers.length; row += dimension) {
                    for (int k = 0; k < dimension; k++) {
                        of.numbers[row + k] += encoderBias[k];
                    }
                }
                out.put(first * latentSize, of.numbers, of.numbers.length);
            }
        };
    }

    /** Latents {@code [items, L, D]} to images {@code [items, C, H, W]}. */
    Blockwise.Block decoding(Kernels kernels, int most) {
        return new Stretches(kernels, most, dimension + 1, decoder) {
            @Override
            void compute(Rows of, int first, Blockwise.Slice in, Blockwise.Slice out) {
                int count = of.latents.rows();
                in.get(first * latentSize, of.numbers, count * dimension);
                for (int row = count - 1; row >= 0; row--) {
                    System.arraycopy(of.numbers, row * dimension, of.numbers, row * (dimension + 1), dimension);
                    of.numbers[row * (dimension + 1) + dimension] = 1;
                }
                of.latents.put(of.numbers);
                kernels.gemm(Transpose.NONE, of.latents, matrix, 0, of.patches);
                copy.paste(of.patches, out.numbers(), out.from(), first, of.bands);
            }
        };
    }

    /** Operands of a product of some bands. */
    private final class Rows {
        final int bands;
        final Tensor patches;
        final Tensor latents;
        final float[] numbers; // of the latents

        Rows(int bands, Tensor allPatches, Tensor allLatents) {
            int count = bands * grid.columns();
            this.bands = bands;
            this.patches = allPatches.slice(0, count, grid.patchSize());
            this.latents = allLatents.slice(0, count, allLatents.columns());
            this.numbers = new float[latents.size()];
        }
    }

    /** Goes through some images, several of them at a time or some bands of one; belongs to a thread. */
    private abstract class Stretches implements Blockwise.Block {
        final PatchCopy copy;
        final Tensor matrix;
        private final Tensor patches;
        private final Tensor latents;
        private final Rows usual;

        Stretches(Kernels kernels, int most, int latentColumns, Tensor shared) {
            int images = Math.min(most, PRODUCT / grid.image().size());
            int bands = images > 0 ? images * grid.rows() : Math.max(1, PRODUCT / bandSize);
            copy = kernels.patches(shape);
            matrix = shared.columns(0, shared.columns()); // a view of its own: pointers belong to one thread
            patches = Tensor.zeros(bands * grid.columns(), grid.patchSize());
            latents = Tensor.zeros(bands * grid.columns(), latentColumns);
            usual = new Rows(bands, patches, latents);
        }

        abstract void compute(Rows of, int first, Blockwise.Slice in, Blockwise.Slice out);

        @Override
        public void compute(Blockwise.Slice in, Blockwise.Slice out, int items) {
            int total = items * grid.rows();
            for (int first = 0, count; first < total; first += count) {
                int left = usual.bands < grid.rows() ? grid.rows() - first % grid.rows() : total - first;
                count = Math.min(usual.bands, left);
                compute(count == usual.bands ? usual : new Rows(count, patches, latents), first, in, out);
            }
        }

        @Override
        public void close() {
            copy.close();
            patches.close();
            latents.close();
        }
    }
}
