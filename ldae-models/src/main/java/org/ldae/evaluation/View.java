package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.ldae.inference.Features;
import org.ldae.inference.Pooling;
import org.ldae.inference.Reading;

/**
 * A subject under one pooling.
 *
 * @param subject what is read
 * @param features what of it
 * @param slices the columns of each block in what is read
 */
record View(Subject subject, Features features, List<Slice> slices) {

    Pooling pooling() {
        return features.pooling();
    }

    Slice all() {
        return Slice.all(slices);
    }

    Reading reading() {
        return subject.encoder().reading(features);
    }

    /** Numbers of the widest block. */
    int widest() {
        return slices.stream().mapToInt(Slice::width).max().orElseThrow();
    }

    /** Whether another view's features hold these: cells of a pyramid follow each other, grid by grid, from the first on. */
    boolean isWithin(View other) {
        List<Integer> cells = pooling().sides();
        List<Integer> all = other.pooling().sides();
        return pooling().equals(other.pooling())
                || (!cells.isEmpty() && cells.size() < all.size() && cells.equals(all.subList(0, cells.size())));
    }

    /** The same, taken from a view that holds it. */
    View from(View other) {
        List<Slice> moved = new ArrayList<>();
        for (int i = 0; i < slices.size(); i++) {
            moved.add(slices.get(i).movedTo(other.slices.get(i)));
        }
        return new View(subject, features, moved);
    }
}
