package org.ldae.compute.cpu;

import org.bytedeco.javacpp.FloatPointer;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.compute.Window;

/**
 * Convolutions of 3 x 3 pixels with stride 1 by Winograd's F(4 x 4, 3 x 3): tiles and filters are transformed, 36 products
 * follow, one for each number of a transformed tile, and their results are transformed back.
 */
final class CpuWinograd {

    private static final int PRODUCTS = Winograd.SIDE * Winograd.SIDE;
    private static final int FILTERS = Winograd.FILTER * Winograd.FILTER;

    /** Tiles transformed at a time: enough for the products, few enough to stay in the cache. */
    private static final int TILES = 96;

    /** Floats of a cache line. */
    private static final int LINE = 16;

    private final Gemm gemm;
    private final WinogradBlock block = new WinogradBlock();
    private final Scratch filters = new Scratch();
    private final Scratch inputs = new Scratch();
    private final Scratch results = new Scratch();
    private float[] weights = new float[0];
    private float[] transposed = new float[0];

    CpuWinograd(Gemm gemm) {
        this.gemm = gemm;
    }

    static boolean serves(ConvolutionShape shape) {
        Window window = shape.window();
        return window.size() == Winograd.FILTER && window.stride() == 1;
    }

    /** Maps that are read and written in tiles; the first tile begins so many pixels before the image. */
    private record Tiling(MapShape input, MapShape result, int before) {

        static Tiling of(ConvolutionShape shape) {
            return new Tiling(shape.input(), shape.output(), shape.window().before());
        }

        /** Of the convolution of dy with the filters turned by 180 degrees and transposed. */
        static Tiling backward(ConvolutionShape shape) {
            int before = Winograd.FILTER - 1 - shape.window().before();
            return new Tiling(shape.output(), shape.input(), before);
        }

        int down() {
            return (result.height() + Winograd.RESULTS - 1) / Winograd.RESULTS;
        }

        int across() {
            return (result.width() + Winograd.RESULTS - 1) / Winograd.RESULTS;
        }

        /** Rows of tiles of all images. */
        int rows(Tensor results) {
            return results.rows() / result.pixels() * down();
        }

        int rowsAtOnce() {
            return Math.max(1, TILES / across());
        }

        void place(WinogradBlock block, boolean ofInput, int row, int column, int count) {
            int back = ofInput ? before : 0;
            block.place(
                    ofInput ? input : result,
                    row / down(),
                    row % down() * Winograd.RESULTS - back,
                    column * Winograd.RESULTS - back,
                    count);
        }
    }

    void forward(ConvolutionShape shape, Tensor x, Tensor weight, float beta, Tensor y) {
        loadTransposedFilters(weight);
        convolve(Tiling.of(shape), x, beta, y);
    }

    void backwardData(ConvolutionShape shape, Tensor dy, Tensor weight, float beta, Tensor dx) {
        loadTurnedFilters(weight);
        convolve(Tiling.backward(shape), dy, beta, dx);
    }

    private void convolve(Tiling tiling, Tensor x, float beta, Tensor y) {
        int in = x.columns();
        int out = y.columns();
        int rows = tiling.rowsAtOnce();
        Tensor u = filters.room(PRODUCTS * in * out);
        Tensor v = inputs.room(PRODUCTS * rows * tiling.across() * in);
        Tensor m = results.room(PRODUCTS * rows * tiling.across() * out);
        int end = tiling.rows(y);
        for (int row = 0; row < end; row += rows) {
            int count = Math.min(rows, end - row);
            int tiles = count * tiling.across();
            loadInputs(tiling, x, row, count, v);
            Sides sides = new Sides(tiles, out, in);
            for (int i = 0; i < PRODUCTS; i++) {
                FloatPointer a = v.at(0, i * tiles * in);
                product(Transpose.NONE, a, u.at(0, i * in * out), sides, 0, m.at(0, i * tiles * out));
            }
            storeResults(tiling, m, row, count, beta, y);
        }
    }

    void backwardWeight(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeight) {
        Tiling tiling = Tiling.of(shape);
        int in = x.columns();
        int out = dy.columns();
        int rows = tiling.rowsAtOnce();
        Tensor u = filters.room(PRODUCTS * in * out);
        Tensor v = inputs.room(PRODUCTS * rows * tiling.across() * in);
        Tensor m = results.room(PRODUCTS * rows * tiling.across() * out);
        int end = tiling.rows(dy);
        for (int row = 0; row < end; row += rows) {
            int count = Math.min(rows, end - row);
            int tiles = count * tiling.across();
            loadInputs(tiling, x, row, count, v);
            loadResults(tiling, dy, row, count, m);
            Sides sides = new Sides(out, in, tiles);
            for (int i = 0; i < PRODUCTS; i++) {
                FloatPointer a = m.at(0, i * tiles * out);
                FloatPointer b = v.at(0, i * tiles * in);
                product(Transpose.FIRST, a, b, sides, row == 0 ? 0 : 1, u.at(0, i * in * out));
            }
        }
        addFilters(u, dWeight);
    }

