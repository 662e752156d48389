package org.ldae.probe;

import java.io.Serializable;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Per column {@code (x - mean) * scale}, statistics in double. */
final class Standardizer {

    private final double[] mean; // [F]
    private final double[] scale; // [F], 0 for columns that are constant up to float32 rounding

    Standardizer(double[] mean, double[] scale) {
        this.mean = mean;
        this.scale = scale;
    }

    /** Leaves features as they are. */
    static Standardizer none(int width) {
        double[] ones = new double[width];
        Arrays.fill(ones, 1);
        return new Standardizer(new double[width], ones);
    }

    /** From given statistics of so many columns. */
    static Standardizer of(double[] mean, double[] deviation, int width) {
        if (mean.length != width || deviation.length != width) {
            throw new IllegalArgumentException("mean, deviation: expected %d numbers each, one a feature, got %d and %d"
                    .formatted(width, mean.length, deviation.length));
        }
        double[] scale = requireFinite("deviation", deviation.clone());
        for (int f = 0; f < width; f++) {
            if (scale[f] < 0) {
                throw new IllegalArgumentException(
                        "deviation: expected numbers of at least 0, got %s for feature %d".formatted(scale[f], f));
            }
            scale[f] = scale[f] == 0 ? 0 : 1 / scale[f];
        }
        return new Standardizer(requireFinite("mean", mean.clone()), scale);
    }

    /** The numbers themselves, none of them NaN or infinite. */
    static double[] requireFinite(String name, double[] numbers) {
        for (int i = 0; i < numbers.length; i++) {
            if (!Double.isFinite(numbers[i])) {
                throw new IllegalArgumentException(
                        "%s: expected finite numbers, got %s at index %d".formatted(name, numbers[i], i));
            }
        }
        return numbers;
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
        rows.read(0, 1, shift);
        Sums sums = new Sums(shift);
        float[] block = new float[rows.blockRows() * width];
        for (int from = 0; from < rows.count(); from += rows.blockRows()) {
            int to = Math.min(rows.count(), from + rows.blockRows());
            rows.read(from, to, block);
            sums.add(block, to - from);
        }
        return sums.standardizer();
    }

    /** Sums over x - shift: a column that is constant gives exactly 0 there. */
    static final class Sums implements Serializable {
        private static final long serialVersionUID = 1;
        private final float[] shift;
        private final double[] sum;
        private final double[] squares;
        private long count;

        Sums(float[] shift) {
            this.shift = shift;
            this.sum = new double[shift.length];
            this.squares = new double[shift.length];
        }

        /** Of a part's rows, none of which holds NaN or infinity. */
        static Sums of(float[] shift, FeaturePart part) {
            float[] features = part.features();
            for (int i = 0; i < features.length; i++) {
                if (!Float.isFinite(features[i])) {
                    throw new IllegalArgumentException("features: expected finite numbers, got %s in row %d of part %d"
                            .formatted(features[i], i / shift.length, part.number()));
                }
            }
            Sums sums = new Sums(shift);
            sums.add(features, part.labels().length);
            return sums;
        }

        /** Adds the first rows of a block. */
        void add(float[] block, int rows) {
            int width = shift.length;
            for (int row = 0; row < rows; row++) {
                for (int f = 0; f < width; f++) {
                    double x = (double) block[row * width + f] - shift[f];
                    sum[f] += x;
                    squares[f] += x * x;
                }
            }
            count += rows;
        }

        /** Adds sums over the same shift. */
        void add(Sums more) {
            for (int f = 0; f < shift.length; f++) {
                sum[f] += more.sum[f];
                squares[f] += more.squares[f];
            }
            count += more.count;
        }

        Standardizer standardizer() {
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
    }

    int width() {
        return mean.length;
    }

    /** All rows, standardised: {@code [N, F]}, new. */
    INDArray apply(FeatureRows rows) {
        return rows.map(this::applyInPlace);
    }

    /** Some rows {@code [n, F]} on the heap. */
    void applyInPlace(float[] block) {
        for (int row = 0; row < block.length; row += mean.length) {
            for (int f = 0; f < mean.length; f++) {
                block[row + f] = (float) ((block[row + f] - mean[f]) * scale[f]);
            }
        }
    }
}
