package org.ldae.compute.cpu;

import java.util.Arrays;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;

/** Upsampling and pooling on the CPU, in staged rows of pixels. */
final class CpuPooling {

    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];

    void upsample(MapShape input, Tensor x, Tensor y) {
        int width = input.width();
        int columns = input.channels();
        reserve(2 * width * columns);
        for (int row = 0; row < x.rows() / width; row++) {
            Staging.load(x, row * width, width, a);
            for (int p = 0; p < width; p++) {
                System.arraycopy(a, p * columns, b, 2 * p * columns, columns);
                System.arraycopy(a, p * columns, b, (2 * p + 1) * columns, columns);
            }
            Staging.store(y, 4 * row * width, 2 * width, b);
            Staging.store(y, (4 * row + 2) * width, 2 * width, b);
        }
    }

    void upsampleBackward(MapShape input, Tensor dy, float beta, Tensor dx) {
        int width = input.width();
        int columns = input.channels();
        reserve(4 * width * columns);
        for (int row = 0; row < dx.rows() / width; row++) {
            Staging.load(dy, 4 * row * width, 4 * width, a);
            int below = 2 * width * columns;
            for (int p = 0; p < width; p++) {
                int from = 2 * p * columns;
                for (int j = 0; j < columns; j++) {
                    b[p * columns + j] =
                            a[from + j] + a[from + columns + j] + a[from + below + j] + a[from + below + columns + j];
                }
            }
            Staging.store(dx, row * width, width, b, beta, c);
        }
    }

    void maxPool(MapShape input, Tensor x, Tensor y) {
        MapShape output = input.halved();
        int columns = input.channels();
        reserve(2 * input.width() * columns);
        for (int row = 0; row < y.rows() / output.width(); row++) {
            Staging.load(x, source(input, row), 2 * input.width(), a);
            int below = input.width() * columns;
            for (int p = 0; p < output.width(); p++) {
                int from = 2 * p * columns;
                for (int j = 0; j < columns; j++) {
                    float above = Math.max(a[from + j], a[from + columns + j]);
                    float under = Math.max(a[from + below + j], a[from + below + columns + j]);
                    b[p * columns + j] = Math.max(above, under);
                }
            }
            Staging.store(y, row * output.width(), output.width(), b);
        }
    }

    void maxPoolBackward(MapShape input, Tensor x, Tensor dy, float beta, Tensor dx) {
        MapShape output = input.halved();
        int columns = input.channels();
        reserve(2 * input.width() * columns);
        if (input.height() % 2 != 0) {
            scaleLastRows(input, beta, dx);
        }
        for (int row = 0; row < dy.rows() / output.width(); row++) {
            Staging.load(x, source(input, row), 2 * input.width(), a);
            Staging.load(dy, row * output.width(), output.width(), b);
            Arrays.fill(c, 0, 2 * input.width() * columns, 0);
            for (int p = 0; p < output.width(); p++) {
                route(p, columns, input.width() * columns);
            }
            Staging.store(dx, source(input, row), 2 * input.width(), c, beta, a);
        }
    }

    /** Gives each gradient of b to the first of the largest of its four numbers in a. */
    private void route(int pixel, int columns, int below) {
        int from = 2 * pixel * columns;
        for (int j = 0; j < columns; j++) {
            int largest = from + j;
            for (int other : new int[] {from + columns + j, from + below + j, from + below + columns + j}) {
                largest = a[other] > a[largest] ? other : largest;
            }
            c[largest] = b[pixel * columns + j];
        }
    }

    /** First pixel of the two rows of pixels that become one row, counted over all images. */
    private static int source(MapShape input, int row) {
        int height = input.height() / 2;
        return (row / height * input.height() + row % height * 2) * input.width();
    }

    /** The last row of an odd height takes no part. */
    private void scaleLastRows(MapShape input, float beta, Tensor dx) {
        for (int end = input.pixels(); end <= dx.rows(); end += input.pixels()) {
            Arrays.fill(c, 0, input.width() * input.channels(), 0);
            Staging.store(dx, end - input.width(), input.width(), c, beta, a);
        }
    }

    void averagePool(Tensor x, Tensor y) {
        int columns = x.columns();
        int pixels = x.rows() / y.rows();
        reserve(columns);
        int step = Math.min(pixels, Staging.rowsAtOnce(columns));
        for (int image = 0; image < y.rows(); image++) {
            Arrays.fill(b, 0, columns, 0);
            for (int done = 0; done < pixels; done += step) {
                int n = Math.min(step, pixels - done);
                Staging.load(x, image * pixels + done, n, a);
                for (int k = 0; k < n; k++) {
                    Loops.add(a, k * columns, b, columns);
                }
            }
            for (int j = 0; j < columns; j++) {
                b[j] /= pixels;
            }
            Staging.store(y, image, 1, b);
        }
    }

    void averagePoolBackward(Tensor dy, float beta, Tensor dx) {
        int columns = dx.columns();
        int pixels = dx.rows() / dy.rows();
        reserve(columns);
        int step = Math.min(pixels, Staging.rowsAtOnce(columns));
        for (int image = 0; image < dy.rows(); image++) {
            Staging.load(dy, image, 1, a);
            for (int j = 0; j < columns; j++) {
                a[j] /= pixels;
            }
            for (int done = 0; done < pixels; done += step) {
                int n = Math.min(step, pixels - done);
                for (int k = 0; k < n; k++) {
                    System.arraycopy(a, 0, b, k * columns, columns);
                }
                Staging.store(dx, image * pixels + done, n, b, beta, c);
            }
        }
    }

    private void reserve(int columns) {
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        c = Staging.room(c, columns);
    }
}
