package org.ldae.compute.cpu;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.Kernels.Biased;
import org.ldae.compute.Tensor;

/** Non-linearities over matrices on the CPU, in staged rows. */
final class CpuActivation {

    private final Activations activations = new Activations();
    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];
    private float[] bias = new float[0];

    void forward(Activation f, Tensor x, Tensor y) {
        int step = reserve(x);
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            activations.apply(f, a, b, n * x.columns());
            Staging.store(y, r, n, b);
        }
    }

    void forward(Activation f, Biased input, Tensor y, @Nullable Tensor slope) {
        Tensor x = input.x();
        int step = reserve(x);
        Staging.loadRepeated(input.bias(), 0, Math.min(step, x.rows()), bias);
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            Loops.add(bias, a, n * x.columns());
            if (slope == null) {
                activations.apply(f, a, b, n * x.columns());
            } else {
                activations.apply(f, a, b, c, n * x.columns());
                Staging.store(slope, r, n, c);
            }
            Staging.store(y, r, n, b);
        }
    }

    void backward(Activation f, Tensor x, Tensor gradient) {
        int step = reserve(x);
        for (int r = 0; r < x.rows(); r += step) {
            int n = Math.min(step, x.rows() - r);
            Staging.load(x, r, n, a);
            Staging.load(gradient, r, n, b);
            activations.backward(f, a, b, n * x.columns());
            Staging.store(gradient, r, n, b);
        }
    }

    /** Makes room for rows of x; returns how many fit. */
    private int reserve(Tensor x) {
        a = Staging.room(a, x.columns());
        b = Staging.room(b, x.columns());
        c = Staging.room(c, x.columns());
        bias = Staging.room(bias, x.columns());
        return Staging.rowsAtOnce(x.columns());
    }
}
