package org.ldae.inference;

import java.util.List;
import org.ldae.compute.FlopCounter;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How features are read: passes from patches {@code [n, L, P*P*C]} to the tokens of some blocks, and what becomes of the
 * tokens. Memory is that of the result and of one chunk's tokens for each worker.
 *
 * @param inference what runs the passes
 * @param grid how images are cut
 * @param maps the tokens of each block that is read
 * @param features what to read
 * @param tokens builds the passes
 */
public record Reading(Inference inference, TokenGrid grid, List<TokenMap> maps, Features features, Passes tokens) {

    /** A forward pass over n images; belongs to one thread. */
    @FunctionalInterface
    public interface Pass {
        /**
         * Computes the tokens of a chunk.
         *
         * @param patches {@code [n, L, P*P*C]}
         * @param tokens of each block that is read, receives {@code [n, tokens, M]}
         * @param first index of the first image
         */
        void run(float[] patches, float[][] tokens, int first);
    }

    /** Builds the pass of a worker. */
    @FunctionalInterface
    public interface Passes {
        /**
         * Builds a pass.
         *
         * @param work workspace without gradients, on the worker's thread; freed after the run
         * @param n images of a pass
         * @return the pass
         */
        Pass of(Workspace work, int n);
    }

    /**
     * Features of all images.
     *
     * @param images of the grid's shape
     * @return {@code [N, F]}: of each block its cells, of each cell M numbers
     * @throws IllegalArgumentException if the shape differs, there is no image, or a block has too few tokens for the pooling
     */
    public INDArray of(ImageSource images) {
        return inference.map(Items.patches(images, grid), new long[] {size()}, passes());
    }

    /**
     * Floating-point operations of an image's features, as {@link FlopCounter} counts them: what reading them out costs.
     *
     * @return operations of an image
     * @throws IllegalArgumentException if a block has too few tokens for the pooling
     */
    public long flopsPerImage() {
        FlopCounter counter = new FlopCounter();
        return inference.use(() -> {
            try (Workspace work = inference.workspace(counter.kernels())) {
                passes().of(work, 1).run(new float[grid.image().size()], new float[size()], 0);
            }
            return counter.flops();
        });
    }

    /**
     * Numbers of an image's features.
     *
     * @return F
     */
    public int size() {
        maps.forEach(features.pooling()::require);
        return maps.stream()
                .mapToInt(map -> features.pooling().cells(map) * map.width())
                .sum();
    }

    /** Passes from patches to features. */
    Inference.Passes passes() {
        int size = size();
        return (work, n) -> new Readout(tokens.of(work, n), n, size)::run;
    }

    /** The pass of a worker and the memory between its tokens and features. */
    private final class Readout {
        private final Patches patches = Patches.of(grid);
        private final Pass pass;
        private final int images;
        private final int width;
        private final float[][] all;
        private final float[] mirrored;
        private final float[] ofMirrored;

        Readout(Pass pass, int images, int width) {
            this.pass = pass;
            this.images = images;
            this.width = width;
            this.all = maps.stream().map(map -> new float[images * map.size()]).toArray(float[][]::new);
            boolean twice = features.ofMirrored();
            this.mirrored = new float[twice ? images * grid.image().size() : 0];
            this.ofMirrored = new float[twice ? images * width : 0];
        }

        void run(float[] cut, float[] out, int first) {
            pass.run(cut, all, first);
            pool(out);
            if (features.ofMirrored()) {
                patches.mirror(cut, mirrored);
                pass.run(mirrored, all, first);
                pool(ofMirrored);
                for (int i = 0; i < out.length; i++) {
                    out[i] = (out[i] + ofMirrored[i]) / 2;
                }
            }
        }

        private void pool(float[] out) {
            int column = 0;
            for (int b = 0; b < all.length; b++) {
                TokenMap map = maps.get(b);
                for (int i = 0; i < images; i++) {
                    features.pooling().pool(map, all[b], i * map.size(), out, i * width + column);
                }
                column += features.pooling().cells(map) * map.width();
            }
        }
    }
}
