package org.ldae.baselines;

import java.util.Arrays;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.TokenGrid;
import org.ldae.linalg.ColumnProducts;
import org.ldae.linalg.EigenSolver;
import org.ldae.linalg.SymmetricEigen;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Patches of training images, contrast-normalised, and what whitens them (ZCA). */
final class WhitenedPatches {

    /** 10 for pixels of 0 to 255 (Coates and Ng 2011), which here are in [-1, 1]. */
    private static final double CONTRAST = 10 / (127.5 * 127.5);

    /** Added to the variances (Coates and Ng 2011). */
    private static final double WHITENING = 0.1;

    private final int size; // D
    private final float[] whitened; // [S, D]
    private final double[] mean; // [D]
    private final double[] whitening; // [D, D], symmetric

    /** Takes patches over, {@code [S, D]}. */
    WhitenedPatches(float[] patches, int size) {
        this.size = size;
        this.mean = new double[size];
        normaliseContrast(patches, size);
        int count = patches.length / size;
        for (int i = 0; i < patches.length; i++) {
            mean[i % size] += patches[i] / count;
        }
        for (int i = 0; i < patches.length; i++) {
            patches[i] = (float) (patches[i] - mean[i % size]);
        }
        try (INDArray centred = NdArrays.of(patches, count, size)) {
            this.whitening = Workers.withSingleThreadedBlas(() -> whitening(centred));
            this.whitened = Workers.withSingleThreadedBlas(() -> product(centred, whitening));
        }
    }

    private static float[] product(INDArray centred, double[] whitening) {
        int size = (int) centred.size(1);
        try (INDArray map = NdArrays.of(NdArrays.floats(whitening), size, size);
                INDArray all = centred.mmul(map)) {
            return all.dup('c').data().asFloat();
        }
    }

    /** Takes the mean of each patch from it and divides it by its deviation, {@code [n, D]}. */
    static void normaliseContrast(float[] patches, int size) {
        for (int from = 0; from < patches.length; from += size) {
            float sum = 0;
            for (int i = from; i < from + size; i++) {
                sum += patches[i];
            }
            float average = sum / size;
            float squares = 0;
            for (int i = from; i < from + size; i++) {
                patches[i] -= average;
                squares += patches[i] * patches[i];
            }
            float scale = (float) (1 / Math.sqrt(squares / (size - 1) + CONTRAST));
            for (int i = from; i < from + size; i++) {
                patches[i] *= scale;
            }
        }
    }

    /** {@code V (variances + epsilon)^(-1/2) V'} of centred patches. */
    private static double[] whitening(INDArray centred) {
        int size = (int) centred.size(1);
        double[] covariance;
        try (INDArray exact = centred.castTo(DataType.DOUBLE);
                INDArray products = Nd4j.create(DataType.DOUBLE, new long[] {size, size}, 'f')) {
            ColumnProducts.add(1.0 / (centred.size(0) - 1), exact, products);
            covariance = products.data().asDouble();
        }
        SymmetricEigen eigen = SymmetricEigen.of(covariance, size, EigenSolver.AUTO);
        double[] whitening = new double[size * size];
        for (int k = 0; k < size; k++) {
            double factor = 1 / Math.sqrt(eigen.values()[k] + WHITENING);
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    whitening[i * size + j] += factor * eigen.vectors()[k * size + i] * eigen.vectors()[k * size + j];
                }
            }
        }
        return whitening;
    }

    /** The dictionary: its filters take contrast-normalised patches, so that whitening costs nothing later. */
    PatchDictionary dictionary(ImageShape shape, PatchDictionary.Options options) {
        int count = options.filters();
        float[] atoms = Arrays.copyOf(whitened, count * size);
        SphericalMeans.normalise(atoms, size);
        if (options.source() == PatchDictionary.Source.K_MEANS) {
            SphericalMeans.improve(atoms, whitened, size);
        }
        float[] filters = new float[atoms.length];
        float[] offsets = new float[count];
        for (int k = 0; k < count; k++) {
            for (int j = 0; j < size; j++) {
                double sum = 0;
                for (int i = 0; i < size; i++) {
                    sum += atoms[k * size + i] * whitening[i * size + j];
                }
                filters[k * size + j] = (float) sum;
                offsets[k] -= (float) (sum * mean[j]);
            }
        }
        return new PatchDictionary(new TokenGrid(shape, 1), options, filters, offsets);
    }
}
