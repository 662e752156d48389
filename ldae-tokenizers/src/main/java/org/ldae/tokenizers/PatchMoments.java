package org.ldae.tokenizers;

import java.util.Arrays;
import org.ldae.core.Progress;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Mean and covariance of all patches of a set in one pass, in double and in memory that doesn't grow with the set.
 *
 * <p>Products are summed around the first block's mean, so that nothing cancels when the true mean is taken off.
 */
final class PatchMoments {

    private final int size;
    private final double[] shift;
    private final double[] sums;
    private final INDArray products;
    private long count;

    private PatchMoments(int size) {
        this.size = size;
        this.shift = new double[size];
        this.sums = new double[size];
        this.products = Nd4j.create(DataType.DOUBLE, new long[] {size, size}, 'f');
    }

    /** Reads all images once, {@code blockImages} at a time. */
    static PatchMoments of(ImageSource images, Patches patches, int blockImages, Progress progress) {
        int imageSize = images.shape().size();
        PatchMoments moments = new PatchMoments(patches.grid().patchSize());
        float[] image = new float[imageSize];
        float[] block = new float[Math.multiplyExact(Math.min(blockImages, images.size()), imageSize)];
        long start = System.nanoTime();
        for (int first = 0; first < images.size(); first += blockImages) {
            int items = Math.min(blockImages, images.size() - first);
            for (int i = 0; i < items; i++) {
                images.read(first + i, image, 0);
                requireFinite(image, first + i);
                patches.gather(image, 0, block, i * imageSize);
            }
            moments.add(block, items * patches.grid().tokens());
            report(progress, first + items, images.size(), (System.nanoTime() - start) * 1e-9);
        }
        return moments;
    }

    /** Patches seen. */
    long count() {
        return count;
    }

    /** Mean patch {@code [D]}. */
    double[] mean() {
        double[] mean = new double[size];
        for (int j = 0; j < size; j++) {
            mean[j] = shift[j] + sums[j] / count;
        }
        return mean;
    }

    /** Covariance {@code [D, D]}, exactly symmetric, divided by the count (not by one less). */
    double[] covariance() {
        double[] covariance = new double[size * size];
        double[] sumsOfProducts = products.data().asDouble();
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double product = (sumsOfProducts[i * size + j] + sumsOfProducts[j * size + i]) / 2;
                double value = product / count - (sums[i] / count) * (sums[j] / count);
                covariance[i * size + j] = value;
                covariance[j * size + i] = value;
            }
        }
        return covariance;
    }

    /** Second moments around another point than the mean, {@code [D, D]}. */
    double[] around(double[] centre) {
        double[] moments = covariance();
        double[] mean = mean();
        for (int i = 0; i < moments.length; i++) {
            int a = i / size;
            int b = i % size;
            moments[i] += (mean[a] - centre[a]) * (mean[b] - centre[b]);
        }
        return moments;
    }

    private void add(float[] block, int rows) {
        double[] centred = new double[rows * size];
        if (count == 0) {
            addRows(block, centred);
            for (int j = 0; j < size; j++) {
                shift[j] = sums[j] / rows;
            }
            Arrays.fill(sums, 0);
        }
        addRows(block, centred);
        try (INDArray matrix = HeapCopy.of(centred, rows, size)) {
            INDArray columns = matrix.transpose();
            Nd4j.gemm(columns, columns, products, false, true, 1, 1);
        }
        count += rows;
    }

    /** Takes the shift off each row and adds the rows to the sums. */
    private void addRows(float[] block, double[] centred) {
        for (int from = 0; from < centred.length; from += size) {
            for (int j = 0; j < size; j++) {
                double value = block[from + j] - shift[j];
                centred[from + j] = value;
                sums[j] += value;
            }
        }
    }

    private static void requireFinite(float[] image, int index) {
        for (int i = 0; i < image.length; i++) {
            if (!Float.isFinite(image[i])) {
                throw new IllegalArgumentException(
                        "images: expected finite pixels in [-1, 1], got %s at position %d of image %d; check the reader or drop the image"
                                .formatted(image[i], i, index));
            }
        }
    }

    private static void report(Progress progress, int done, int total, double seconds) {
        double secondsLeft = seconds / done * (total - done);
        progress.update(new Progress.Event("patch moments", done, total, seconds, secondsLeft, ""));
    }
}
