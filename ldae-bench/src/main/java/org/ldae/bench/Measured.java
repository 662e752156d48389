package org.ldae.bench;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What JMH says of one benchmark; {@code error} is half the interval that holds the mean in 99.9 of 100 runs, if there were enough. */
record Measured(
        String benchmark,
        @Nullable Map<String, String> params,
        String mode,
        double score,
        @Nullable Double error,
        String unit) {

    /** Class, method and parameters. */
    String name() {
        return params == null ? benchmark : benchmark + " " + new TreeMap<>(params);
    }

    /** Times over times; throughput is turned over. */
    double timeOver(Measured baseline) {
        if (!unit.equals(baseline.unit) || !mode.equals(baseline.mode)) {
            throw new IllegalArgumentException("expected runs in the same mode and unit, got %s %s and %s %s"
                    .formatted(baseline.mode, baseline.unit, mode, unit));
        }
        double ratio = score / baseline.score;
        return mode.equals("thrpt") ? 1 / ratio : ratio;
    }

    /** The error in hundredths of the score, or a question mark. */
    String uncertainty() {
        return error == null ? "?" : String.format(Locale.ROOT, "%.0f%%", 100 * error / score);
    }
}
