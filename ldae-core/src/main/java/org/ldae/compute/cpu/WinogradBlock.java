package org.ldae.compute.cpu;

import java.util.Arrays;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.compute.cpu.Winograd.Transform;

/**
 * Heap memory in which a few neighbouring tiles are taken apart, transformed in both directions and put together. Array
 * {@code [column][row]} holds one pixel of every tile, tile by tile, channels innermost, so that all loops are long.
 */
final class WinogradBlock {

    /** Numbers of one pixel of all tiles: 36 arrays of 1 KB fit beside each other in the first-level cache. */
    private static final int LENGTH = 512;

    private static final int SIDE = Winograd.SIDE;
    private static final int STEP = Winograd.RESULTS;
    private static final int FILTER = Winograd.FILTER;

    private final float[][][] tiles = new float[SIDE][SIDE][0];
    private final float[][][] middle = new float[SIDE][SIDE][0];
    private final float[][][] middleTransposed = new float[SIDE][SIDE][0];
    private float[] pixels = new float[0];
    private float[] scratch = new float[0];
    private MapShape maps = new MapShape(1, 1, 1);
    private int image;
    private int firstRow;
    private int firstColumn;
    private int count;

    /** Makes room for blocks of so many channels and tells how many tiles, or filters, go together. */
    int reserve(int channels) {
        int together = Math.max(1, LENGTH / channels);
        if (tiles[0][0].length < (together + 1) * channels) {
            allocate((together + 1) * channels);
        }
        return together;
    }

