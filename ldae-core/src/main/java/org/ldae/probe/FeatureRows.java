package org.ldae.probe;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.ldae.compute.Workers;
import org.ldae.core.HostFloats;
import org.ldae.core.Shapes;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads rows of features {@code [N, F]} to the heap, whatever the array's strides, and refuses NaN and infinity. */
final class FeatureRows {

    private static final int BLOCK_NUMBERS = 1 << 20;

    /** Of rows and of columns; all numbers together may be more than an int counts. */
    private static final int MOST = 1 << 29;

    private final HostFloats values;
    private final int width;
    /** Positions of the rows in the array. */
    private final int[] rows;

    private FeatureRows(HostFloats values, int width, int[] rows) {
        this.values = values;
        this.width = width;
        this.rows = rows;
    }

    static FeatureRows of(INDArray features) {
        return of(features, Shapes.ANY);
    }

    static FeatureRows of(INDArray features, long width) {
        Shapes.require("features", features, "N F", Shapes.ANY, width);
        if (features.length() == 0 || Math.max(features.size(0), features.size(1)) > MOST) {
            throw new IllegalArgumentException("features: expected 1 to %d rows and columns, got [%d, %d]"
                    .formatted(MOST, features.size(0), features.size(1)));
        }
        int[] all = IntStream.range(0, (int) features.size(0)).toArray();
        return new FeatureRows(HostFloats.of(Shapes.contiguous(features)), (int) features.size(1), all);
    }

    /** Some of the rows, in the given order. */
    FeatureRows select(int[] indices) {
        return new FeatureRows(values, width, TrainingLabels.select(rows, indices));
    }

    /** Rows {@code from} to {@code to - 1}. */
    FeatureRows range(int from, int to) {
        return new FeatureRows(values, width, Arrays.copyOfRange(rows, from, to));
    }

    /** Each row as several shorter ones, of all rows in their order. */
    FeatureRows split(int parts) {
        int[] all = IntStream.range(0, Math.multiplyExact(rows.length, parts)).toArray();
        return new FeatureRows(values, width / parts, all);
    }

    int count() {
        return rows.length;
    }

    int width() {
        return width;
    }

    /** Copies rows {@code from} to {@code to - 1} to the start of the destination. */
    void read(int from, int to, float[] destination) {
        for (int i = from; i < to; i++) {
            values.get((long) rows[i] * width, destination, (i - from) * width, width);
        }
        requireFinite(from, to, destination);
    }

    /** Rows in blocks of about 4 MB, changed on the heap and put together again: {@code [N, F]}, new. */
    INDArray map(Consumer<float[]> change) {
        HostFloats all = HostFloats.uninitialised(count(), width);
        for (int from = 0; from < count(); from += blockRows()) {
            int to = Math.min(count(), from + blockRows());
            float[] block = new float[(to - from) * width];
            read(from, to, block);
            change.accept(block);
            all.put((long) from * width, block, 0, block.length);
        }
        return all.written();
    }

    /** Rows {@code from} to {@code to - 1}. */
    @FunctionalInterface
    interface Block {
        /** Works on them, beside others. */
        void accept(int from, int to);
    }

    /** All rows in blocks of so many, on all threads. */
    void eachBlock(int step, Block work) {
        Workers.each(
                (count() + step - 1) / step, block -> work.accept(block * step, Math.min(count(), (block + 1) * step)));
    }

    /** Rows that make a block of about 4 MB. */
    int blockRows() {
        return Math.max(1, BLOCK_NUMBERS / width);
    }

    private void requireFinite(int from, int to, float[] block) {
        int length = (to - from) * width;
        boolean finite = true;
        for (int i = 0; i < length; i++) {
            finite &= Math.abs(block[i]) <= Float.MAX_VALUE;
        }
        for (int i = 0; !finite && i < length; i++) {
            if (!Float.isFinite(block[i])) {
                throw new IllegalArgumentException(
                        "features: expected finite numbers, got %s in row %d, column %d; did the training diverge?"
                                .formatted(block[i], rows[from + i / width], i % width));
            }
        }
    }
}
