package org.ldae.data.decoding;

import java.util.Arrays;
import org.ldae.data.decoding.FilterWeights.Kernel;

/** Resizes planes of 256 levels with an antialiasing filter, to the same levels as Pillow. */
public final class Resampling {

    /** Fixed-point weights, as Pillow's: 8 bits are the level, 2 the overshoot of negative weights. */
    private static final int FRACTION_BITS = 32 - 8 - 2;

    private Resampling() {}

    /**
     * The centred square as ADM (Dhariwal and Nichol 2021) and DiT cut it: halved by averaging while the shorter side is
     * at least twice as long as wanted, resized bicubically until the shorter side fits, then cropped.
     */
    public static Planes centredSquare(Planes image, int side) {
        Planes small = image;
        while (Math.min(small.height, small.width) >= 2 * side) {
            small = resize(
                    small,
                    weights(Kernel.BOX, small.height, small.height / 2),
                    weights(Kernel.BOX, small.width, small.width / 2));
        }
        if (small.height == side && small.width == side) {
            return small;
        }
        double scale = (double) side / Math.min(small.height, small.width);
        return resize(small, middle(small.height, scale, side), middle(small.width, scale, side));
    }

    private static Weights weights(Kernel kernel, int length, int targets) {
        return new Weights(FilterWeights.of(kernel, length, targets, 0, targets));
    }

    /** The middle pixels of a row that is resized as a whole. */
    private static Weights middle(int length, double scale, int side) {
        int targets = Math.max(side, (int) Math.rint(length * scale));
        int from = (targets - side) / 2;
        return new Weights(FilterWeights.of(Kernel.BICUBIC, length, targets, from, from + side));
    }

    private static Planes resize(Planes image, Weights rows, Weights columns) {
        int height = rows.first.length;
        int width = columns.first.length;
        return image.map(
                height, width, plane -> vertically(horizontally(plane, image.width, rows, columns), width, rows));
    }

    /** Only the source rows that the target rows need; the others stay 0. */
    private static byte[] horizontally(byte[] plane, int width, Weights rows, Weights columns) {
        int targets = columns.first.length;
        byte[] narrow = new byte[plane.length / width * targets];
        for (int y = rows.first[0]; y < rows.end(); y++) {
            for (int x = 0; x < targets; x++) {
                int[] weights = columns.weights[x];
                int from = y * width + columns.first[x];
                int sum = 1 << (FRACTION_BITS - 1);
                for (int k = 0; k < weights.length; k++) {
                    sum += weights[k] * (plane[from + k] & 0xff);
                }
                narrow[y * targets + x] = level(sum);
            }
        }
        return narrow;
    }

    private static byte[] vertically(byte[] plane, int width, Weights rows) {
        byte[] small = new byte[rows.first.length * width];
        int[] sums = new int[width];
        for (int y = 0; y < rows.first.length; y++) {
            Arrays.fill(sums, 1 << (FRACTION_BITS - 1));
            int[] weights = rows.weights[y];
            for (int k = 0; k < weights.length; k++) {
                int weight = weights[k];
                int from = (rows.first[y] + k) * width;
                for (int x = 0; x < width; x++) {
                    sums[x] += weight * (plane[from + x] & 0xff);
                }
            }
            for (int x = 0; x < width; x++) {
                small[y * width + x] = level(sums[x]);
            }
        }
        return small;
    }

    private static byte level(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> FRACTION_BITS));
    }

    /** Weights in fixed point. */
    private static final class Weights {

        private final int[] first;
        private final int[][] weights;

        Weights(FilterWeights exact) {
            first = exact.first;
            weights = new int[first.length][];
            for (int i = 0; i < first.length; i++) {
                weights[i] = new int[exact.weights[i].length];
                for (int k = 0; k < weights[i].length; k++) {
                    double scaled = exact.weights[i][k] * (1 << FRACTION_BITS);
                    weights[i][k] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
                }
            }
        }

        /** One past the last source pixel. */
        int end() {
            int last = first.length - 1;
            return first[last] + weights[last].length;
        }
    }
}
