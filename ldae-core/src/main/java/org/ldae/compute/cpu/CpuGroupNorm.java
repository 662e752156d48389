package org.ldae.compute.cpu;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.ImageKernels.Affine;
import org.ldae.compute.ImageKernels.GroupNormShape;
import org.ldae.compute.ImageKernels.Normalised;
import org.ldae.compute.Tensor;

/**
 * Group normalisation, scale, shift and non-linearity on the CPU, one image after another, some rows at a time. Numbers that
 * belong to a column are laid out once for each of those rows, and sums are kept apart for each of them: loops are then long
 * and index all their arrays alike, without which the JIT compiler makes no vector code.
 */
final class CpuGroupNorm {

    /** Numbers at a time: the arrays of a pass, 4 KB each, fit beside each other in the first-level cache. */
    private static final int CHUNK = 1024;

    private final Activations activations = new Activations();
    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];
    private float[] mean = new float[0];
    private float[] inverse = new float[0];
    private float[] factor = new float[0];
    private float[] shift = new float[0];
    private float[] first = new float[0];
    private float[] second = new float[0];
    private int columns;
    private int step;

    void forward(GroupNormShape norm, Normalised forward, Tensor y) {
        Tensor x = forward.x();
        reserve(norm, x);
        for (int image = 0; image < x.rows() / norm.pixels(); image++) {
            measure(norm, x, image, forward.moments());
            loadFactors(norm, forward, image);
            int end = (image + 1) * norm.pixels();
            for (int r = image * norm.pixels(); r < end; r += step) {
                int n = Math.min(step, end - r);
                Staging.load(x, r, n, a);
                scale(a, mean, factor, shift, a, n * columns);
                activate(norm.activation(), n * columns);
                Staging.store(y, r, n, a);
            }
        }
    }

    private void activate(@Nullable Activation f, int n) {
        if (f != null) {
            activations.apply(f, a, a, n);
        }
    }

    /** Means of an image's groups, then mean squares about them. */
    private void measure(GroupNormShape norm, Tensor x, int image, Tensor moments) {
        Arrays.fill(first, 0, step * columns, 0);
        int begin = image * norm.pixels();
        int end = begin + norm.pixels();
        for (int r = begin; r < end; r += step) {
            int n = Math.min(step, end - r);
            Staging.load(x, r, n, a);
            Loops.add(a, first, n * columns);
        }
        fold(first);
        int width = columns / norm.groups();
        double count = (double) norm.pixels() * width;
        for (int from = 0; from < columns; from += width) {
            Arrays.fill(mean, from, from + width, (float) (sum(first, from, width) / count));
        }
        Staging.repeat(mean, columns, step * columns);
        Arrays.fill(second, 0, step * columns, 0);
        for (int r = begin; r < end; r += step) {
            int n = Math.min(step, end - r);
            Staging.load(x, r, n, a);
            addSquares(a, mean, second, n * columns);
        }
        fold(second);
        FloatBuffer host = moments.host();
        for (int g = 0; g < norm.groups(); g++) {
            int at = moments.index(image * norm.groups() + g);
            double variance = sum(second, g * width, width) / count;
            host.put(at, mean[g * width]);
            host.put(at + 1, (float) (1 / Math.sqrt(variance + norm.epsilon())));
        }
    }

    /** Adds up what was summed apart for each row of a chunk; the sums of the columns come first. */
    private void fold(float[] sums) {
        for (int k = 1; k < step; k++) {
            Loops.add(sums, k * columns, sums, columns);
        }
    }

    private static double sum(float[] x, int from, int n) {
        double sum = 0;
        for (int j = from; j < from + n; j++) {
            sum += x[j];
        }
        return sum;
    }

    /** Leaves mean, inverse deviation, {@code factor = inverse weight} and {@code shift = bias} for each number of a chunk. */
    private void loadFactors(GroupNormShape norm, Normalised forward, int image) {
        int width = columns / norm.groups();
        Tensor moments = forward.moments();
        FloatBuffer host = moments.host();
        Staging.load(forward.affine().weight(), 0, 1, factor);
        for (int g = 0; g < norm.groups(); g++) {
            int at = moments.index(image * norm.groups() + g);
            Arrays.fill(mean, g * width, (g + 1) * width, host.get(at));
            Arrays.fill(inverse, g * width, (g + 1) * width, host.get(at + 1));
        }
        Loops.multiply(inverse, factor, columns);
        Staging.repeat(mean, columns, step * columns);
        Staging.repeat(factor, columns, step * columns);
        Staging.loadRepeated(forward.affine().bias(), 0, step, shift);
    }

    void backward(GroupNormShape norm, Normalised forward, Tensor dy, Affine gradients, float beta, Tensor dx) {
        Tensor x = forward.x();
        reserve(norm, x);
        Pass pass = new Pass(x, dy, dx);
        for (int image = 0; image < x.rows() / norm.pixels(); image++) {
            loadFactors(norm, forward, image);
            activationBackward(norm, x, dy, image);
            fold(first);
            fold(second);
            Loops.multiply(inverse, second, columns);
            addTo(gradients.bias(), first);
            addTo(gradients.weight(), second);
            project(norm);
            inputGradient(norm, pass, image, beta);
        }
    }

    /** Turns dy into the gradient before the non-linearity; sums it up, and its products with what was centred. */
    private void activationBackward(GroupNormShape norm, Tensor x, Tensor dy, int image) {
        Arrays.fill(first, 0, step * columns, 0);
        Arrays.fill(second, 0, step * columns, 0);
        int end = (image + 1) * norm.pixels();
        for (int r = image * norm.pixels(); r < end; r += step) {
            int n = Math.min(step, end - r);
            Staging.load(x, r, n, a);
            Staging.load(dy, r, n, b);
            if (norm.activation() != null) {
                scale(a, mean, factor, shift, c, n * columns);
                activations.backward(norm.activation(), c, b, n * columns);
                Staging.store(dy, r, n, b);
            }
            Loops.add(b, first, n * columns);
            addCentred(a, mean, b, second, n * columns);
        }
    }

    /** Leaves in inverse and shift, beside factor, what {@link #inputGradient} multiplies and adds. */
    private void project(GroupNormShape norm) {
        int width = columns / norm.groups();
        double count = (double) norm.pixels() * width;
        for (int from = 0; from < columns; from += width) {
            double gradient = 0;
            double projection = 0;
            for (int j = from; j < from + width; j++) {
                gradient += (double) factor[j] * first[j];
                projection += (double) factor[j] * second[j];
            }
            Arrays.fill(shift, from, from + width, (float) (-gradient / count));
            Arrays.fill(inverse, from, from + width, (float) (-inverse[from] * projection / count));
        }
        Staging.repeat(shift, columns, step * columns);
        Staging.repeat(inverse, columns, step * columns);
    }

    private record Pass(Tensor x, Tensor dy, Tensor dx) {}

    private void inputGradient(GroupNormShape norm, Pass pass, int image, float beta) {
        int end = (image + 1) * norm.pixels();
        for (int r = image * norm.pixels(); r < end; r += step) {
            int n = Math.min(step, end - r);
            Staging.load(pass.x, r, n, a);
            Staging.load(pass.dy, r, n, b);
            scale(a, mean, inverse, shift, a, n * columns);
            Loops.addProducts(factor, b, a, n * columns);
            Staging.store(pass.dx, r, n, a, beta, c);
        }
    }

    /** {@code y = (x - mean) factor + shift}; y may be x. */
    private static void scale(float[] x, float[] mean, float[] factor, float[] shift, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            y[i] = (x[i] - mean[i]) * factor[i] + shift[i];
        }
    }

    private static void addSquares(float[] x, float[] mean, float[] sums, int n) {
        for (int i = 0; i < n; i++) {
            sums[i] += (x[i] - mean[i]) * (x[i] - mean[i]);
        }
    }

    private static void addCentred(float[] x, float[] mean, float[] dy, float[] sums, int n) {
        for (int i = 0; i < n; i++) {
            sums[i] += dy[i] * (x[i] - mean[i]);
        }
    }

    private void addTo(Tensor row, float[] more) {
        Staging.load(row, 0, 1, a);
        Loops.add(more, a, columns);
        Staging.store(row, 0, 1, a);
    }

    private void reserve(GroupNormShape norm, Tensor x) {
        columns = x.columns();
        step = Math.min(norm.pixels(), Math.max(1, CHUNK / columns));
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        c = Staging.room(c, columns);
        mean = Staging.room(mean, columns);
        inverse = Staging.room(inverse, columns);
        factor = Staging.room(factor, columns);
        shift = Staging.room(shift, columns);
        first = Staging.room(first, columns);
        second = Staging.room(second, columns);
    }
}
