package org.ldae.bench;

import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inputs that are the same in every run. */
final class Numbers {

    private static final int LARGEST_BLOB = 16;
    private static final float SLOPE = 0.02f;
    private static final float GRAIN = 0.01f;

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

    /**
     * Images of blobs of several sizes with some grain: their patches have components of steadily falling variance, as those of
     * photographs.
     *
     * @return {@code [N, C, H, W]}
     */
    static INDArray images(String name, int count, ImageShape shape) {
        float[] pixels = normals(name, count * shape.size());
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] *= GRAIN;
        }
        for (int cell = LARGEST_BLOB; cell > 1; cell /= 2) {
            addBlobs(normals(name + cell, blobs(count, shape, cell)), cell, shape, pixels);
        }
        return Nd4j.createFromArray(pixels).reshape('c', count, shape.channels(), shape.height(), shape.width());
    }

    private static int blobs(int count, ImageShape shape, int cell) {
        return count * shape.channels() * (shape.height() / cell + 2) * (shape.width() / cell + 2);
    }

    /** Adds a plane that is interpolated between random corners, a cell apart. */
    private static void addBlobs(float[] corners, int cell, ImageShape shape, float[] pixels) {
        int columns = shape.width() / cell + 2;
        int rows = shape.height() / cell + 2;
        float factor = SLOPE * cell;
        int at = 0;
        for (int first = 0; first < corners.length; first += rows * columns) {
            for (int y = 0; y < shape.height(); y++) {
                float down = y % cell / (float) cell;
                for (int x = 0; x < shape.width(); x++) {
                    int corner = first + y / cell * columns + x / cell;
                    float right = x % cell / (float) cell;
                    float top = corners[corner] * (1 - right) + corners[corner + 1] * right;
                    float bottom = corners[corner + columns] * (1 - right) + corners[corner + columns + 1] * right;
                    pixels[at++] += factor * (top * (1 - down) + bottom * down);
                }
            }
        }
    }
}