    /** Sides of a product of matrices {@code [rows, inner] x [inner, columns]}. */
    private record Sides(int rows, int columns, int inner) {}

    private void product(Transpose transpose, FloatPointer a, FloatPointer b, Sides sides, float beta, FloatPointer c) {
        gemm.multiply(
                transpose,
                sides.rows,
                sides.columns,
                sides.inner,
                a,
                transpose == Transpose.FIRST ? sides.rows : sides.inner,
                b,
                sides.columns,
                beta,
                c,
                sides.columns);
    }

    private void loadInputs(Tiling tiling, Tensor x, int first, int count, Tensor v) {
        int channels = x.columns();
        int across = tiling.across();
        int step = block.reserve(channels);
        for (int k = 0; k < count; k++) {
            for (int t = 0; t < across; t += step) {
                int n = Math.min(step, across - t);
                tiling.place(block, true, first + k, t, n);
                block.load(x, Winograd.SIDE);
                block.transformInputs(channels, n * channels);
                block.put(v, count * across * channels, (k * across + t) * channels, n * channels);
            }
        }
    }

    private void storeResults(Tiling tiling, Tensor m, int first, int count, float beta, Tensor y) {
        int channels = y.columns();
        int across = tiling.across();
        int step = block.reserve(channels);
        for (int k = 0; k < count; k++) {
            for (int t = 0; t < across; t += step) {
                int n = Math.min(step, across - t);
                block.get(m, count * across * channels, (k * across + t) * channels, n * channels);
                block.transform(Winograd::result, Winograd.SIDE, Winograd.RESULTS, n * channels);
                tiling.place(block, false, first + k, t, n);
                block.store(y, beta);
            }
        }
    }

    /** Gradients of the products from those of the results. */
    private void loadResults(Tiling tiling, Tensor dy, int first, int count, Tensor m) {
        int channels = dy.columns();
        int across = tiling.across();
        int step = block.reserve(channels);
        for (int k = 0; k < count; k++) {
            for (int t = 0; t < across; t += step) {
                int n = Math.min(step, across - t);
                tiling.place(block, false, first + k, t, n);
                block.load(dy, Winograd.RESULTS);
                block.transform(Winograd::resultBackward, Winograd.RESULTS, Winograd.SIDE, n * channels);
                block.put(m, count * across * channels, (k * across + t) * channels, n * channels);
            }
        }
    }

    /** Filters {@code [C_in, C_out]}, since OpenBLAS multiplies small matrices twice as fast if none is transposed. */
    private void loadTransposedFilters(Tensor weight) {
        int outputs = weight.rows();
        int channels = weight.columns() / FILTERS;
        int step = block.reserve(outputs);
        Tensor u = filters.room(PRODUCTS * channels * outputs);
        if (weights.length < weight.size()) {
            weights = new float[weight.size()];
            transposed = new float[weight.size()];
        }
        Staging.load(weight, 0, outputs, weights);
        transpose(weights, outputs, weight.columns(), transposed);
        for (int k = 0; k < channels; k += step) {
            int n = Math.min(step, channels - k);
            block.loadTransposedFilters(transposed, channels, k, n, outputs);
            block.transform(Winograd::filter, Winograd.FILTER, Winograd.SIDE, n * outputs);
            block.put(u, channels * outputs, k * outputs, n * outputs);
        }
    }

    /** A matrix {@code [rows, columns]} transposed, in squares whose cache lines are read and written whole. */
    private static void transpose(float[] x, int rows, int columns, float[] y) {
        for (int r = 0; r < rows; r += LINE) {
            int endRow = Math.min(rows, r + LINE);
            for (int c = 0; c < columns; c += LINE) {
                int endColumn = Math.min(columns, c + LINE);
                for (int i = r; i < endRow; i++) {
                    for (int j = c; j < endColumn; j++) {
                        y[j * rows + i] = x[i * columns + j];
                    }
                }
            }
        }
    }

    /** Filters {@code [C_out, C_in]}, turned by 180 degrees. */
    private void loadTurnedFilters(Tensor weight) {
        int channels = weight.columns() / FILTERS;
        int step = block.reserve(channels);
        Tensor u = filters.room(PRODUCTS * weight.rows() * channels);
        for (int k = 0; k < weight.rows(); k += step) {
            int n = Math.min(step, weight.rows() - k);
            block.loadTurnedFilters(weight, k, n);
            block.transform(Winograd::filter, Winograd.FILTER, Winograd.SIDE, n * channels);
            block.put(u, weight.rows() * channels, k * channels, n * channels);
        }
    }

    private void addFilters(Tensor u, Tensor dWeight) {
        int channels = dWeight.columns() / FILTERS;
        int step = block.reserve(channels);
        for (int k = 0; k < dWeight.rows(); k += step) {
            int n = Math.min(step, dWeight.rows() - k);
            block.get(u, dWeight.rows() * channels, k * channels, n * channels);
            block.transform(Winograd::filterBackward, Winograd.SIDE, Winograd.FILTER, n * channels);
            block.addFilters(dWeight, k, n);
        }
    }
}
