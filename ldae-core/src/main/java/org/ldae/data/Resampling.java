package org.ldae.data;

/**
 * Resizes the centred square with a separable triangle filter as wide as a source pixel or a target pixel, whichever
 * is larger: bilinear when enlarging, antialiased when shrinking, as Pillow's BILINEAR.
 */
final class Resampling {

    private Resampling() {}

    static Planes centredSquare(Planes image, int side) {
        int shorter = Math.min(image.height, image.width);
        // A whole number of pixels, so that an image that already fits is copied as it is.
        Filter rows = Filter.of(image.height, (image.height - shorter) / 2, shorter, side);
        Filter columns = Filter.of(image.width, (image.width - shorter) / 2, shorter, side);
        float[][] values = new float[image.values.length][];
        for (int c = 0; c < values.length; c++) {
            boolean repeated = c > 0 && image.values[c] == image.values[0];
            values[c] = repeated ? values[0] : resize(image.values[c], image.width, rows, columns);
        }
        return new Planes(side, side, values);
    }

    private static float[] resize(float[] plane, int width, Filter rows, Filter columns) {
        int side = rows.first.length;
        float[] narrow = new float[plane.length / width * side];
        for (int y = rows.first[0]; y < rows.last(); y++) {
            for (int x = 0; x < side; x++) {
                float sum = 0;
                int from = y * width + columns.first[x];
                float[] weights = columns.weights[x];
                for (int k = 0; k < weights.length; k++) {
                    sum += weights[k] * plane[from + k];
                }
                narrow[y * side + x] = sum;
            }
        }
        float[] small = new float[side * side];
        for (int y = 0; y < side; y++) {
            float[] weights = rows.weights[y];
            for (int k = 0; k < weights.length; k++) {
                int from = (rows.first[y] + k) * side;
                for (int x = 0; x < side; x++) {
                    small[y * side + x] += weights[k] * narrow[from + x];
                }
            }
        }
        return small;
    }

    /** For each target pixel the first source pixel it is made of, and the weights from there on, which sum to 1. */
    private static final class Filter {

        private final int[] first;
        private final float[][] weights;

        private Filter(int side) {
            first = new int[side];
            weights = new float[side][];
        }

        int last() {
            int target = first.length - 1;
            return first[target] + weights[target].length;
        }

        static Filter of(int length, int start, int extent, int side) {
            Filter filter = new Filter(side);
            double scale = (double) extent / side;
            double support = Math.max(1, scale);
            for (int target = 0; target < side; target++) {
                double centre = start + (target + 0.5) * scale;
                int from = Math.max(0, (int) (centre - support + 0.5));
                int to = Math.min(length, (int) (centre + support + 0.5));
                double[] weights = new double[to - from];
                double sum = 0;
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = Math.max(0, 1 - Math.abs(from + i + 0.5 - centre) / support);
                    sum += weights[i];
                }
                filter.first[target] = from;
                filter.weights[target] = new float[weights.length];
                for (int i = 0; i < weights.length; i++) {
                    filter.weights[target][i] = (float) (weights[i] / sum);
                }
            }
            return filter;
        }
    }
}
