package org.ldae.probe;

import java.io.Serializable;

/**
 * Some rows of labelled features: what one of several machines holds of them.
 *
 * @param number of the part, from 0 in the order of the rows
 * @param features {@code [n, F]} row-major
 * @param labels {@code [n]} classes from 0, n at least 1
 */
public record FeaturePart(int number, float[] features, int[] labels) implements Serializable {

    /**
     * Checks that there are rows, and as many numbers in each.
     *
     * @param number of the part, from 0 in the order of the rows
     * @param features {@code [n, F]} row-major
     * @param labels {@code [n]} classes from 0, n at least 1
     */
    public FeaturePart {
        if (labels.length == 0 || features.length == 0 || features.length % labels.length != 0) {
            throw new IllegalArgumentException(
                    "part %d: expected features [n, F] for labels [n], n and F at least 1, got %d numbers for %d labels"
                            .formatted(number, features.length, labels.length));
        }
    }

    /**
     * Numbers of a row.
     *
     * @return F
     */
    public int width() {
        return features.length / labels.length;
    }
}
