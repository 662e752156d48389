package org.ldae.probe;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows scaled to length 1, in double, without their mean {@code m}: cosines are {@code (m + a) (m + b) = m m + m a + m b + a b},
 * of which only the last product is left to float32. One feature with a large mean would otherwise use up its digits.
 */
final class UnitRows {

    private final double[] mean;

    private UnitRows(double[] mean) {
        this.mean = mean;
    }

    /** Takes the mean of rows of length 1. */
    static UnitRows of(FeatureRows rows) {
        int width = rows.width();
        double[] mean = new double[width];
        float[] block = new float[rows.blockRows() * width];
        for (int from = 0; from < rows.count(); from += rows.blockRows()) {
            int to = Math.min(rows.count(), from + rows.blockRows());
            rows.read(from, to, block);
            for (int row = 0; row < to - from; row++) {
                double scale = scale(block, row * width, width) / rows.count();
                for (int f = 0; f < width; f++) {
                    mean[f] += scale * block[row * width + f];
                }
            }
        }
        return new UnitRows(mean);
    }

    /** All rows {@code a}, {@code [N, F]}, new; the products {@code m a} go into an array. A row of zeros is similar to none. */
    INDArray centred(FeatureRows rows, float[] products) {
        int[] at = {0};
        return rows.map(block -> {
            for (int row = 0; row < block.length; row += mean.length) {
                products[at[0]++] = (float) centre(block, row);
            }
        });
    }

    private double centre(float[] block, int offset) {
        double scale = scale(block, offset, mean.length);
        double product = 0;
        for (int f = 0; f < mean.length; f++) {
            double centred = scale * block[offset + f] - mean[f];
            product += mean[f] * centred;
            block[offset + f] = (float) centred;
        }
        return product;
    }

    private static double scale(float[] values, int offset, int length) {
        double squares = 0;
        for (int i = offset; i < offset + length; i++) {
            squares += (double) values[i] * values[i];
        }
        return squares > 0 ? 1 / Math.sqrt(squares) : 0;
    }
}
