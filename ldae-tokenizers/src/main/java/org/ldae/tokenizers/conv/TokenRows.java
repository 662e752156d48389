package org.ldae.tokenizers.conv;

import java.util.ArrayList;
import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;

/**
 * Maps of n images as tokens, and their way to and from passes over some of them.
 *
 * <p>Convolutions want a map's pixels row by row over the whole image; tokens, row-major themselves, want those of a square
 * together: row p, then column q. Both are orders of the same rows of channels.
 */
final class TokenRows {

    private final Kernels kernels;
    private final Tensor rows;
    private final Tensor tokens;
    /** The rows of each pass's images, in token order. */
    private final List<Tensor> parts = new ArrayList<>();
    /** For each pass and row of maps, the row in token order; images beyond the last repeat it. */
    private final List<int[]> mapOrders = new ArrayList<>();
    /** For each pass and row in token order, the row of maps. */
    private final List<int[]> tokenOrders = new ArrayList<>();

    /**
     * Room for n images, of which a pass takes some.
     *
     * @param shape of one image's maps
     * @param side of the square that is a token, a divisor of both sides
     * @param images n
     * @param atOnce images of a pass
     */
    record Sizes(MapShape shape, int side, int images, int atOnce) {}

    TokenRows(Workspace work, Sizes sizes) {
        MapShape shape = sizes.shape();
        int pixels = shape.pixels();
        int square = sizes.side() * sizes.side();
        this.kernels = work.kernels();
        this.rows = work.allocate(sizes.images() * pixels, shape.channels());
        this.tokens = rows.slice(0, rows.rows() / square, square * shape.channels());
        for (int first = 0; first < sizes.images(); first += sizes.atOnce()) {
            int count = Math.min(sizes.atOnce(), sizes.images() - first);
            parts.add(rows.view(first * pixels, count * pixels, 0, shape.channels()));
            int[] fromTokens = new int[sizes.atOnce() * pixels];
            int[] fromMaps = new int[count * pixels];
            for (int i = 0; i < fromTokens.length; i++) {
                int token = i % pixels;
                int map = place(shape, sizes.side(), token);
                int image = i / pixels;
                fromTokens[image * pixels + map] = Math.min(first + image, sizes.images() - 1) * pixels + token;
                if (image < count) {
                    fromMaps[i] = image * pixels + map;
                }
            }
            mapOrders.add(fromTokens);
            tokenOrders.add(fromMaps);
        }
    }

    /** Where in a map the pixel lies that is at some place of the token order. */
    private static int place(MapShape shape, int side, int index) {
        int columns = shape.width() / side;
        int token = index / (side * side);
        int p = index % (side * side) / side;
        int q = index % side;
        return (token / columns * side + p) * shape.width() + token % columns * side + q;
    }

    /** All images as tokens, {@code [n L, side * side * C]}. */
    Tensor tokens() {
        return tokens;
    }

    int passes() {
        return parts.size();
    }

    /** Writes a pass's images as maps, {@code [images of a pass * H W, C]}. */
    void toMaps(int pass, Tensor maps) {
        kernels.gatherRows(rows, mapOrders.get(pass), maps);
    }

    /** Takes a pass's images from maps. */
    void fromMaps(int pass, Tensor maps) {
        kernels.gatherRows(maps, tokenOrders.get(pass), parts.get(pass));
    }
}