    private void allocate(int needed) {
        int length = (needed + 15) / 16 * 16 + 12; // with the header a multiple of a cache line: arrays lie alike
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                tiles[i][j] = new float[length];
                middle[i][j] = new float[length];
            }
        }
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                middleTransposed[i][j] = middle[j][i];
            }
        }
        pixels = new float[FILTER * FILTER * length];
        scratch = new float[FILTER * FILTER * length];
    }

    /**
     * Transforms columns, then rows; the result lies by row and column.
     *
     * @param transform what to apply
     * @param columns columns of a tile before
     * @param rows rows of a tile after
     * @param n numbers of each array
     */
    void transform(Transform transform, int columns, int rows, int n) {
        for (int column = 0; column < columns; column++) {
            transform.apply(tiles[column], middleTransposed[column], n);
        }
        for (int row = 0; row < rows; row++) {
            transform.apply(middle[row], tiles[row], n);
        }
    }

    /** Transforms tiles of inputs, which share two columns with their neighbours: those are transformed once. */
    void transformInputs(int channels, int n) {
        for (int column = 0; column < STEP; column++) {
            int shared = column < SIDE - STEP ? channels : 0;
            Winograd.input(tiles[column], middleTransposed[column], n + shared);
        }
        for (float[][] row : middle) {
            for (int column = STEP; column < SIDE; column++) {
                System.arraycopy(row[column - STEP], channels, row[column], 0, n);
            }
        }
        for (int row = 0; row < SIDE; row++) {
            Winograd.input(middle[row], tiles[row], n);
        }
    }

    /**
     * Where the tiles are that are loaded or stored next, beside each other in maps; kept here since an object for each would be
     * hundreds a step.
     *
     * @param of the maps
     * @param number of the image
     * @param top row of the first tile's first pixel, which may lie outside
     * @param left its column
     * @param tiles how many
     */
    void place(MapShape of, int number, int top, int left, int tiles) {
        maps = of;
        image = number;
        firstRow = top;
        firstColumn = left;
        count = tiles;
    }

    /**
     * Takes tiles apart, columns shared with the next tile left to it; zeros stand for what lies outside of the image.
     *
     * @param x maps
     * @param side side of a tile; they lie {@link Winograd#RESULTS} pixels apart
     */
    void load(Tensor x, int side) {
        int channels = maps.channels();
        int width = STEP * (count - 1) + side;
        int first = Math.max(0, -firstColumn);
        int end = Math.max(first, Math.min(width, maps.width() - firstColumn));
        for (int r = 0; r < side; r++) {
            int row = firstRow + r;
            if (row < 0 || row >= maps.height()) {
                Arrays.fill(pixels, 0, width * channels, 0);
            } else {
                int pixel = (image * maps.height() + row) * maps.width() + firstColumn + first;
                Arrays.fill(pixels, 0, first * channels, 0);
                x.host().get(x.index(pixel), pixels, first * channels, (end - first) * channels);
                Arrays.fill(pixels, end * channels, width * channels, 0);
            }
            for (int p = 0; p < width; p++) {
                System.arraycopy(pixels, p * channels, tiles[p % STEP][r], p / STEP * channels, channels);
            }
        }
    }

    /**
     * Puts tiles of results together: {@code y = tiles + beta y}; what lies outside of the image is dropped.
     *
     * @param y maps
     * @param beta factor on what y holds
     */
    void store(Tensor y, float beta) {
        int channels = maps.channels();
        int width = Math.min(STEP * count, maps.width() - firstColumn);
        int height = Math.min(STEP, maps.height() - firstRow);
        for (int r = 0; r < height; r++) {
            for (int p = 0; p < width; p++) {
                float[] from = tiles[r][p % STEP];
                System.arraycopy(from, p / STEP * channels, pixels, p * channels, channels);
            }
            int pixel = (image * maps.height() + firstRow + r) * maps.width() + firstColumn;
            Staging.store(y, pixel, width, pixels, beta, scratch);
        }
    }

    /**
     * Writes transformed tiles: number i of each tile is a row of the i-th matrix.
     *
     * @param to 36 matrices one after another
     * @param matrix numbers of one matrix
     * @param at index of the first tile's first number in its matrix
     * @param n numbers of each array
     */
    void put(Tensor to, int matrix, int at, int n) {
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                to.host().put((i * SIDE + j) * matrix + at, tiles[i][j], 0, n);
            }
        }
    }

    /** Reads what {@link #put} wrote, as columns of rows. */
    void get(Tensor from, int matrix, int at, int n) {
        for (int i = 0; i < SIDE; i++) {
            for (int j = 0; j < SIDE; j++) {
                from.host().get((i * SIDE + j) * matrix + at, tiles[j][i], 0, n);
            }
        }
    }

    /** Takes filters apart, rows of {@code [C_out, 9 C_in]}, and turns them by 180 degrees. */
    void loadTurnedFilters(Tensor weight, int first, int filters) {
        Staging.load(weight, first, filters, pixels);
        int channels = weight.columns() / (FILTER * FILTER);
        for (int tap = 0; tap < FILTER * FILTER; tap++) {
            int place = FILTER * FILTER - 1 - tap;
            float[] to = tiles[place % FILTER][place / FILTER];
            for (int k = 0; k < filters; k++) {
                System.arraycopy(pixels, k * weight.columns() + tap * channels, to, k * channels, channels);
            }
        }
    }

    /** Takes filters apart, rows of the transposed matrix {@code [9 C_in, C_out]}. */
    void loadTransposedFilters(float[] transposed, int channels, int first, int filters, int outputs) {
        for (int tap = 0; tap < FILTER * FILTER; tap++) {
            float[] to = tiles[tap % FILTER][tap / FILTER];
            System.arraycopy(transposed, (tap * channels + first) * outputs, to, 0, filters * outputs);
        }
    }

    /** Adds gradients of filters to rows of a matrix. */
    void addFilters(Tensor weight, int first, int filters) {
        int channels = weight.columns() / (FILTER * FILTER);
        for (int tap = 0; tap < FILTER * FILTER; tap++) {
            float[] from = tiles[tap / FILTER][tap % FILTER];
            for (int k = 0; k < filters; k++) {
                System.arraycopy(from, k * channels, pixels, k * weight.columns() + tap * channels, channels);
            }
        }
        Staging.store(weight, first, filters, pixels, 1, scratch);
    }
}
