package org.ldae.probe;

import org.nd4j.linalg.api.ndarray.INDArray;

/** A fitted, immutable classifier of fixed features: a {@link LinearProbe} or {@link NearestNeighbours}. */
public interface Classifier {

    /**
     * Number of classes: the largest training label plus 1.
     *
     * @return K, at least 2
     */
    int classes();

    /**
     * Predicts the most likely class of each row.
     *
     * @param features {@code [N, F]} float32, as wide as the features it was fitted on
     * @return {@code [N]} classes in {@code [0, K)}
     * @throws IllegalArgumentException if the width differs or a feature is NaN or infinite
     */
    int[] predict(INDArray features);

    /**
     * Names the method and the settings it ended up with; to be printed beside every accuracy.
     *
     * @return one line
     */
    String describe();

    /**
     * Predicts and compares with the truth. A class that training had no image of is never predicted: its images are misses.
     *
     * @param features {@code [N, F]} float32
     * @param labels {@code [N]} true classes from 0
     * @return accuracy, its interval, and the confusion counts of K classes, or of more if the labels have more
     * @throws IllegalArgumentException as {@link #predict}, or if labels don't match the rows
     */
    default Evaluation evaluate(INDArray features, int[] labels) {
        if (features.rank() != 2 || features.size(0) != labels.length) {
            throw TrainingLabels.mismatch(features, labels);
        }
        int classes = Math.max(classes(), labels.length == 0 ? 0 : TrainingLabels.classes(labels));
        return Evaluation.of(labels, predict(features), classes);
    }

    /**
     * Share of right predictions.
     *
     * @param features {@code [N, F]} float32
     * @param labels {@code [N]} true classes from 0
     * @return top-1 accuracy in [0, 1]
     * @throws IllegalArgumentException as {@link #evaluate}
     */
    default double accuracy(INDArray features, int[] labels) {
        return evaluate(features, labels).top1();
    }
}
