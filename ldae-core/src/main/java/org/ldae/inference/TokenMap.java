package org.ldae.inference;

import org.ldae.core.TokenGrid;

/**
 * The tokens of an image after a block, row by row.
 *
 * @param rows of tokens
 * @param columns of tokens
 * @param width M numbers of a token
 * @param classToken whether a token that belongs to no place comes before them
 */
public record TokenMap(int rows, int columns, int width, boolean classToken) {

    /**
     * Tokens that all have a place.
     *
     * @param rows of tokens
     * @param columns of tokens
     * @param width M numbers of a token
     */
    public TokenMap(int rows, int columns, int width) {
        this(rows, columns, width, false);
    }

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

    /**
     * The same tokens after a class token, or without one.
     *
     * @param present whether there is one
     * @return a copy
     */
    public TokenMap withClassToken(boolean present) {
        return new TokenMap(rows, columns, width, present);
    }

    /** Tokens that have a place. */
    int tokens() {
        return rows * columns;
    }

    /** Numbers before the first token that has a place. */
    int start() {
        return classToken ? width : 0;
    }

    int size() {
        return start() + tokens() * width;
    }
}
