package org.ldae.noise;

/**
 * Rules of NCSNv2 (Song and Ermon 2020, arXiv 2006.09011, techniques 1, 2 and 4): where the levels of {@link
 * NoiseSchedule#geometric} begin, how close they lie, and how far a step of Langevin dynamics goes.
 *
 * <p>Technique 3, a network without the level whose output over sigma is the score, is a network that is not told the time and
 * predicts the noise: the score is {@code -noise / sigma}, and NCSN's loss {@code sigma^2 |score + eps / sigma|^2} is that of the
 * noise, all levels alike. Technique 5 is the average of the weights.
 *
 * <pre>{@code
 * int levels = NcsnRules.levels(0.01, 50, 3072);                         // CIFAR-10: 220, where the authors took 232
 * double epsilon = NcsnRules.epsilon(0.01, NcsnRules.ratio(3072), 5);    // 6e-6; theirs is 6.2e-6
 * }</pre>
 */
public final class NcsnRules {

    /** Share of one level's samples that should lie where the next one's do. */
    private static final double OVERLAP = 0.5;

    private NcsnRules() {}

    /**
     * The largest sigma: the largest distance of two items (technique 1), so that samples can get from any one to any other.
     *
     * @param items rows of numbers in the units of sigma, at least 2; some hundred say enough
     * @return the distance
     */
    public static double largestSigma(float[]... items) {
        if (items.length < 2) {
            throw new IllegalArgumentException("largest sigma: expected at least 2 items, got " + items.length);
        }
        double most = 0;
        for (int i = 0; i < items.length; i++) {
            for (int j = 0; j < i; j++) {
                double squares = 0;
                for (int k = 0; k < items[i].length; k++) {
                    double apart = items[i][k] - items[j][k];
                    squares += apart * apart;
                }
                most = Math.max(most, squares);
            }
        }
        return Math.sqrt(most);
    }

    /**
     * How much of one level's noise lies within three deviations of the radius of the next one's (technique 2).
     *
     * @param ratio of one sigma to the next smaller one, at least 1
     * @param dimension numbers of an item, at least 1
     * @return {@code Phi(sqrt(2 D) (ratio - 1) + 3 ratio) - Phi(sqrt(2 D) (ratio - 1) - 3 ratio)}
     */
    public static double overlap(double ratio, int dimension) {
        double apart = Math.sqrt(2.0 * dimension) * (ratio - 1);
        return normal(apart + 3 * ratio) - normal(apart - 3 * ratio);
    }

    /**
     * The ratio of neighbouring levels at which half of them overlap.
     *
     * @param dimension numbers of an item, at least 1
     * @return sigma over the next smaller one, above 1
     */
    public static double ratio(int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension: expected at least 1, got " + dimension);
        }
        double low = 1;
        double high = 2;
        while (overlap(high, dimension) > OVERLAP && high < 1e6) {
            high *= 2;
        }
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (overlap(middle, dimension) > OVERLAP) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /**
     * The number of levels (technique 2).
     *
     * @param first smallest sigma, positive
     * @param last largest sigma, above the first; technique 1 takes the largest distance of two training images
     * @param dimension numbers of an item, at least 1
     * @return the levels, both ends among them, at least 2
     */
    public static int levels(double first, double last, int dimension) {
        NoiseSchedule.geometric(first, last);
        return 1 + (int) Math.ceil(Math.log(last / first) / Math.log(ratio(dimension)));
    }

    /**
     * The variance that samples of one level have after the steps at the next one, in units of that one's; 1 would be right
     * (technique 4, for data that are one point).
     *
     * @param pull epsilon over the square of the smallest sigma, in (0, 1]
     * @param ratio of neighbouring sigmas, at least 1
     * @param steps at each level, at least 1
     * @return {@code (1 - pull)^(2 steps) (ratio^2 - c) + c} with {@code c = 2 pull / (1 - (1 - pull)^2)}
     */
    public static double settled(double pull, double ratio, int steps) {
        double c = 1 / (1 - pull / 2);
        return Math.pow(1 - pull, 2.0 * steps) * (ratio * ratio - c) + c;
    }

    /**
     * The epsilon of Langevin dynamics that comes nearest to the right variance (technique 4).
     *
     * @param first smallest sigma, positive
     * @param ratio of neighbouring sigmas, above 1
     * @param steps at each level, at least 1; the authors take as many as can be afforded
     * @return epsilon: a step goes {@code epsilon / first^2} of the way to the estimate
     */
    public static double epsilon(double first, double ratio, int steps) {
        Levels.requirePositive("first", first);
        if (!(ratio > 1 && ratio < Double.POSITIVE_INFINITY && steps >= 1)) {
            throw new IllegalArgumentException(
                    "Langevin step: expected a ratio above 1 and at least 1 step, got %s and %d"
                            .formatted(ratio, steps));
        }
        double best = 1;
        double low = 0;
        double high = 1;
        // The variance falls to one minimum, which lies above 1, and then grows; look ever closer around the best of a
        // grid.
        for (int round = 0; round < 6; round++) {
            double width = (high - low) / 100;
            double start = low;
            for (int i = 1; i <= 100; i++) {
                double pull = start + i * width;
                if (settled(pull, ratio, steps) < settled(best, ratio, steps)) {
                    best = pull;
                }
            }
            low = Math.max(0, best - width);
            high = Math.min(1, best + width);
        }
        return best * first * first;
    }

    /** Phi by its series (Marsaglia 2004), good to rounding up to some 8 deviations. */
    private static double normal(double x) {
        if (Math.abs(x) > 8) {
            return x > 0 ? 1 : 0;
        }
        double term = x;
        double sum = x;
        for (int k = 3; Math.abs(term) > 1e-17; k += 2) {
            term *= x * x / k;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
