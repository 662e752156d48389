package org.ldae.data.decoding;

/** For each target pixel of a row the first source pixel it is made of, and the weights from there on, which sum to 1. */
public final class FilterWeights {

    final int[] first;
    final double[][] weights;

    private FilterWeights(int targets) {
        first = new int[targets];
        weights = new double[targets][];
    }

    /** A kernel and how far it reaches on each side; when shrinking, it is stretched over the source pixels. */
    public enum Kernel {
        BOX(0.5),
        BICUBIC(2);

        private final double support;

        Kernel(double support) {
            this.support = support;
        }

        public double at(double x) {
            double distance = Math.abs(x);
            if (this == BOX) {
                return x > -0.5 && x <= 0.5 ? 1 : 0;
            }
            // Keys (1981) with a = -1/2.
            if (distance < 1) {
                return (1.5 * distance - 2.5) * distance * distance + 1;
            }
            return distance < 2 ? -0.5 * (((distance - 5) * distance + 8) * distance - 4) : 0;
        }
    }

    /** The weights of the target pixels in [from, to) where {@code length} source pixels become {@code targets}. */
    static FilterWeights of(Kernel kernel, int length, int targets, int from, int to) {
        FilterWeights filter = new FilterWeights(to - from);
        double scale = (double) length / targets;
        double width = Math.max(1, scale);
        for (int target = from; target < to; target++) {
            double centre = (target + 0.5) * scale;
            int low = Math.max(0, (int) (centre - kernel.support * width + 0.5));
            int high = Math.min(length, (int) (centre + kernel.support * width + 0.5));
            double[] weights = new double[high - low];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = kernel.at((low + i - centre + 0.5) / width);
                sum += weights[i];
            }
            for (int i = 0; i < weights.length; i++) {
                weights[i] /= sum;
            }
            filter.first[target - from] = low;
            filter.weights[target - from] = weights;
        }
        return filter;
    }
}
