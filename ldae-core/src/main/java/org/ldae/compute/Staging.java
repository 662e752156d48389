package org.ldae.compute;

import java.nio.FloatBuffer;

/** Moves a few rows at a time between direct memory and heap arrays that stay in the first-level cache. */
final class Staging {

    /** Floats held at a time unless one row is longer: 8 KB, so that three arrays fit beside each other in L1. */
    private static final int CHUNK = 2048;

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
}
