package org.ldae.compute.cpu;

import java.nio.FloatBuffer;
import org.ldae.compute.Tensor;

/** Moves a few rows at a time between direct memory and heap arrays that stay in the first-level cache. */
final class Staging {

    /** Floats held at a time unless one row is longer: 16 KB, so that a few arrays fit beside each other in the cache. */
    private static final int CHUNK = 4096;

    private Staging() {}

    static int rowsAtOnce(int columns) {
        return Math.max(1, CHUNK / columns);
    }

    static float[] room(float[] array, int columns) {
        int needed = rowsAtOnce(columns) * columns;
        return array.length >= needed ? array : new float[Math.max(CHUNK, needed)];
    }

    static void load(Tensor t, int row, int count, float[] into) {
        FloatBuffer host = t.host();
        int columns = t.columns();
        if (t.contiguous()) {
            host.get(t.index(row), into, 0, count * columns);
            return;
        }
        for (int r = 0; r < count; r++) {
            host.get(t.index(row + r), into, r * columns, columns);
        }
    }

    static void store(Tensor t, int row, int count, float[] from) {
        FloatBuffer host = t.host();
        int columns = t.columns();
        if (t.contiguous()) {
            host.put(t.index(row), from, 0, count * columns);
            return;
        }
        for (int r = 0; r < count; r++) {
            host.put(t.index(row + r), from, r * columns, columns);
        }
    }

    /** Stores {@code from + beta t}; scratch is as long as from. */
    static void store(Tensor t, int row, int count, float[] from, float beta, float[] scratch) {
        if (beta != 0) {
            int n = count * t.columns();
            load(t, row, count, scratch);
            for (int i = 0; i < n; i++) {
                from[i] += beta * scratch[i];
            }
        }
        store(t, row, count, from);
    }

    /**
     * Loads one row and lays copies of it behind each other: loops over several rows then index all their arrays alike,
     * without which the JIT compiler can't tell that they don't overlap and makes no vector code.
     */
    static void loadRepeated(Tensor t, int row, int count, float[] into) {
        load(t, row, 1, into);
        repeat(into, t.columns(), count * t.columns());
    }

    /** Fills {@code x[0 .. total)} with copies of {@code x[0 .. period)}. */
    static void repeat(float[] x, int period, int total) {
        for (int filled = period; filled < total; filled += Math.min(filled, total - filled)) {
            System.arraycopy(x, 0, x, filled, Math.min(filled, total - filled));
        }
    }
}
