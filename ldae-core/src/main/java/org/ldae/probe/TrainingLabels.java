package org.ldae.probe;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Checks on class labels, and their stratified split. */
final class TrainingLabels {

    private TrainingLabels() {}

    /** Checks labels against the rows of features and returns K, the largest label plus 1. */
    static int requireTrainable(INDArray features, int[] labels) {
        if (features.rank() != 2 || features.size(0) != labels.length) {
            throw mismatch(features, labels);
        }
        return requireTrainable(labels);
    }

    /** Checks labels and returns K, the largest plus 1. */
    static int requireTrainable(int[] labels) {
        int[] sorted = Arrays.stream(labels).sorted().distinct().toArray();
        if (sorted.length < 2) {
            throw new IllegalArgumentException("labels: expected at least two classes, got " + Arrays.toString(sorted)
                    + "; is the set sorted and cut?");
        }
        if (sorted[0] < 0) {
            throw new IllegalArgumentException(
                    "labels: expected classes from 0, got " + sorted[0] + "; leave out unlabelled images");
        }
        if (sorted[sorted.length - 1] >= labels.length) {
            throw new IllegalArgumentException(
                    "labels: expected classes numbered from 0 without large gaps, got %d among %d labels; renumber them"
                            .formatted(sorted[sorted.length - 1], labels.length));
        }
        return sorted[sorted.length - 1] + 1;
    }

    static IllegalArgumentException mismatch(INDArray features, int[] labels) {
        return new IllegalArgumentException("labels: expected one per row of features [N, F], got %d labels for %s"
                .formatted(labels.length, Arrays.toString(features.shape())));
    }

    /** K of checked labels. */
    static int classes(int[] labels) {
        return Arrays.stream(labels).max().orElseThrow() + 1;
    }

    static int[] counts(int[] labels, int classes) {
        int[] counts = new int[classes];
        for (int label : labels) {
            counts[label]++;
        }
        return counts;
    }

    /** Marks a share of each class, chosen by the seed; where all classes are too small for it, one of each. */
    static boolean[] holdOut(int[] labels, int classes, double share, Rng rng) {
        int[] counts = counts(labels, classes);
        int[] left = new int[classes];
        Arrays.setAll(left, k -> (int) Math.min(Math.round(share * counts[k]), Math.max(counts[k] - 1, 0)));
        if (Arrays.stream(left).sum() == 0) {
            Arrays.setAll(left, k -> counts[k] > 1 ? 1 : 0);
        }
        if (Arrays.stream(left).sum() == 0) {
            throw new IllegalArgumentException(
                    "labels: holding out %s of each class leaves nothing to choose the L2 on; hold out more or fix the L2"
                            .formatted(share));
        }
        boolean[] heldOut = new boolean[labels.length];
        for (int i : rng.stream("held out").permutation(labels.length)) {
            if (left[labels[i]] > 0) {
                left[labels[i]]--;
                heldOut[i] = true;
            }
        }
        return heldOut;
    }

    /** The indices whose mark is as wanted. */
    static int[] where(boolean[] marks, boolean wanted) {
        return IntStream.range(0, marks.length).filter(i -> marks[i] == wanted).toArray();
    }

    static int[] select(int[] labels, int[] indices) {
        return Arrays.stream(indices).map(i -> labels[i]).toArray();
    }
}
