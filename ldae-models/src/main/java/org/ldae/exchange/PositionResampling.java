package org.ldae.exchange;

import java.util.Arrays;

/**
 * Positions of one grid of tokens for another, as timm's {@code resample_abs_pos_embed}: bicubic with antialiasing, the class
 * token's as it is.
 */
final class PositionResampling {

    /** Slope of the cubic kernel, as PyTorch's with antialiasing. */
    private static final double CUBIC = -0.5;

    private PositionResampling() {}

    /**
     * A grid of tokens.
     *
     * @param rows of tokens
     * @param columns of tokens
     */
    record Sides(int rows, int columns) {}

    /**
     * Resamples a table.
     *
     * @param table {@code [leading + from, width]}
     * @param leading rows that are kept
     * @return {@code [leading + to, width]}
     */
    static float[] resampled(float[] table, int leading, Sides from, Sides to) {
        int width = table.length / (leading + from.rows * from.columns);
        double[] grid = new double[from.rows * from.columns * width];
        Arrays.setAll(grid, i -> table[leading * width + i]);
        double[] wide = along(grid, from.rows, new Line(from.columns, to.columns, width));
        double[] all = along(wide, 1, new Line(from.rows, to.rows, to.columns * width));
        float[] result = Arrays.copyOf(table, leading * width + all.length);
        for (int i = 0; i < all.length; i++) {
            result[leading * width + i] = (float) all[i];
        }
        return result;
    }

    /** Points along a line, before and after, and the numbers of each. */
    private record Line(int from, int to, int numbers) {}

    /** Resamples each of some lines. */
    private static double[] along(double[] values, int lines, Line line) {
        double[] result = new double[lines * line.to * line.numbers];
        double scale = (double) line.from / line.to;
        double stretch = Math.max(1, scale);
        for (int point = 0; point < line.to; point++) {
            double centre = scale * (point + 0.5);
            int first = Math.max(0, (int) (centre - 2 * stretch + 0.5));
            int end = Math.min(line.from, (int) (centre + 2 * stretch + 0.5));
            double[] weights = new double[end - first];
            Arrays.setAll(weights, j -> kernel((first + j - centre + 0.5) / stretch));
            double sum = Arrays.stream(weights).sum();
            for (int k = 0; k < lines; k++) {
                for (int j = first; j < end; j++) {
                    double weight = weights[j - first] / sum;
                    int source = (k * line.from + j) * line.numbers;
                    int target = (k * line.to + point) * line.numbers;
                    for (int i = 0; i < line.numbers; i++) {
                        result[target + i] += weight * values[source + i];
                    }
                }
            }
        }
        return result;
    }

    /** Keys' cubic convolution kernel. */
    private static double kernel(double x) {
        double a = Math.abs(x);
        if (a < 1) {
            return ((CUBIC + 2) * a - (CUBIC + 3)) * a * a + 1;
        }
        return a < 2 ? ((CUBIC * a - 5 * CUBIC) * a + 8 * CUBIC) * a - 4 * CUBIC : 0;
    }
}
