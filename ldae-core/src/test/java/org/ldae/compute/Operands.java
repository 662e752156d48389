package org.ldae.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.ldae.core.Rng;

/** Random matrices drawn in a fixed order: equal operands for two kernels, and all their memory to compare after. */
public final class Operands implements AutoCloseable {

    private final Rng rng;
    private final List<Tensor> roots = new ArrayList<>();

    public Operands(long seed) {
        rng = Rng.of(seed);
    }

    /** The library's kernels that run on this backend. */
    public static Stream<KernelsProvider> kinds() {
        return Backend.providers().stream()
                .filter(each -> List.of("cpu", "portable").contains(each.name())
                        && each.unavailable().isEmpty());
    }

    /** Standard normal numbers. */
    public Tensor matrix(int rows, int columns) {
        return matrix(rows, columns, 1);
    }

    public Tensor matrix(int rows, int columns, float deviation) {
        float[] numbers = normals(rows * columns);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] *= deviation;
        }
        return keep(rows, columns, numbers);
    }

    /** Columns in the middle of a larger matrix. */
    public Tensor view(int rows, int columns) {
        return matrix(rows + 2, columns + 5).view(1, rows, 3, columns);
    }

    Tensor positive(int rows, int columns) {
        float[] numbers = normals(rows * columns);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] *= numbers[i];
        }
        return keep(rows, columns, numbers);
    }

    /** One number everywhere. */
    public Tensor constant(int rows, int columns, float value) {
        float[] numbers = new float[rows * columns];
        java.util.Arrays.fill(numbers, value);
        return keep(rows, columns, numbers);
    }

    /** Standard normal numbers outside of any matrix. */
    public float[] normals(int count) {
        float[] numbers = new float[count];
        rng.at(roots.size()).normals(numbers, 0, count);
        return numbers;
    }

    /** Every number of every matrix, those around the views included. */
    List<float[]> contents() {
        return roots.stream().map(Tensor::toArray).toList();
    }

    private Tensor keep(int rows, int columns, float[] numbers) {
        Tensor tensor = Tensor.zeros(rows, columns);
        tensor.put(numbers);
        roots.add(tensor);
        return tensor;
    }

    @Override
    public void close() {
        roots.forEach(Tensor::close);
    }
}
