package org.ldae.probe;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;

/** How a classifier did on a labelled set: counts of true against predicted classes, and what follows from them. */
public final class Evaluation {

    private static final double CONFIDENCE = 0.95;

    private final int[][] confusion;
    private final int size;
    private final int correct;

    private Evaluation(int[][] confusion) {
        this.confusion = confusion;
        this.size = Arrays.stream(confusion).flatMapToInt(Arrays::stream).sum();
        int diagonal = 0;
        for (int k = 0; k < confusion.length; k++) {
            diagonal += confusion[k][k];
        }
        this.correct = diagonal;
    }

    /**
     * Compares predictions with the truth.
     *
     * @param labels true classes, each in {@code [0, classes)}
     * @param predicted predicted classes, as many
     * @param classes number of classes K
     * @return the comparison
     * @throws IllegalArgumentException if the lengths differ or are 0, or a class lies outside its range
     */
    public static Evaluation of(int[] labels, int[] predicted, int classes) {
        if (labels.length != predicted.length || labels.length == 0) {
            throw new IllegalArgumentException("labels: expected one per prediction and at least one, got %d for %d"
                    .formatted(labels.length, predicted.length));
        }
        int[][] confusion = new int[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            requireClass("labels", labels[i], i, classes);
            requireClass("predicted", predicted[i], i, classes);
            confusion[labels[i]][predicted[i]]++;
        }
        return new Evaluation(confusion);
    }

    /**
     * Number of images compared.
     *
     * @return N, at least 1
     */
    public int size() {
        return size;
    }

    /**
     * Share of right predictions.
     *
     * @return top-1 accuracy in [0, 1]
     */
    public double top1() {
        return (double) correct / size;
    }

    /**
     * Share of right predictions among the images of each class.
     *
     * @return {@code [K]} in [0, 1], NaN for a class without images
     */
    public double[] perClass() {
        double[] recall = new double[confusion.length];
        for (int k = 0; k < recall.length; k++) {
            recall[k] = (double) confusion[k][k] / Arrays.stream(confusion[k]).sum();
        }
        return recall;
    }

    /**
     * Counts of true (row) against predicted (column) classes.
     *
     * @return {@code [K][K]}, a copy
     */
    public int[][] confusion() {
        return Arrays.stream(confusion).map(int[]::clone).toArray(int[][]::new);
    }

    /**
     * The Wilson 95% interval of {@link #top1()}: the spread due to the finite test set, not to seeds or training sets.
     *
     * @return its two ends
     */
    public Interval interval() {
        ConfidenceInterval wilson = new WilsonScoreInterval().createInterval(size, correct, CONFIDENCE);
        return new Interval(wilson.getLowerBound(), wilson.getUpperBound());
    }

    @Override
    public String toString() {
        Interval interval = interval();
        return String.format(
                Locale.ROOT,
                "top-1 %.2f%% (95%% interval %.2f to %.2f, n = %d)",
                100 * top1(),
                100 * interval.lower(),
                100 * interval.upper(),
                size);
    }

    /**
     * Two ends of an interval of accuracies.
     *
     * @param lower lower end in [0, 1]
     * @param upper upper end in [0, 1]
     */
    public record Interval(double lower, double upper) {}

    private static void requireClass(String name, int value, int index, int classes) {
        if (value < 0 || value >= classes) {
            throw new IllegalArgumentException("%s: expected classes 0 to %d, got %d at index %d; %s"
                    .formatted(
                            name,
                            classes - 1,
                            value,
                            index,
                            "classes must be numbered as in the set the classifier was fitted on"));
        }
    }
}
