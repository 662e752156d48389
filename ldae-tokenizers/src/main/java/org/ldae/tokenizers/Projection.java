package org.ldae.tokenizers;

import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;

/**
 * The linear maps between images and scaled latents, in float32; safe to share between threads. Bands of patches go from the
 * images through the first-level cache to a matrix that fits the second-level cache, and from there into the product.
 */
final class Projection {

    /** Numbers of the patches in one product, 1 MB: some hundred rows, without which products are a third slower. */
    private static final int PRODUCT = 1 << 18;

    private final TokenGrid grid;
    private final Band band;
    private final int channels;
    /** The mean patch in each channel of a band. */
    private final float[][] means;

    private final int dimension;
    /** {@code [P*P*C, d]}: of both orders the faster in a product with many rows. */
    private final Tensor encoder;

    /** {@code [d, P*P*C]}. */
    private final Tensor decoder;

    Projection(TokenGrid grid, LinearMap map) {
        this.grid = grid;
        this.band = new Band(grid);
        this.channels = grid.image().channels();
        this.means = means(band.planar(HeapCopy.floats(map.mean())));
        this.dimension = map.dimension();
        this.encoder = Tensor.zeros(grid.patchSize(), dimension);
        this.decoder = Tensor.zeros(dimension, grid.patchSize());
        encoder.put(transposed(band.planar(map.scaledEncoder())));
        decoder.put(band.planar(map.scaledDecoder()));
    }

    private float[] transposed(float[] rows) {
        float[] columns = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            columns[i % grid.patchSize() * dimension + i / grid.patchSize()] = rows[i];
        }
        return columns;
    }

    private float[][] means(float[] patch) {
        float[] patches = new float[band.size()];
        for (int from = 0; from < patches.length; from += patch.length) {
            System.arraycopy(patch, 0, patches, from, patch.length);
        }
        float[][] planes = new float[channels][band.planeSize()];
        for (int c = 0; c < channels; c++) {
            band.scatter(patches, c, planes[c]);
        }
        return planes;
    }

    /** Images {@code [items, C, H, W]} to latents {@code [items, L, D]}. */
    Blockwise.Block encoding(Kernels kernels, int most) {
        return new Scratch(most) {
            @Override
            void compute(Bands of, Blockwise.Slice in, Blockwise.Slice out) {
                for (int b = 0; b < of.count(); b++) {
                    cut(in, of.first() + b);
                    bands[b].put(patches);
                }
                kernels.gemm(Transpose.NONE, rows, encoder, 0, latents);
                latents.get(numbers);
                out.put(of.first() * latentSize, numbers, of.count() * latentSize);
            }
        };
    }

    /** Latents {@code [items, L, D]} to images {@code [items, C, H, W]}. */
    Blockwise.Block decoding(Kernels kernels, int most) {
        return new Scratch(most) {
            @Override
            void compute(Bands of, Blockwise.Slice in, Blockwise.Slice out) {
                in.get(of.first() * latentSize, numbers, of.count() * latentSize);
                latents.put(numbers);
                kernels.gemm(Transpose.NONE, latents, decoder, 0, rows);
                for (int b = 0; b < of.count(); b++) {
                    bands[b].get(patches);
                    paste(of.first() + b, out);
                }
            }
        };
    }

    /** Some bands of a block. */
    private record Bands(int first, int count) {}

    /** Memory of one thread for the bands of a product. */
    private abstract class Scratch implements Blockwise.Block {
        final int latentSize = grid.columns() * dimension;
        final Tensor rows;
        final Tensor latents;
        final Tensor[] bands;
        final float[] plane = new float[band.planeSize()];
        final float[] patches = new float[band.size()];
        final float[] numbers;

        Scratch(int most) {
            int count = Math.min(most * grid.rows(), Math.max(1, PRODUCT / band.size()));
            rows = Tensor.zeros(count * grid.columns(), grid.patchSize());
            latents = Tensor.zeros(count * grid.columns(), dimension);
            bands = new Tensor[count];
            for (int b = 0; b < count; b++) {
                bands[b] = rows.slice(b * band.size(), grid.columns(), grid.patchSize());
            }
            numbers = new float[count * latentSize];
        }

        abstract void compute(Bands of, Blockwise.Slice in, Blockwise.Slice out);

        /** The last product may be of fewer bands; what else its matrix holds is left over and not looked at. */
        @Override
        public void compute(Blockwise.Slice in, Blockwise.Slice out, int items) {
            int total = items * grid.rows();
            for (int first = 0; first < total; first += bands.length) {
                compute(new Bands(first, Math.min(bands.length, total - first)), in, out);
            }
        }

        /** Centring before the product keeps the digits that a large mean folded into a bias would cancel. */
        void cut(Blockwise.Slice images, int number) {
            for (int c = 0; c < channels; c++) {
                images.get(band.plane(number, c), plane, plane.length);
                float[] mean = means[c];
                for (int i = 0; i < plane.length; i++) {
                    plane[i] -= mean[i];
                }
                band.gather(plane, c, patches);
            }
        }

        void paste(int number, Blockwise.Slice images) {
            for (int c = 0; c < channels; c++) {
                band.scatter(patches, c, plane);
                float[] mean = means[c];
                for (int i = 0; i < plane.length; i++) {
                    plane[i] += mean[i];
                }
                images.put(band.plane(number, c), plane, plane.length);
            }
        }

        @Override
        public void close() {
            rows.close();
            latents.close();
        }
    }
}
