package org.ldae.probe;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Per column {@code (x - mean) * scale}, statistics in double. */
final class Standardizer {

    private static final int BLOCK_NUMBERS = 1 << 20;

    private final double[] mean; // [F]
    private final double[] scale; // [F], 0 for columns that are constant up to float32 rounding

    Standardizer(double[] mean, double[] scale) {
        this.mean = mean;
        this.scale = scale;
    }

    double mean(int column) {
        return mean[column];
    }

    double scale(int column) {
        return scale[column];
    }

    /** Zero mean and unit (biased) variance over the rows. */
    static Standardizer fit(FeatureRows rows) {
        int width = rows.width();
        float[] shift = new float[width];
        rows.read(0, shift, 0);
        double[] sum = new double[width];
        double[] squares = new double[width];
        float[] block = new float[blockRows(width) * width];
        for (int from = 0; from < rows.count(); from += blockRows(width)) {
            int to = Math.min(rows.count(), from + blockRows(width));
            rows.read(from, to, block);
            for (int row = 0; row < to - from; row++) {
                for (int f = 0; f < width; f++) {
                    double x = (double) block[row * width + f] - shift[f];
                    sum[f] += x;
                    squares[f] += x * x;
                }
            }
        }
        return of(shift, sum, squares, rows.count());
    }

    /** From sums over x - shift: a column that is constant gives exactly 0 there. */
    private static Standardizer of(float[] shift, double[] sum, double[] squares, int count) {
        double[] mean = new double[shift.length];
        double[] scale = new double[shift.length];
        for (int f = 0; f < shift.length; f++) {
            double offset = sum[f] / count;
            double deviation = Math.sqrt(Math.max(0, squares[f] / count - offset * offset));
            mean[f] = shift[f] + offset;
            scale[f] = deviation <= 2 * Math.ulp((float) mean[f]) ? 0 : 1 / deviation;
        }
        return new Standardizer(mean, scale);
    }

    int width() {
        return mean.length;
    }

    /** Rows that make a block of about 4 MB. */
    static int blockRows(int width) {
        return Math.max(1, BLOCK_NUMBERS / width);
    }

    /** All rows, standardised: {@code [N, F]}, new. */
    INDArray apply(FeatureRows rows) {
        INDArray all = Nd4j.createUninitialized(DataType.FLOAT, new long[] {rows.count(), width()}, 'c');
        for (int from = 0; from < rows.count(); from += blockRows(width())) {
            int to = Math.min(rows.count(), from + blockRows(width()));
            try (INDArray block = apply(rows, from, to)) {
                all.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()).assign(block);
            }
        }
        return all;
    }

    /** Rows {@code from} to {@code to - 1}, standardised: {@code [to - from, F]}, new. */
    INDArray apply(FeatureRows rows, int from, int to) {
        float[] block = new float[(to - from) * width()];
        rows.read(from, to, block);
        for (int row = 0; row < to - from; row++) {
            for (int f = 0; f < mean.length; f++) {
                int i = row * mean.length + f;
                block[i] = (float) ((block[i] - mean[f]) * scale[f]);
            }
        }
        return Nd4j.create(block, new long[] {to - from, width()}, 'c');
    }
}
