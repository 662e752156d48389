package org.ldae.compute;

import java.util.Arrays;

/** Scale, shift and gate per group of rows on the CPU, forward and backward, in staged rows. */
final class CpuModulation {

    private float[] a = new float[0];
    private float[] b = new float[0];
    private float[] c = new float[0];
    private float[] d = new float[0];

    /** Scale and shift, or their gradients; a row a group. */
    record Groups(Tensor scale, Tensor shift) {}

    /** {@code y = x (base + scale) + shift}. */
    void modulate(Tensor x, float base, Groups given, Tensor y) {
        Tensor scale = given.scale;
        Tensor shift = given.shift;
        int columns = x.columns();
        reserve(columns);
        int group = x.rows() / scale.rows();
        int step = Math.min(group, Staging.rowsAtOnce(columns));
        for (int g = 0; g < scale.rows(); g++) {
            Staging.load(scale, g, 1, b);
            Staging.load(shift, g, 1, c);
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                Staging.load(x, r, n, a);
                for (int k = 0; k < n; k++) {
                    int at = k * columns;
                    for (int j = 0; j < columns; j++) {
                        a[at + j] = a[at + j] * (base + b[j]) + c[j];
                    }
                }
                Staging.store(y, r, n, a);
            }
        }
    }

    /** Turns dy into dx and adds to the gradients of scale and shift. */
    void modulateBackward(Tensor x, float base, Tensor dy, Tensor scale, Groups gradients) {
        int columns = x.columns();
        reserve(3 * columns);
        int group = x.rows() / scale.rows();
        int step = Math.min(group, Staging.rowsAtOnce(columns));
        for (int g = 0; g < scale.rows(); g++) {
            Staging.load(scale, g, 1, c);
            Arrays.fill(d, 0, 2 * columns, 0);
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                Staging.load(x, r, n, a);
                Staging.load(dy, r, n, b);
                for (int k = 0; k < n; k++) {
                    int at = k * columns;
                    for (int j = 0; j < columns; j++) {
                        float gradient = b[at + j];
                        d[j] += gradient * a[at + j];
                        d[columns + j] += gradient;
                        b[at + j] = gradient * (base + c[j]);
                    }
                }
                Staging.store(dy, r, n, b);
            }
            addTo(gradients.scale, g, d, 0);
            addTo(gradients.shift, g, d, columns);
        }
    }

    /** Adds {@code from[at ...]} to a row. */
    private void addTo(Tensor rows, int row, float[] from, int at) {
        Staging.load(rows, row, 1, a);
        FastMath.add(from, at, a, rows.columns());
        Staging.store(rows, row, 1, a);
    }

    /** {@code y = x + gate branch}. */
    void gate(Tensor x, Tensor branch, Tensor gate, Tensor y) {
        int columns = x.columns();
        reserve(columns);
        int group = x.rows() / gate.rows();
        int step = Math.min(group, Staging.rowsAtOnce(columns));
        for (int g = 0; g < gate.rows(); g++) {
            Staging.load(gate, g, 1, c);
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                Staging.load(x, r, n, a);
                Staging.load(branch, r, n, b);
                for (int k = 0; k < n; k++) {
                    int at = k * columns;
                    for (int j = 0; j < columns; j++) {
                        a[at + j] += c[j] * b[at + j];
                    }
                }
                Staging.store(y, r, n, a);
            }
        }
    }

    /** Gradients of branch and gate. */
    void gateBackward(Tensor dy, Tensor branch, Tensor gate, Tensor dBranch, Tensor dGate) {
        int columns = dy.columns();
        reserve(columns);
        int group = dy.rows() / gate.rows();
        int step = Math.min(group, Staging.rowsAtOnce(columns));
        for (int g = 0; g < gate.rows(); g++) {
            Staging.load(gate, g, 1, c);
            Arrays.fill(d, 0, columns, 0);
            for (int r = g * group; r < (g + 1) * group; r += step) {
                int n = Math.min(step, (g + 1) * group - r);
                Staging.load(dy, r, n, a);
                Staging.load(branch, r, n, b);
                for (int k = 0; k < n; k++) {
                    int at = k * columns;
                    for (int j = 0; j < columns; j++) {
                        d[j] += a[at + j] * b[at + j];
                        b[at + j] = a[at + j] * c[j];
                    }
                }
                Staging.store(dBranch, r, n, b);
            }
            addTo(dGate, g, d, 0);
        }
    }

    private void reserve(int columns) {
        a = Staging.room(a, columns);
        b = Staging.room(b, columns);
        c = Staging.room(c, columns);
        d = Staging.room(d, columns);
    }
}
