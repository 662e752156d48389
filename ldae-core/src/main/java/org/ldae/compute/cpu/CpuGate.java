package org.ldae.compute.cpu;

import org.ldae.compute.Tensor;

/** The gated residual on the CPU, forward and backward, in staged rows. */
final class CpuGate {

    private final BlasSums sums = new BlasSums();
    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];

    /** {@code y = x + gate branch}. */
    void forward(Tensor x, Tensor branch, Tensor gate, Tensor y) {
        int columns = x.columns();
        reserve(columns);
        int group = x.rows() / gate.rows();
        int step = Math.min(group, Staging.rowsAtOnce(columns));
        for (int g = 0; g < gate.rows(); g++) {
            Staging.loadRepeated(gate, g, step, c);
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                Staging.load(x, r, n, a);
                Staging.load(branch, r, n, b);
                Loops.addProducts(b, c, a, n * columns);
                Staging.store(y, r, n, a);
            }
        }
    }

    /** Gradients of branch and gate. */
    void backward(Tensor dy, Tensor branch, Tensor gate, Tensor dBranch, Tensor dGate) {
        int columns = dy.columns();
        reserve(columns);
        int group = dy.rows() / gate.rows();
        int step = Math.min(group, Staging.rowsAtOnce(columns));
        for (int g = 0; g < gate.rows(); g++) {
            Staging.loadRepeated(gate, g, step, c);
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                Staging.load(dy, r, n, a);
                Staging.load(branch, r, n, b);
                Loops.multiply(a, b, n * columns);
                sums.addColumns(b, n, dGate, g);
                Loops.multiply(c, a, n * columns);
                Staging.store(dBranch, r, n, a);
            }
        }
    }

    private void reserve(int columns) {
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        c = Staging.room(c, columns);
    }
}
