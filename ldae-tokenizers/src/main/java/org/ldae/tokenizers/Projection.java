package org.ldae.tokenizers;

import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;

/** The linear maps between images and scaled latents, in float32 on blocks of images; safe to share between threads. */
final class Projection {

    private final TokenGrid grid;
    private final PlanarPatches patches;
    /** In channel order, as the columns of both matrices. */
    private final float[] meanPatch;

    private final Tensor encoder;
    private final Tensor decoder;

    Projection(TokenGrid grid, LinearMap map) {
        this.grid = grid;
        this.patches = new PlanarPatches(grid);
        this.meanPatch = planar(HeapCopy.floats(map.mean()));
        this.encoder = matrix(map.scaledEncoder(), map.dimension());
        this.decoder = matrix(map.scaledDecoder(), map.dimension());
    }

    /** Rows {@code [d, P*P*C]} in channel order. */
    private Tensor matrix(float[] rows, int dimension) {
        Tensor matrix = Tensor.zeros(dimension, meanPatch.length);
        matrix.put(planar(rows));
        return matrix;
    }

    private float[] planar(float[] rows) {
        int size = grid.patchSize();
        float[] planar = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            planar[i - i % size + patches.position(i % size)] = rows[i];
        }
        return planar;
    }

    /** Images {@code [items, C, H, W]} to latents {@code [items, L, D]}. */
    Blockwise.Block encoding(Kernels kernels, int most) {
        Scratch scratch = new Scratch(most);
        return new OnScratch(scratch, (in, out, items) -> {
            for (int i = 0; i < items; i++) {
                patches.gather(
                        in,
                        i * grid.image().size(),
                        scratch.patches,
                        i * grid.image().size());
            }
            // Centring before the product keeps the digits that a large mean folded into a bias would cancel.
            for (int from = 0; from < scratch.patches.length; from += meanPatch.length) {
                for (int j = 0; j < meanPatch.length; j++) {
                    scratch.patches[from + j] -= meanPatch[j];
                }
            }
            scratch.rows.put(scratch.patches);
            kernels.gemm(Transpose.SECOND, scratch.rows, encoder, 0, scratch.latents);
            scratch.latents.get(out);
        });
    }

    /** Latents {@code [items, L, D]} to images {@code [items, C, H, W]}. */
    Blockwise.Block decoding(Kernels kernels, int most) {
        Scratch scratch = new Scratch(most);
        return new OnScratch(scratch, (in, out, items) -> {
            scratch.latents.put(in);
            kernels.gemm(Transpose.NONE, scratch.latents, decoder, 0, scratch.rows);
            scratch.rows.get(scratch.patches);
            for (int from = 0; from < scratch.patches.length; from += meanPatch.length) {
                for (int j = 0; j < meanPatch.length; j++) {
                    scratch.patches[from + j] += meanPatch[j];
                }
            }
            for (int i = 0; i < items; i++) {
                patches.scatter(
                        scratch.patches,
                        i * grid.image().size(),
                        out,
                        i * grid.image().size());
            }
        });
    }

    /** Memory of one thread for the images of a block. */
    private final class Scratch {
        private final float[] patches;
        private final Tensor rows;
        private final Tensor latents;

        Scratch(int images) {
            patches = new float[images * grid.image().size()];
            rows = Tensor.zeros(images * grid.tokens(), grid.patchSize());
            latents = Tensor.zeros(images * grid.tokens(), encoder.rows());
        }
    }

    private record OnScratch(Scratch scratch, Blockwise.Block work) implements Blockwise.Block {
        @Override
        public void compute(float[] in, float[] out, int items) {
            work.compute(in, out, items);
        }

        @Override
        public void close() {
            scratch.rows.close();
            scratch.latents.close();
        }
    }
}
