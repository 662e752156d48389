package org.ldae.inference;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What becomes of an image's tokens: averages of cells, its class token, or all tokens as one vector.
 *
 * @param sides cells along a side of each square grid of cells, whose averages follow each other grid by grid and row by row,
 *     0 for the class token; empty for all tokens but the class token
 */
public record Pooling(List<Integer> sides) {

    /** The average of all tokens, {@code [M]}, as the paper probes. */
    public static final Pooling AVERAGE = pyramid(1);

    /** All tokens of patches as one vector, {@code [L * M]}. */
    public static final Pooling TOKENS = new Pooling(List.of());

    /** The class token of an encoder that has one, {@code [M]}. */
    public static final Pooling CLASS_TOKEN = pyramid(0);

    /**
     * Checks the sides.
     *
     * @param sides cells along a side of each grid, 0 for the class token; empty for all tokens but the class token
     */
    public Pooling {
        sides = List.copyOf(sides);
        if (sides.stream().anyMatch(side -> side < 0)) {
            throw new IllegalArgumentException(
                    "pyramid: expected at least 1 cell along a side, or 0 for the class token, got " + sides);
        }
    }

    /**
     * Averages of cells, which keep some of the layout (spatial pyramids: Lazebnik et al. 2006). Cells of a map whose sides
     * they don't divide overlap, as those of PyTorch's {@code AdaptiveAvgPool2d}.
     *
     * @param sides cells along a side of each grid, such as 1, 2, 4 for 1 + 4 + 16 cells; 0 for the class token, so that 0, 1
     *     is that token and the average beside each other
     * @return the choice
     */
    public static Pooling pyramid(int... sides) {
        return new Pooling(Arrays.stream(sides).boxed().toList());
    }

    /**
     * What each cell takes of each token: pooling is a product with these numbers.
     *
     * @param map the tokens
     * @return {@code [cells, tokens]}, a class token's column first if there is one
     * @throws IllegalArgumentException if the map has too few tokens or no class token
     */
    public float[][] shares(TokenMap map) {
        require(map);
        TokenMap single = new TokenMap(map.rows(), map.columns(), 1, map.classToken());
        float[][] shares = new float[cells(map)][single.size()];
        float[] token = new float[single.size()];
        float[] cells = new float[shares.length];
        for (int i = 0; i < token.length; i++) {
            token[i] = 1;
            pool(single, token, 0, cells, 0);
            token[i] = 0;
            for (int cell = 0; cell < cells.length; cell++) {
                shares[cell][i] = cells[cell];
            }
        }
        return shares;
    }

    /** Vectors that are left of an image. */
    int cells(TokenMap map) {
        return sides.isEmpty()
                ? map.tokens()
                : sides.stream().mapToInt(side -> Math.max(1, side * side)).sum();
    }

    /** Refuses cells without a token of their own. */
    void require(TokenMap map) {
        if (sides.contains(0) && !map.classToken()) {
            throw new IllegalArgumentException(
                    "class token: expected an encoder that has one, got one without; use Features.pooled()");
        }
        for (int side : sides) {
            if (side > Math.min(map.rows(), map.columns())) {
                throw new IllegalArgumentException(
                        "pyramid: expected at most as many cells along a side as tokens, got %d for %d x %d tokens; leave out finer grids"
                                .formatted(side, map.rows(), map.columns()));
            }
        }
    }

    /** Pools the tokens of one image from one offset to {@code [cells, M]} from another. */
    void pool(TokenMap map, float[] tokens, int from, float[] pooled, int to) {
        int first = from + map.start();
        if (sides.isEmpty()) {
            System.arraycopy(tokens, first, pooled, to, map.tokens() * map.width());
        }
        int at = to;
        for (int side : sides) {
            if (side == 0) {
                System.arraycopy(tokens, from, pooled, at, map.width());
                at += map.width();
            }
            for (int cell = 0; cell < side * side; cell++) {
                average(map, tokens, first, new Cell(map, side, cell), pooled, at);
                at += map.width();
            }
        }
    }

    private static void average(TokenMap map, float[] tokens, int from, Cell cell, float[] pooled, int to) {
        Arrays.fill(pooled, to, to + map.width(), 0);
        for (int row = cell.top; row < cell.bottom; row++) {
            for (int column = cell.left; column < cell.right; column++) {
                int token = from + (row * map.columns() + column) * map.width();
                for (int j = 0; j < map.width(); j++) {
                    pooled[to + j] += tokens[token + j];
                }
            }
        }
        float share = 1f / ((cell.bottom - cell.top) * (cell.right - cell.left));
        for (int j = to; j < to + map.width(); j++) {
            pooled[j] *= share;
        }
    }

    /** Rows and columns of tokens that a cell averages. */
    private record Cell(int top, int bottom, int left, int right) {
        Cell(TokenMap map, int side, int cell) {
            this(
                    start(cell / side, map.rows(), side),
                    end(cell / side, map.rows(), side),
                    start(cell % side, map.columns(), side),
                    end(cell % side, map.columns(), side));
        }

        private static int start(int cell, int length, int side) {
            return cell * length / side;
        }

        private static int end(int cell, int length, int side) {
            return ((cell + 1) * length + side - 1) / side;
        }
    }

    /**
     * A name for files and tables.
     *
     * @return such as "averaged", "class-token", "all-tokens" or "pyramid-1-2-4"
     */
    public String name() {
        if (equals(TOKENS)) {
            return "all-tokens";
        }
        if (equals(CLASS_TOKEN)) {
            return "class-token";
        }
        return equals(AVERAGE)
                ? "averaged"
                : sides.stream().map(String::valueOf).collect(Collectors.joining("-", "pyramid-", ""));
    }
}
