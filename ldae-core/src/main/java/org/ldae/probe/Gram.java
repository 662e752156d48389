package org.ldae.probe;

import org.ldae.compute.Workers;
import org.ldae.linalg.ColumnProducts;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Products of standardised features Z in double; new arrays in 'f' order, which the caller closes. */
final class Gram {

    private Gram() {}

    /** {@code Z'Z / divisor} of all columns, {@code [F, F]}, a few megabytes of rows at a time. */
    static INDArray ofColumns(FeatureRows rows, Standardizer standardizer, double divisor) {
        return Workers.withSingleThreadedBlas(() -> {
            INDArray sum = zeros(rows.width());
            int step = Math.max(rows.width(), rows.blockRows());
            for (int from = 0; from < rows.count(); from += step) {
                FeatureRows some = rows.range(from, Math.min(rows.count(), from + step));
                try (INDArray block = standardized(some, standardizer)) {
                    ColumnProducts.add(1, block, sum);
                }
            }
            return sum.divi(divisor);
        });
    }

    /** {@code ZZ' / divisor} of all rows at once, {@code [N, N]}, for fewer rows than columns. */
    static INDArray ofRows(FeatureRows rows, Standardizer standardizer, double divisor) {
        return Workers.withSingleThreadedBlas(() -> {
            INDArray sum = zeros(rows.count());
            try (INDArray all = standardized(rows, standardizer)) {
                ColumnProducts.add(1, all.transpose(), sum);
            }
            return sum.divi(divisor);
        });
    }

    private static INDArray zeros(int side) {
        return Nd4j.create(DataType.DOUBLE, new long[] {side, side}, 'f');
    }

    private static INDArray standardized(FeatureRows rows, Standardizer standardizer) {
        try (INDArray single = standardizer.apply(rows)) {
            return single.castTo(DataType.DOUBLE);
        }
    }
}
