package org.ldae.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;

/**
 * Two levels of noise within one image: a share of its tokens, drawn anew for each image and step, gets infinite noise, which
 * leaves nothing of them, so that the encoder is not given them; the others are noised as the schedule says. The network predicts
 * all tokens: the loss is its mean over the dropped ones plus a weight times that over the visible ones.
 *
 * <p>Nothing dropped is l-DAE; no noise on what is visible, no weight on it and patches normalised as targets is the masked
 * autoencoder (He et al. 2022, {@link Recipe#masked}). Inference is given all tokens. Not for a network that must see every token
 * to work, such as a convolutional one.
 *
 * @param share of the tokens that is dropped, in [0, 1); of B blocks {@code floor(B (1 - share))} are visible
 * @param block side in tokens of the squares that are dropped as one, at least 1
 * @param visibleWeight weight of the visible tokens' mean error, at least 0; MAE's is 0
 */
public record Dropping(double share, int block, double visibleWeight) {

    private static final Dropping NONE = new Dropping(0, 1, 1);

    /**
     * Checks the ranges.
     *
     * @param share of the tokens that is dropped, in [0, 1)
     * @param block side in tokens of the squares that are dropped as one, at least 1
     * @param visibleWeight weight of the visible tokens' mean error, at least 0
     */
    public Dropping {
        if (!(share >= 0 && share < 1) || block < 1 || !(visibleWeight >= 0 && Double.isFinite(visibleWeight))) {
            throw new IllegalArgumentException(
                    "dropping: expected a share in [0, 1), blocks of side >= 1 and a weight >= 0, got %s, %d, %s"
                            .formatted(share, block, visibleWeight));
        }
        if (share == 0 && (block != 1 || visibleWeight != 1)) {
            throw new IllegalArgumentException(
                    "dropping: expected blocks of side 1 and weight 1 where nothing is dropped, got %d, %s; use Dropping.none()"
                            .formatted(block, visibleWeight));
        }
    }

    /**
     * One level of noise in an image: the network is given all tokens.
     *
     * @return nothing dropped
     */
    public static Dropping none() {
        return NONE;
    }

    /**
     * Single tokens dropped, and errors of the visible ones not counted.
     *
     * @param share of the tokens, in (0, 1); MAE drops 0.75
     * @return the choice
     */
    public static Dropping of(double share) {
        return new Dropping(share, 1, 0);
    }

    /**
     * Squares of tokens instead of single ones.
     *
     * @param side in tokens, a divisor of the grid's sides
     * @return a copy
     */
    public Dropping withBlocks(int side) {
        return new Dropping(share, side, visibleWeight);
    }

    /**
     * Counts the errors of the visible tokens, which the network sees noised.
     *
     * @param weight of their mean, at least 0, beside 1 for that of the dropped ones
     * @return a copy
     */
    public Dropping withVisibleWeight(double weight) {
        return new Dropping(share, block, weight);
    }

    /** Whether anything is dropped. */
    boolean drops() {
        return share > 0;
    }

    /** Tokens of an image that the encoder is given in training. */
    int visible(TokenGrid grid) {
        return visibleBlocks(grid) * block * block;
    }

    private int visibleBlocks(TokenGrid grid) {
        return (int) (blocks(grid) * (1 - share));
    }

    private int blocks(TokenGrid grid) {
        return (grid.rows() / block) * (grid.columns() / block);
    }

    /** What keeps images of a grid from being trained on like this. */
    List<String> problems(TokenGrid grid) {
        List<String> problems = new ArrayList<>();
        if (grid.rows() % block != 0 || grid.columns() % block != 0) {
            problems.add("dropped blocks need a side that divides the %d x %d tokens, got %d; use withBlocks"
                    .formatted(grid.rows(), grid.columns(), block));
        } else if (drops() && (visibleBlocks(grid) < 1 || visibleBlocks(grid) == blocks(grid))) {
            problems.add(
                    "dropping needs at least 1 of %d blocks (L = %d tokens) seen and 1 dropped, got %d seen with share %s; use another share"
                            .formatted(blocks(grid), grid.tokens(), visibleBlocks(grid), share));
        }
        return problems;
    }

    /** Draws the visible tokens of an image: the first blocks of a random order. */
    void draw(Rng rng, TokenGrid grid, int[] places, int from) {
        int[] order = rng.permutation(blocks(grid));
        int across = grid.columns() / block;
        int at = from;
        for (int b = 0; b < visibleBlocks(grid); b++) {
            int corner = order[b] / across * block * grid.columns() + order[b] % across * block;
            for (int i = 0; i < block * block; i++) {
                places[at++] = corner + i / block * grid.columns() + i % block;
            }
        }
    }

    /** Factors on the tokens' errors, of which the loss takes the mean over all: L / dropped, and for the visible w L / V. */
    void weigh(TokenGrid grid, int[] places, int from, float[] weights, int first) {
        int tokens = grid.tokens();
        int visible = visible(grid);
        Arrays.fill(weights, first, first + tokens, (float) tokens / (tokens - visible));
        for (int i = 0; i < visible; i++) {
            weights[first + places[from + i]] = (float) (visibleWeight * tokens / visible);
        }
    }
}
