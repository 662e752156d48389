package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ldae.core.HostFloats;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The columns of some blocks in features {@code [N, F]} of all blocks read.
 *
 * @param blocks whose columns, from 1; empty for the encoder's last
 * @param columns of each block
 */
record Slice(List<Integer> blocks, List<Columns> columns) {

    /** Columns beside each other. */
    record Columns(int from, int width) {}

    static Slice of(List<Integer> blocks, int from, int width) {
        return new Slice(blocks, List.of(new Columns(from, width)));
    }

    /** The columns of each block that is read, side by side. */
    static List<Slice> of(Encoder encoder, ImageSource images, Features features) {
        List<Slice> slices = new ArrayList<>();
        int from = 0;
        for (Features each : eachBlock(features)) {
            try (INDArray one = encoder.represent(images.limit(1), each)) {
                slices.add(of(each.blocks(), from, one.columns()));
                from += one.columns();
            }
        }
        return slices;
    }

    private static List<Features> eachBlock(Features features) {
        return features.blocks().isEmpty()
                ? List.of(features)
                : features.blocks().stream().map(features::after).toList();
    }

    /** All columns of several slices. */
    static Slice all(List<Slice> slices) {
        return new Slice(
                slices.stream().flatMap(each -> each.blocks.stream()).toList(),
                slices.stream().flatMap(each -> each.columns.stream()).toList());
    }

    /** Number of columns. */
    int width() {
        return columns.stream().mapToInt(Columns::width).sum();
    }

    /** As many columns from where those of another slice begin. */
    Slice movedTo(Slice other) {
        return of(blocks, other.columns.get(0).from, width());
    }

    /** All rows, {@code [N, width]}, new. */
    INDArray of(INDArray features) {
        return of(features, IntStream.range(0, (int) features.size(0)).toArray());
    }

    /** Some rows in the given order, {@code [rows, width]}, new. */
    INDArray of(INDArray features, int[] rows) {
        HostFloats all = HostFloats.of(features);
        int width = width();
        HostFloats some = HostFloats.uninitialised(rows.length, width);
        float[] row = new float[width];
        for (int i = 0; i < rows.length; i++) {
            int at = 0;
            for (Columns each : columns) {
                all.get(rows[i] * features.size(1) + each.from, row, at, each.width);
                at += each.width;
            }
            some.put((long) i * width, row, 0, width);
        }
        return some.written();
    }
}
