package org.ldae.probe;

import java.util.Arrays;
import java.util.Map;
import org.ldae.core.Progress.Quantity;
import org.ldae.core.Rng;
import org.ldae.core.Stage;

/** One fit in progress: the current point and the preconditioner, shared by all L2 values. */
final class LogisticFit {

    /**
     * Share of the gradient that is left of each penalty's own: wide features have so long a gradient at zero weights that every
     * later penalty would be taken for converged where the one before ended.
     */
    private static final double FOLLOWED = 0.1;

    private final LogisticSolver options;
    private final LogisticRows features;
    private final int[] labels;
    private final int classes;
    private final PrincipalDirections directions;
    private double[] point;
    private double curvature;
    private double startNorm;

    LogisticFit(LogisticSolver options, LogisticRows features, int[] labels, int classes, Rng rng) {
        this.options = options;
        this.features = features;
        this.labels = labels;
        this.classes = classes;
        this.directions = PrincipalDirections.of(features, rng);
        this.point = startingPoint();
    }

    /** Zero weights, and the bias that gives the class frequencies (half an image added, so that absent ones stay finite). */
    private double[] startingPoint() {
        int width = features.width();
        double[] start = new double[(width + 1) * classes];
        int[] counts = TrainingLabels.counts(labels, classes);
        double mean = Arrays.stream(counts)
                .mapToDouble(n -> Math.log(n + 0.5))
                .average()
                .orElseThrow();
        for (int k = 0; k < classes; k++) {
            start[width * classes + k] = Math.log(counts[k] + 0.5) - mean;
        }
        return start;
    }

    /** Follows the path from strong to weak and stops when the held-out accuracy has clearly passed its best. */
    double chooseL2(Rng rng, Stage stage) {
        boolean[] heldOut = TrainingLabels.holdOut(labels, classes, options.l2().heldOut(), rng);
        BestL2 best = new BestL2(TrainingLabels.where(heldOut, true).length);
        double[] bestPoint = point;
        for (double l2 : options.l2().candidates()) {
            LogisticRows.Score score = minimize(heldOut, l2, options.selectionTolerance(), FOLLOWED)
                    .score();
            stage.next(Map.of(Quantity.PENALTY, l2, Quantity.ACCURACY, score.accuracy()));
            if (best.offer(l2, score.accuracy(), score.loss())) {
                bestPoint = point.clone();
            }
            if (best.passed()) {
                break;
            }
        }
        point = bestPoint;
        return best.l2();
    }

    /** Fits on all rows, from the current point. */
    Lbfgs.Result refit(double l2) {
        return minimize(new boolean[labels.length], l2, options.tolerance(), Double.POSITIVE_INFINITY)
                .result();
    }

    double[] weights() {
        return Arrays.copyOf(point, point.length - classes);
    }

    double[] bias() {
        return Arrays.copyOfRange(point, point.length - classes, point.length);
    }

    private record Minimum(Lbfgs.Result result, LogisticRows.Score score) {}

    private Minimum minimize(boolean[] heldOut, double l2, double tolerance, double share) {
        try (LogisticRows.Objective objective = features.objective(labels, classes, heldOut, l2)) {
            if (startNorm == 0) {
                double[] gradient = new double[point.length];
                objective.evaluate(point, gradient);
                startNorm = Lbfgs.norm(gradient);
                curvature = objective.score().curvature();
            }
            Lbfgs.Stop stop = new Lbfgs.Stop(tolerance * startNorm, share, options.maxIterations());
            try (PrincipalPreconditioner inverse = directions.preconditioner(classes, curvature, l2)) {
                Lbfgs.Result result = new Lbfgs(objective, inverse).minimize(point, stop);
                curvature = objective.score().curvature();
                return new Minimum(result, objective.score());
            }
        }
    }
}
