package org.ldae.probe;

import java.nio.FloatBuffer;
import org.ldae.core.Shapes;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads rows of features {@code [N, F]} to the heap, whatever the array's strides, and refuses NaN and infinity. */
final class FeatureRows {

    private final FloatBuffer values;
    private final int count;
    private final int width;

    private FeatureRows(INDArray contiguous) {
        this.values = contiguous.data().asNioFloat();
        this.count = (int) contiguous.size(0);
        this.width = (int) contiguous.size(1);
    }

    static FeatureRows of(INDArray features) {
        return of(features, Shapes.ANY);
    }

    static FeatureRows of(INDArray features, long width) {
        Shapes.require("features", features, "N F", Shapes.ANY, width);
        if (features.length() == 0 || features.length() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "features: expected 1 to 2^31 - 1 numbers, got [%d, %d]; pool the tokens or take fewer images"
                            .formatted(features.size(0), features.size(1)));
        }
        return new FeatureRows(Shapes.contiguous(features));
    }

    int count() {
        return count;
    }

    int width() {
        return width;
    }

    /** Copies rows {@code from} to {@code to - 1} to the start of the destination. */
    void read(int from, int to, float[] destination) {
        int length = (to - from) * width;
        values.get(from * width, destination, 0, length);
        requireFinite(from, destination, 0, length);
    }

    /** Copies one row. */
    void read(int row, float[] destination, int offset) {
        values.get(row * width, destination, offset, width);
        requireFinite(row, destination, offset, width);
    }

    private void requireFinite(int firstRow, float[] block, int offset, int length) {
        boolean finite = true;
        for (int i = offset; i < offset + length; i++) {
            finite &= Math.abs(block[i]) <= Float.MAX_VALUE;
        }
        for (int i = 0; !finite && i < length; i++) {
            float value = block[offset + i];
            if (!Float.isFinite(value)) {
                throw new IllegalArgumentException(
                        "features: expected finite numbers, got %s in row %d, column %d; did the training diverge?"
                                .formatted(value, firstRow + i / width, i % width));
            }
        }
    }
}
