package org.ldae.tokenizers;

import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.PatchCopy;
import org.ldae.compute.PatchShape;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;

/**
 * The linear maps between images and scaled latents, in float32; safe to share between threads. Patches are copied to a matrix
 * that fits a processor's cache, and go from there into the product; the mean patch is folded into biases.
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

    private final Affine encoding;
    private final Affine decoding;

    /** {@code y = x matrix + bias} on rows; the matrix is stored so that products with many rows are fastest. */
    private record Affine(Tensor matrix, Tensor bias) {

        static Affine of(float[] matrix, float[] bias) {
            Tensor factors = Tensor.zeros(matrix.length / bias.length, bias.length);
            Tensor offsets = Tensor.zeros(1, bias.length);
            factors.put(matrix);
            offsets.put(bias);
            return new Affine(factors, offsets);
        }

        /** The same for one thread, to which pointers belong. */
        Affine view() {
            return new Affine(matrix.columns(0, matrix.columns()), bias.columns(0, bias.columns()));
        }

        void apply(Kernels kernels, Tensor x, Tensor y) {
            kernels.tile(bias, y);
            kernels.gemm(Transpose.NONE, x, matrix, 1, y);
        }
    }

    Projection(TokenGrid grid, LinearMap map) {
        ImageShape image = grid.image();
        this.grid = grid;
        this.shape = new PatchShape(image.channels(), image.height(), image.width(), grid.patch());
        this.dimension = map.dimension();
        this.bandSize = grid.columns() * grid.patchSize();
        this.latentSize = grid.columns() * dimension;
        this.encoding = Affine.of(transposed(planar(map.scaledEncoder())), map.encoderBias());
        this.decoding = Affine.of(planar(map.scaledDecoder()), planar(HeapCopy.floats(map.mean())));
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
        return new Stretches(kernels, most, encoding) {
            @Override
            void compute(Rows of, int first, Blockwise.Slice in, Blockwise.Slice out) {
                copy.cut(in.numbers(), in.from() + pixel(first), of.bands, of.patches);
                map.apply(kernels, of.patches, of.latents);
                of.latents.get(of.numbers);
                out.put(first * latentSize, of.numbers, of.numbers.length);
            }
        };
    }

    /** Latents {@code [items, L, D]} to images {@code [items, C, H, W]}. */
    Blockwise.Block decoding(Kernels kernels, int most) {
        return new Stretches(kernels, most, decoding) {
            @Override
            void compute(Rows of, int first, Blockwise.Slice in, Blockwise.Slice out) {
                in.get(first * latentSize, of.numbers, of.numbers.length);
                of.latents.put(of.numbers);
                map.apply(kernels, of.latents, of.patches);
                copy.paste(of.patches, of.bands, out.numbers(), out.from() + pixel(first));
            }
        };
    }

    /** Where a band begins, a row of patches counted through the images. */
    private int pixel(int band) {
        int image = band / grid.rows();
        int within = band % grid.rows();
        return image * grid.image().size()
                + within * grid.patch() * grid.image().width();
    }

    /** Operands of a product of some bands. */
    private final class Rows {
        final int bands;
        final Tensor patches;
        final Tensor latents;
        final float[] numbers; // of the latents

        Rows(int bands, Tensor allPatches, Tensor allLatents) {
            this.bands = bands;
            this.patches = allPatches.slice(0, bands * grid.columns(), grid.patchSize());
            this.latents = allLatents.slice(0, bands * grid.columns(), dimension);
            this.numbers = new float[bands * latentSize];
        }
    }

    /** Goes through some images, several of them at a time or some bands of one; belongs to a thread. */
    private abstract class Stretches implements Blockwise.Block {
        final PatchCopy copy;
        final Affine map;
        private final Tensor patches;
        private final Tensor latents;
        private final Rows usual;

        Stretches(Kernels kernels, int most, Affine shared) {
            int images = Math.min(most, PRODUCT / grid.image().size());
            int bands = images > 0 ? images * grid.rows() : Math.max(1, PRODUCT / bandSize);
            copy = kernels.patches(shape);
            map = shared.view();
            patches = Tensor.zeros(bands * grid.columns(), grid.patchSize());
            latents = Tensor.zeros(bands * grid.columns(), dimension);
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
