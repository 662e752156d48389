package org.ldae.probe;

import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Stage;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Multinomial logistic regression: minimises mean cross-entropy plus {@code l2 / 2 ||W||^2} on standardised features by
 * preconditioned L-BFGS. scikit-learn's {@code LogisticRegression(C = 1 / (N l2))} has the same minimum.
 *
 * <p>The L2 candidates are tried from strong to weak, each from the solution before, until the held-out accuracy falls
 * by more than its standard error. Holds one standardised copy of the features beside the caller's.
 *
 * @param l2 the penalty, or candidates
 * @param tolerance the last fit stops when the gradient's norm is this share of its norm at zero weights, in (0, 1); the choice
 *     of the L2 makes do with {@value #SELECTION_TOLERANCE}
 * @param maxIterations most L-BFGS steps per fit, at least 1
 */
public record LogisticSolver(L2Choice l2, double tolerance, int maxIterations) implements ProbeSolver {

    private static final double SELECTION_TOLERANCE = 1e-2;

    /** Where classes separate, a thousand times as much leaves a tenth of the predictions other than at the optimum. */
    private static final double OPTIMUM = 1e-6;

    /**
     * Checks the options.
     *
     * @param l2 the penalty, or candidates
     * @param tolerance in (0, 1)
     * @param maxIterations at least 1
     */
    public LogisticSolver {
        if (!(tolerance > 0 && tolerance < 1)) {
            throw new IllegalArgumentException("tolerance: expected a number in (0, 1), got " + tolerance);
        }
        if (maxIterations < 1) {
            throw new IllegalArgumentException("maxIterations: expected at least 1, got " + maxIterations);
        }
    }

    static LogisticSolver defaults() {
        return new LogisticSolver(L2Choice.standardGrid(), OPTIMUM, 500);
    }

    /**
     * Fixes the penalty.
     *
     * @param value positive
     * @return a copy
     */
    public LogisticSolver withL2(double value) {
        return withL2(L2Choice.fixed(value));
    }

    /**
     * Sets the penalties to choose from.
     *
     * @param choice fixed or held out
     * @return a copy
     */
    public LogisticSolver withL2(L2Choice choice) {
        return new LogisticSolver(choice, tolerance, maxIterations);
    }

    /**
     * Sets how far it converges.
     *
     * @param value in (0, 1)
     * @return a copy
     */
    public LogisticSolver withTolerance(double value) {
        return new LogisticSolver(l2, value, maxIterations);
    }

    /**
     * Sets the most L-BFGS steps per fit.
     *
     * @param count at least 1
     * @return a copy
     */
    public LogisticSolver withMaxIterations(int count) {
        return new LogisticSolver(l2, tolerance, count);
    }

    @Override
    public LinearProbe fit(INDArray features, int[] labels, Rng rng, Progress progress) {
        TrainingLabels.requireTrainable(features, labels);
        FeatureRows rows = FeatureRows.of(features);
        Standardizer standardizer = Standardizer.fit(rows);
        return fit(standardizer, RowBlocks.of(rows, standardizer::applyInPlace), labels, rng, progress);
    }

    /**
     * Fits on features that lie on several machines: the same algorithm, with sums taken part by part where the parts are, to the
     * same optimum. The labels and the point of the search stay here.
     *
     * @param parts labelled rows
     * @param rng key of the held-out part
     * @param progress told how far the fit is
     * @return the fitted probe
     * @throws IllegalArgumentException if labels are negative or all the same, rows differ in width, or a feature is NaN or
     *     infinite
     */
    public LinearProbe fit(FeatureParts parts, Rng rng, Progress progress) {
        int[] labels = PartRows.labels(parts);
        TrainingLabels.requireTrainable(labels);
        Standardizer standardizer = PartRows.standardizer(parts);
        return fit(standardizer, PartRows.of(parts, standardizer), labels, rng, progress);
    }

    private LinearProbe fit(Standardizer standardizer, LogisticRows rows, int[] labels, Rng rng, Progress progress) {
        int classes = TrainingLabels.classes(labels);
        try (LogisticRows standardized = rows) {
            LogisticFit fit = new LogisticFit(this, standardized, labels, classes, rng);
            Stage stage = new Stage("logistic probe", l2.candidates().size() + 1, progress);
            double chosen = l2.isFixed() ? l2.candidates().get(0) : fit.chooseL2(rng, stage);
            Lbfgs.Result result = fit.refit(chosen);
            stage.finish(Map.of(Progress.Quantity.LOSS, result.value()));
            String description = "logistic (L-BFGS, %s, %s iterations%s)"
                    .formatted(l2.describe(chosen), result.iterations(), result.converged() ? "" : ", not converged");
            return new LinearProbe(standardizer, fit.weights(), fit.bias(), description);
        }
    }

    @Override
    public String describe() {
        return "logistic regression by L-BFGS, " + l2.describe();
    }

    double selectionTolerance() {
        return Math.max(SELECTION_TOLERANCE, tolerance);
    }
}
