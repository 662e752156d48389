package org.ldae.bench;

import org.ldae.compute.Tensor;
import org.ldae.core.Rng;

/** Inputs that are the same in every run. */
final class Numbers {

    private Numbers() {}

    /** Standard normal numbers, from the stream of a name. */
    static float[] normals(String name, int count) {
        float[] numbers = new float[count];
        Rng.of(1).stream(name).normals(numbers, 0, count);
        return numbers;
    }

    /** The same as a matrix; the caller closes it. */
    static Tensor normals(String name, int rows, int columns) {
        Tensor tensor = Tensor.zeros(rows, columns);
        tensor.put(normals(name, rows * columns));
        return tensor;
    }
}
