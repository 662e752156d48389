package org.ldae.probe;

import java.io.Serializable;

/** Some rows of labelled features: what one of several machines holds of them. Never changed. */
public final class FeaturePart implements Serializable {

    private static final long serialVersionUID = 1;

    /** From 0 in the order of the rows. */
    private final int number;

    /** {@code [n, F]} row-major. */
    private final float[] features;

    /** {@code [n]} classes from 0. */
    private final int[] labels;

    /**
     * A part.
     *
     * @param number of the part, from 0 in the order of the rows
     * @param features {@code [n, F]} row-major, F at least 1; not copied
     * @param labels {@code [n]} classes from 0, n at least 1; not copied
     * @throws IllegalArgumentException if there is no row, or rows differ in length
     */
    public FeaturePart(int number, float[] features, int[] labels) {
        if (labels.length == 0 || features.length == 0 || features.length % labels.length != 0) {
            throw new IllegalArgumentException(
                    "part %d: expected features [n, F] for labels [n], n and F at least 1, got %d numbers for %d labels"
                            .formatted(number, features.length, labels.length));
        }
        this.number = number;
        this.features = features;
        this.labels = labels;
    }

    /**
     * The same rows under another number.
     *
     * @param place from 0 in the order of the rows
     * @return another part on the same arrays
     */
    public FeaturePart numbered(int place) {
        return new FeaturePart(place, features, labels);
    }

    /**
     * Number of rows.
     *
     * @return n
     */
    public int rows() {
        return labels.length;
    }

    /**
     * Numbers of a row.
     *
     * @return F
     */
    public int width() {
        return features.length / labels.length;
    }

    int number() {
        return number;
    }

    /** The live array. */
    float[] features() {
        return features;
    }

    /** The live array. */
    int[] labels() {
        return labels;
    }
}
