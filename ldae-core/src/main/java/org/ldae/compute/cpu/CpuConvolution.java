package org.ldae.compute.cpu;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.compute.Window;

/** Convolution as a product: the pixels under each place of the window, laid out in rows that stay in the cache. */
final class CpuConvolution {

    /** Numbers laid out at a time: 512 KB, a part of the second-level cache. */
    private static final int CHUNK = 1 << 17;

    private final Kernels kernels;
    private final Gemm gemm;
    private final CpuWinograd winograd;
    private final Run run = new Run();
    private float[] zeros = new float[0];
    private float[] a = new float[0];
    private float[] b = new float[0];
    private @Nullable Tensor scratch;

    CpuConvolution(Kernels kernels, Gemm gemm) {
        this.kernels = kernels;
        this.gemm = gemm;
        winograd = new CpuWinograd(gemm);
    }

    void forward(ConvolutionShape shape, Tensor x, Tensor weight, float beta, Tensor y) {
        if (isProduct(shape)) {
            kernels.gemm(Transpose.SECOND, x, weight, beta, y);
            return;
        }
        if (CpuWinograd.serves(shape)) {
            winograd.forward(shape, x, weight, beta, y);
            return;
        }
        Tensor patches = patches(shape);
        int step = patches.rows();
        for (int r = 0; r < y.rows(); r += step) {
            int n = Math.min(step, y.rows() - r);
            gather(shape, x, r, n, patches);
            gemm.multiply(
                    Transpose.SECOND,
                    n,
                    shape.outputs(),
                    shape.patch(),
                    patches.at(0, 0),
                    shape.patch(),
                    weight.at(0, 0),
                    shape.patch(),
                    beta,
                    y.at(r, 0),
                    y.stride());
        }
    }

    void backwardData(ConvolutionShape shape, Tensor dy, Tensor weight, float beta, Tensor dx) {
        if (isProduct(shape)) {
            kernels.gemm(Transpose.NONE, dy, weight, beta, dx);
            return;
        }
        if (CpuWinograd.serves(shape)) {
            winograd.backwardData(shape, dy, weight, beta, dx);
            return;
        }
        if (beta == 0) {
            kernels.fill(dx, 0);
        } else if (beta != 1) {
            kernels.scale(dx, beta);
        }
        Tensor patches = patches(shape);
        int step = patches.rows();
        for (int r = 0; r < dy.rows(); r += step) {
            int n = Math.min(step, dy.rows() - r);
            gemm.multiply(
                    Transpose.NONE,
                    n,
                    shape.patch(),
                    shape.outputs(),
                    dy.at(r, 0),
                    dy.stride(),
                    weight.at(0, 0),
                    shape.patch(),
                    0,
                    patches.at(0, 0),
                    shape.patch());
            scatter(shape, patches, r, n, dx);
        }
    }

    void backwardWeight(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeight) {
        if (isProduct(shape)) {
            kernels.gemm(Transpose.FIRST, dy, x, 1, dWeight);
            return;
        }
        if (CpuWinograd.serves(shape)) {
            winograd.backwardWeight(shape, x, dy, dWeight);
            return;
        }
        Tensor patches = patches(shape);
        int step = patches.rows();
        for (int r = 0; r < dy.rows(); r += step) {
            int n = Math.min(step, dy.rows() - r);
            gather(shape, x, r, n, patches);
            gemm.multiply(
                    Transpose.FIRST,
                    shape.outputs(),
                    shape.patch(),
                    n,
                    dy.at(r, 0),
                    dy.stride(),
                    patches.at(0, 0),
                    shape.patch(),
                    1,
                    dWeight.at(0, 0),
                    dWeight.stride());
        }
    }

    private static boolean isProduct(ConvolutionShape shape) {
        return shape.window().equals(Window.PIXEL);
    }

    private Tensor patches(ConvolutionShape shape) {
        int rows = Math.max(1, CHUNK / shape.patch());
        Tensor current = scratch;
        if (current == null || current.size() < rows * shape.patch()) {
            if (current != null) {
                current.close();
            }
            current = Tensor.zeros(1, Math.max(CHUNK, shape.patch()));
            scratch = current;
        }
        int length = shape.window().size() * shape.input().channels();
        zeros = Staging.room(zeros, length);
        a = Staging.room(a, length);
        b = Staging.room(b, length);
        return current.slice(0, rows, shape.patch());
    }

    /** One row of the window at one place: where its numbers inside the image begin, and how many zeros lie around them. */
    private static final class Run {
        private int from;
        private int left;
        private int count;

        void at(ConvolutionShape shape, MapShape out, int place, int windowRow) {
            MapShape in = shape.input();
            Window window = shape.window();
            int image = place / out.pixels();
            int y = place % out.pixels() / out.width() * window.stride() - window.before() + windowRow;
            int x = place % out.width() * window.stride() - window.before();
            int first = Math.max(x, 0);
            int pixels = y < 0 || y >= in.height() ? 0 : Math.max(0, Math.min(x + window.size(), in.width()) - first);
            int pixel = (image * in.height() + y) * in.width() + first;
            from = pixel * in.channels();
            left = (first - x) * in.channels();
            count = pixels * in.channels();
        }
    }

    private void gather(ConvolutionShape shape, Tensor x, int first, int count, Tensor patches) {
        FloatBuffer from = x.host();
        FloatBuffer to = patches.host();
        int length = shape.window().size() * shape.input().channels();
        int at = patches.index(0);
        MapShape out = shape.output();
        for (int p = first; p < first + count; p++) {
            for (int row = 0; row < shape.window().size(); row++) {
                run.at(shape, out, p, row);
                if (run.count < length) {
                    to.put(at, zeros, 0, length);
                }
                if (run.count > 0) {
                    to.put(at + run.left, from, x.index(0) + run.from, run.count);
                }
                at += length;
            }
        }
    }

    private void scatter(ConvolutionShape shape, Tensor patches, int first, int count, Tensor dx) {
        FloatBuffer from = patches.host();
        FloatBuffer to = dx.host();
        int length = shape.window().size() * shape.input().channels();
        int at = patches.index(0);
        MapShape out = shape.output();
        for (int p = first; p < first + count; p++) {
            for (int row = 0; row < shape.window().size(); row++) {
                run.at(shape, out, p, row);
                if (run.count > 0) {
                    from.get(at + run.left, a, 0, run.count);
                    to.get(dx.index(0) + run.from, b, 0, run.count);
                    Loops.add(a, 0, b, run.count);
                    to.put(dx.index(0) + run.from, b, 0, run.count);
                }
                at += length;
            }
        }
    }
}
