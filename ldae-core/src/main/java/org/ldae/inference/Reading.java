package org.ldae.inference;

import java.util.Arrays;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features.Pooling;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How features are read: passes from patches {@code [n, L, P*P*C]} to tokens {@code [n, L, M]}, and what becomes of the tokens.
 *
 * @param inference what runs the passes
 * @param grid how images are cut
 * @param width M
 * @param pooling what becomes of the tokens
 * @param tokens builds the passes
 */
public record Reading(Inference inference, TokenGrid grid, int width, Pooling pooling, Inference.Passes tokens) {

    /**
     * Features of all images.
     *
     * @param images of the grid's shape
     * @return {@code [N, M]} or {@code [N, L * M]}
     * @throws IllegalArgumentException if the shape differs or there is no image
     */
    public INDArray of(ImageSource images) {
        return inference.map(Items.patches(images, grid), new long[] {size()}, passes());
    }

    /** Numbers of an image's features. */
    int size() {
        return pooling == Pooling.TOKENS ? grid.tokens() * width : width;
    }

    /** Passes from patches to features. */
    Inference.Passes passes() {
        if (pooling == Pooling.TOKENS) {
            return tokens;
        }
        return (work, n) -> {
            Inference.Pass pass = tokens.of(work, n);
            float[] all = new float[n * grid.tokens() * width];
            return (in, out, first) -> {
                pass.run(in, all, first);
                average(all, out);
            };
        };
    }

    private void average(float[] all, float[] averages) {
        int count = grid.tokens();
        Arrays.fill(averages, 0);
        for (int from = 0; from < all.length; from += width) {
            int to = from / (count * width) * width;
            for (int j = 0; j < width; j++) {
                averages[to + j] += all[from + j] / count;
            }
        }
    }
}
