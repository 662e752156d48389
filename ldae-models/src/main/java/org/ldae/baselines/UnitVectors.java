package org.ldae.baselines;

import java.util.Arrays;

/** Rows of unit length, in double, and the way back through the division by their length. */
final class UnitVectors {

    /** Lengths below are taken as this, as PyTorch's normalize. */
    private static final double LEAST = 1e-12;

    private final int rows;
    private final int width;
    private final double[] unit;
    private final double[] lengths;
    private final double[] slopes;

    UnitVectors(int rows, int width) {
        this.rows = rows;
        this.width = width;
        this.unit = new double[rows * width];
        this.lengths = new double[rows];
        this.slopes = new double[rows * width];
    }

    /** Reads rows, and forgets slopes. */
    void read(float[] numbers, int from) {
        Arrays.fill(slopes, 0);
        for (int i = 0; i < rows; i++) {
            double squares = 0;
            for (int k = i * width; k < (i + 1) * width; k++) {
                unit[k] = numbers[from + k];
                squares += unit[k] * unit[k];
            }
            lengths[i] = Math.max(LEAST, Math.sqrt(squares));
            for (int k = i * width; k < (i + 1) * width; k++) {
                unit[k] /= lengths[i];
            }
        }
    }

    /** Cosine of a row and one of the others. */
    double cosine(int row, UnitVectors others, int other) {
        double sum = 0;
        for (int k = 0; k < width; k++) {
            sum += unit[row * width + k] * others.unit[other * width + k];
        }
        return sum;
    }

    /** Adds a slope of the loss by the cosine of a row and one of the others to the row's. */
    void add(int row, double slope, UnitVectors others, int other) {
        for (int k = 0; k < width; k++) {
            slopes[row * width + k] += slope * others.unit[other * width + k];
        }
    }

    /** Slopes of the loss by the rows as they were read. */
    void write(float[] gradients) {
        for (int i = 0; i < rows; i++) {
            double along = 0;
            for (int k = i * width; k < (i + 1) * width; k++) {
                along += slopes[k] * unit[k];
            }
            for (int k = i * width; k < (i + 1) * width; k++) {
                gradients[k] = (float) ((slopes[k] - along * unit[k]) / lengths[i]);
            }
        }
    }

    /** Root of the rows' variance around their mean: 1 at most, where the mean is zero; 0 where all rows are the same. */
    double spread() {
        double lengths = 0;
        double squares = 0;
        for (int k = 0; k < width; k++) {
            double mean = 0;
            for (int i = 0; i < rows; i++) {
                double number = unit[i * width + k];
                mean += number / rows;
                lengths += number * number / rows; // 1 in all, but for rows of zeros
            }
            squares += mean * mean;
        }
        return Math.sqrt(Math.max(0, lengths - squares));
    }
}
