package org.ldae.tokenizers;

import org.ldae.compute.MapShape;

/**
 * How the pixels of maps lie in tokens: token by token row-major, inside a token row p, then column q.
 *
 * <p>Convolutions want a map's pixels row by row over the whole image; tokens want those of a square together. Both are
 * orders of the same rows of channels.
 */
final class TokenOrder {

    private final int[] fromTokens;
    private final int[] fromMaps;

    /** Squares of some side on maps whose sides are multiples of it. */
    TokenOrder(MapShape maps, int side) {
        int columns = maps.width() / side;
        fromMaps = new int[maps.pixels()];
        fromTokens = new int[maps.pixels()];
        for (int i = 0; i < fromMaps.length; i++) {
            int token = i / (side * side);
            int p = i % (side * side) / side;
            int q = i % side;
            int pixel = (token / columns * side + p) * maps.width() + token % columns * side + q;
            fromMaps[i] = pixel;
            fromTokens[pixel] = i;
        }
    }

    /** For each row of n images' maps in map order, the row in token order; images beyond the last repeat it. */
    int[] toMaps(int first, int count, int images) {
        return rows(fromTokens, first, count, images);
    }

    /** For each row of some images in token order, the row in map order. */
    int[] toTokens(int first, int count) {
        return rows(fromMaps, first, count, Integer.MAX_VALUE);
    }

    private static int[] rows(int[] order, int first, int count, int images) {
        int[] rows = new int[count * order.length];
        for (int i = 0; i < rows.length; i++) {
            int image = Math.min(first + i / order.length, images - 1);
            rows[i] = image * order.length + order[i % order.length];
        }
        return rows;
    }
}
