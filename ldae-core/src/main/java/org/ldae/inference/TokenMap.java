package org.ldae.inference;

import org.ldae.core.TokenGrid;

/**
 * The tokens of an image after a block, row by row.
 *
 * @param rows of tokens
 * @param columns of tokens
 * @param width M numbers of a token
 */
public record TokenMap(int rows, int columns, int width) {

    /**
     * The tokens of a network that keeps one for each patch.
     *
     * @param grid how images are cut
     * @param width M
     * @return the map
     */
    public static TokenMap of(TokenGrid grid, int width) {
        return new TokenMap(grid.rows(), grid.columns(), width);
    }

    int tokens() {
        return rows * columns;
    }

    int size() {
        return tokens() * width;
    }
}
