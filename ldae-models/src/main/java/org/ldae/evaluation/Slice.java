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
 * @param from first column
 * @param width number of columns
 */
record Slice(List<Integer> blocks, int from, int width) {

    /** The columns of each block that is read, side by side. */
    static List<Slice> of(Encoder encoder, ImageSource images, Features features) {
        List<Slice> slices = new ArrayList<>();
        int from = 0;
        for (Features each : eachBlock(features)) {
            try (INDArray one = encoder.represent(images.limit(1), each)) {
                slices.add(new Slice(each.blocks(), from, one.columns()));
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
                0,
                slices.stream().mapToInt(Slice::width).sum());
    }

    /** All rows, {@code [N, width]}, new. */
    INDArray of(INDArray features) {
        return of(features, IntStream.range(0, (int) features.size(0)).toArray());
    }

    /** Some rows in the given order, {@code [rows, width]}, new. */
    INDArray of(INDArray features, int[] rows) {
        HostFloats all = HostFloats.of(features);
        HostFloats some = HostFloats.uninitialised(rows.length, width);
        float[] row = new float[width];
        for (int i = 0; i < rows.length; i++) {
            all.get(rows[i] * features.size(1) + from, row, 0, width);
            some.put((long) i * width, row, 0, width);
        }
        return some.written();
    }
}
