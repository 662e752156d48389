package org.ldae.front;

import org.ldae.compute.Workers;
import org.ldae.core.NdArrays;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.linalg.ColumnProducts;
import org.ldae.linalg.EigenSolver;
import org.ldae.linalg.SymmetricEigen;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Principal components of windows, each over the root of its variance. */
final class WindowComponents {

    private static final int SAMPLES = 100_000;

    private final float[] filters;
    private final float[] offsets;

    private WindowComponents(float[] filters, float[] offsets) {
        this.filters = filters;
        this.offsets = offsets;
    }

    /** {@code [K, S S C]}, live. */
    float[] filters() {
        return filters;
    }

    /** What the mean window gives, negated: {@code [K]}, live. */
    float[] offsets() {
        return offsets;
    }

    /** Finds them. */
    static WindowComponents of(ImageSource images, WhitenedFront front, Rng rng) {
        float[] windows = ImageWindows.draw(images, front.side(), SAMPLES, rng.stream("windows"));
        int size = windows.length / SAMPLES;
        double[] mean = new double[size];
        SymmetricEigen eigen = Workers.withSingleThreadedBlas(() -> components(windows, mean));
        double pixel = 0;
        for (double variance : eigen.values()) {
            pixel += variance / size;
        }
        if (!(pixel > 0)) {
            throw new IllegalArgumentException("images: expected windows that differ, got the same everywhere");
        }
        float[] filters = new float[front.components() * size];
        float[] offsets = new float[front.components()];
        for (int k = 0; k < front.components(); k++) {
            double deviation = Math.sqrt(eigen.values()[k] + front.floor() * pixel);
            for (int i = 0; i < size; i++) {
                double weight = eigen.vectors()[k * size + i] / deviation;
                filters[k * size + i] = (float) weight;
                offsets[k] -= (float) (weight * mean[i]);
            }
        }
        return new WindowComponents(filters, offsets);
    }

    /** Of windows one after another; fills in their mean. */
    private static SymmetricEigen components(float[] windows, double[] mean) {
        int size = mean.length;
        try (INDArray drawn = NdArrays.of(windows, SAMPLES, size);
                INDArray exact = drawn.castTo(DataType.DOUBLE);
                INDArray average = exact.mean(0);
                INDArray centred = exact.subiRowVector(average);
                INDArray products = Nd4j.create(DataType.DOUBLE, new long[] {size, size}, 'f')) {
            System.arraycopy(average.data().asDouble(), 0, mean, 0, size);
            ColumnProducts.add(1.0 / SAMPLES, centred, products);
            return SymmetricEigen.of(products.data().asDouble(), size, EigenSolver.AUTO);
        }
    }
}
