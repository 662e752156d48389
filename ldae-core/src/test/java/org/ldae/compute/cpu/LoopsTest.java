package org.ldae.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.Rng;

class LoopsTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 197})
    void sumsAndMaximaCoverEveryElementAndNoOther(int n) {
        float[] x = new float[n + 4];
        Rng.of(1).normals(x, 0, x.length);
        x[1] = 100;
        x[n + 2] = 100;
        double max = Double.NEGATIVE_INFINITY;
        for (int j = 2; j < 2 + n; j++) {
            max = Math.max(max, x[j]);
        }
        assertEquals(max, Loops.max(x, 2, 2 + n));
        double all = 0;
        for (int j = 0; j < n; j++) {
            all += x[j];
        }
        assertEquals(all, Loops.total(x, n), 1e-5 * n);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 64})
    void rowsAreRepeatedAsOftenAsAsked(int times) {
        float[] x = new float[5 * 64];
        for (int i = 0; i < 5; i++) {
            x[i] = i + 1;
        }
        Staging.repeat(x, 5, 5 * times);
        for (int i = 0; i < x.length; i++) {
            assertEquals(i < 5 * times ? i % 5 + 1 : 0, x[i]);
        }
    }
}
