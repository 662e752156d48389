package org.ldae.probe;

import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A way to fit a {@link LinearProbe}; its options are a record, see {@link LinearProbe} for the three of the library.
 *
 * <p>One of your own returns {@link LinearProbe#of} its weights and bias.
 */
public interface ProbeSolver {

    /**
     * Fits a linear probe on fixed features.
     *
     * @param features {@code [N, F]} float32, one row an image
     * @param labels {@code [N]} classes from 0; at least two different ones
     * @param rng key of the random numbers: the held-out part, the order of batches
     * @param progress told how far the fit is
     * @return the fitted probe
     * @throws IllegalArgumentException if labels don't match the rows, are negative or all the same, or a feature is
     *     NaN or infinite
     */
    LinearProbe fit(INDArray features, int[] labels, Rng rng, Progress progress);

    /**
     * The options in words, for reports; {@link LinearProbe#describe} adds what a fit found.
     *
     * @return such as "logistic regression by L-BFGS, L2 0.01"
     */
    String describe();

    /**
     * Fits on whitened features: principal components with 99% of the variance, each divided by its deviation.
     *
     * @return a solver whose probes still take raw features
     */
    default WhitenedSolver whitened() {
        return WhitenedSolver.of(this);
    }

    /**
     * Fits with seed 0 and without progress.
     *
     * @param features {@code [N, F]} float32
     * @param labels {@code [N]} classes from 0
     * @return the fitted probe
     * @throws IllegalArgumentException as {@link #fit(INDArray, int[], Rng, Progress)}
     */
    default LinearProbe fit(INDArray features, int[] labels) {
        return fit(features, labels, Rng.of(0), Progress.none());
    }
}
