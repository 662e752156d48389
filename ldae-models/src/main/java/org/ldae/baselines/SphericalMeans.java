package org.ldae.baselines;

import org.ldae.compute.Kernels;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.compute.Tensor;
import org.ldae.compute.Workers;

/** Spherical K-means (Coates and Ng 2012, algorithm 1): directions that as many whitened patches as possible lie along. */
final class SphericalMeans {

    private static final int ROUNDS = 10;

    /** Patches of a product. */
    private static final int BLOCK = 512;

    private final float[] patches; // [S, D]
    private final int size;

    private SphericalMeans(float[] patches, int size) {
        this.patches = patches;
        this.size = size;
    }

    /** Moves atoms {@code [K, D]}, in place, by all patches {@code [S, D]}. */
    static void improve(float[] atoms, float[] patches, int size) {
        SphericalMeans means = new SphericalMeans(patches, size);
        try (Workers workers = new Workers();
                Tensor filters = Tensor.zeros(atoms.length / size, size)) {
            for (int round = 0; round < ROUNDS; round++) {
                filters.put(atoms);
                double[][] sums = new double[workers.count()][atoms.length];
                workers.run(worker -> means.addNearest(
                        workers.kernels(worker), filters, new Share(worker, sums.length), sums[worker]));
                for (double[] each : sums) {
                    for (int i = 0; i < atoms.length; i++) {
                        atoms[i] += (float) each[i];
                    }
                }
                normalise(atoms, size);
            }
        }
    }

    /** Every count-th block of patches. */
    private record Share(int index, int count) {}

    /** Adds each patch, times its product with the atom that it lies along, to that atom's sum. */
    private void addNearest(Kernels kernels, Tensor filters, Share share, double[] sums) {
        int count = filters.rows();
        Tensor weights = filters.slice(0, count, size); // a view of its own: pointers belong to one thread
        float[] block = new float[BLOCK * size];
        float[] scores = new float[BLOCK * count];
        try (Tensor some = Tensor.zeros(BLOCK, size);
                Tensor products = Tensor.zeros(BLOCK, count)) {
            for (int from = share.index * block.length; from < patches.length; from += share.count * block.length) {
                int length = Math.min(block.length, patches.length - from);
                System.arraycopy(patches, from, block, 0, length);
                some.put(block);
                kernels.gemm(Transpose.SECOND, some, weights, 0, products);
                products.get(scores);
                for (int row = 0; row < length / size; row++) {
                    int nearest = nearest(scores, row * count, count);
                    float score = scores[row * count + nearest];
                    for (int i = 0; i < size; i++) {
                        sums[nearest * size + i] += score * block[row * size + i];
                    }
                }
            }
        }
    }

    private static int nearest(float[] scores, int from, int count) {
        int best = 0;
        for (int k = 1; k < count; k++) {
            if (Math.abs(scores[from + k]) > Math.abs(scores[from + best])) {
                best = k;
            }
        }
        return best;
    }

    /** Gives each row of {@code [K, D]} length 1; a row of zeros stays. */
    static void normalise(float[] rows, int size) {
        for (int from = 0; from < rows.length; from += size) {
            double squares = 0;
            for (int i = from; i < from + size; i++) {
                squares += (double) rows[i] * rows[i];
            }
            float scale = squares > 0 ? (float) (1 / Math.sqrt(squares)) : 0;
            for (int i = from; i < from + size; i++) {
                rows[i] *= scale;
            }
        }
    }
}
