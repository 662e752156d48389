package org.ldae.compute;

import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Views of matrices, one a worker: made when a matrix is first seen, since a view is costly, and kept as long as the matrix is.
 *
 * <p>Rows or columns are cut in units that stay whole, such as the rows of an image or the columns of a head. With fewer units
 * than workers some workers get none: their view is null.
 */
final class Parts {

    /** What is cut. */
    private enum Side {
        ROWS,
        COLUMNS,
        /** Nothing: each worker has a view of the whole, since a view belongs to one thread. */
        NONE
    }

    /** One way of cutting a matrix, and the others known. */
    private record Cut(
            Side side, int units, Views views, @Nullable Cut next) {}

    /** Wraps an array, which a record must not hold. */
    private static final class Views {
        private final Tensor[] all;

        Views(Tensor[] all) {
            this.all = all;
        }
    }

    private final int count;
    private final Map<Tensor, Cut> known = new WeakHashMap<>();

    Parts(int count) {
        this.count = count;
    }

    Tensor[] rows(Tensor tensor, int units) {
        return cut(tensor, Side.ROWS, units);
    }

    Tensor[] columns(Tensor tensor, int units) {
        return cut(tensor, Side.COLUMNS, units);
    }

    Tensor[] whole(Tensor tensor) {
        return cut(tensor, Side.NONE, 1);
    }

    /** The first of a worker's units. */
    int first(int worker, int units) {
        return (int) ((long) worker * units / count);
    }

    private Tensor[] cut(Tensor tensor, Side side, int units) {
        Cut newest = known.get(tensor);
        for (Cut cut = newest; cut != null; cut = cut.next) {
            if (cut.side == side && cut.units == units) {
                return cut.views.all;
            }
        }
        Tensor[] views = new Tensor[count];
        int unit = (side == Side.ROWS ? tensor.rows() : tensor.columns()) / units;
        for (int w = 0; w < count; w++) {
            int from = first(w, units) * unit;
            int size = first(w + 1, units) * unit - from;
            if (side == Side.NONE) {
                views[w] = tensor.columns(0, tensor.columns());
            } else if (size > 0) {
                views[w] = side == Side.COLUMNS
                        ? tensor.columns(from, size)
                        : tensor.view(from, size, 0, tensor.columns());
            }
        }
        known.put(tensor, new Cut(side, units, new Views(views), newest));
        return views;
    }
}
