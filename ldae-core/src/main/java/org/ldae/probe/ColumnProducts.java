package org.ldae.probe;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code Z'Z} of features in double, a few megabytes of rows at a time. */
final class ColumnProducts {

    private ColumnProducts() {}

    /** The products of all columns of standardised rows, {@code [F, F]} 'f', new; the caller closes them. */
    static INDArray of(FeatureRows rows, Standardizer standardizer) {
        INDArray sum = Nd4j.create(DataType.DOUBLE, new long[] {rows.width(), rows.width()}, 'f');
        int step = Math.max(rows.width(), rows.blockRows());
        for (int from = 0; from < rows.count(); from += step) {
            FeatureRows some = rows.range(from, Math.min(rows.count(), from + step));
            try (INDArray block = standardized(some, standardizer)) {
                Nd4j.gemm(block, block, sum, true, false, 1, 1);
            }
        }
        return sum;
    }

    /** Standardised rows in double, new. */
    static INDArray standardized(FeatureRows rows, Standardizer standardizer) {
        try (INDArray single = standardizer.apply(rows)) {
            return single.castTo(DataType.DOUBLE);
        }
    }
}
