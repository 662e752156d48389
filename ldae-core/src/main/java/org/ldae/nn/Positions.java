package org.ldae.nn;

import java.util.Arrays;

/** Fixed embeddings: 2-D sine-cosine positions and sinusoidal time. */
public final class Positions {

    private Positions() {}

    /**
     * 2-D sine-cosine positions as MAE and DiT use: the first half of the width for the column, the second for the row,
     * each half sines then cosines of frequencies {@code 10000^(-i/(M/4))}.
     *
     * @param rows rows of tokens
     * @param columns columns of tokens
     * @param width M, a multiple of 4
     * @return {@code [rows * columns, M]} row by row
     */
    public static float[] grid(int rows, int columns, int width) {
        if (width % 4 != 0) {
            throw new IllegalArgumentException("positions: expected a width that is a multiple of 4, got " + width);
        }
        int half = width / 2;
        float[][] waves = new float[Math.max(rows, columns)][];
        Arrays.setAll(waves, position -> wave(position, half));
        float[] table = new float[rows * columns * width];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                int at = (r * columns + c) * width;
                System.arraycopy(waves[c], 0, table, at, half);
                System.arraycopy(waves[r], 0, table, at + half, half);
            }
        }
        return table;
    }

    private static float[] wave(double position, int width) {
        int half = width / 2;
        float[] wave = new float[width];
        for (int i = 0; i < half; i++) {
            double angle = position * Math.pow(10000, -(double) i / half);
            wave[i] = (float) Math.sin(angle);
            wave[half + i] = (float) Math.cos(angle);
        }
        return wave;
    }

    /**
     * Sinusoidal time embedding as DiT's: cosines then sines of {@code 1000 t 10000^(-i/half)}.
     *
     * @param t time in [0, 1]
     * @param table where it goes
     * @param at first index there
     * @param width numbers, even
     */
    public static void time(double t, float[] table, int at, int width) {
        int half = width / 2;
        for (int i = 0; i < half; i++) {
            double angle = 1000 * t * Math.pow(10000, -(double) i / half);
            table[at + i] = (float) Math.cos(angle);
            table[at + half + i] = (float) Math.sin(angle);
        }
    }
}
