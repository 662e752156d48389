package org.ldae.study;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

/**
 * A mean over seeds with its 95% interval by Student's t.
 *
 * @param mean of the values
 * @param low lower end of the interval, the mean itself for a single value
 * @param high upper end
 * @param n number of values; an interval of one value says nothing
 */
public record Estimate(double mean, double low, double high, int n) {

    private static final double CONFIDENCE = 0.95;

    /**
     * The estimate of some values.
     *
     * @param values one a seed, at least one
     * @return mean and interval
     */
    public static Estimate of(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("estimate: expected at least one value, got none");
        }
        double mean = new Mean().evaluate(values);
        double half = values.length == 1
                ? 0
                : quantile(values.length - 1) * new StandardDeviation().evaluate(values) / Math.sqrt(values.length);
        return new Estimate(mean, mean - half, mean + half, values.length);
    }

    /**
     * The estimate of a paired difference: seed by seed, so that what a seed does to both drops out.
     *
     * @param after one a seed
     * @param before of the same seeds
     * @return mean of {@code after - before} and its interval
     */
    public static Estimate ofDifference(double[] after, double[] before) {
        if (after.length != before.length) {
            throw new IllegalArgumentException(
                    "estimate: expected pairs, got %d and %d values".formatted(after.length, before.length));
        }
        double[] differences = new double[after.length];
        Arrays.setAll(differences, i -> after[i] - before[i]);
        return of(differences);
    }

    /**
     * The estimate of a paired difference over the seeds that both have.
     *
     * @param after values by seed
     * @param before values by seed
     * @return mean of {@code after - before} and its interval, empty if they share no seed
     */
    public static Optional<Estimate> ofPairs(Map<Long, Double> after, Map<Long, Double> before) {
        Map<Long, Double> a = new TreeMap<>(after);
        Map<Long, Double> b = new TreeMap<>(before);
        a.keySet().retainAll(b.keySet());
        b.keySet().retainAll(a.keySet());
        return a.isEmpty() ? Optional.empty() : Optional.of(ofDifference(array(a), array(b)));
    }

    static double[] array(Map<Long, Double> values) {
        return values.values().stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double quantile(int freedom) {
        return new TDistribution(freedom).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    }

    /**
     * Half the length of the interval.
     *
     * @return at least 0, and 0 for a single value
     */
    public double half() {
        return (high - low) / 2;
    }

    /**
     * Whether zero lies outside the interval.
     *
     * @return false for a single value
     */
    public boolean clear() {
        return n > 1 && (low > 0 || high < 0);
    }
}
