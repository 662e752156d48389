package org.ldae.report;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.ldae.study.Estimate;

/**
 * One measured quantity.
 *
 * @param name what was measured, in words
 * @param x its place on an axis, NaN if there is none
 * @param values by seed, at least one; accuracies in percent
 */
record Point(String name, double x, Map<Long, Double> values) {

    Point {
        values = Collections.unmodifiableMap(new TreeMap<>(values));
    }

    Estimate estimate() {
        return Estimate.of(
                values.values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    double mean() {
        return estimate().mean();
    }

    /** The same with words before its name. */
    Point named(String prefix) {
        return new Point(prefix + name, x, values);
    }

    /** What this has more than another over the seeds that both have. */
    Optional<Estimate> over(Point other) {
        return Estimate.ofPairs(values, other.values);
    }
}
