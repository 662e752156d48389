package org.ldae.probe;

import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Stage;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Fits an {@link AttentiveProbe}: a few learnt queries pool the tokens, and a linear softmax classifier reads what they pool
 * (attentive probing with queries alone, as Psomas et al. 2025). Full-batch L-BFGS on mean cross-entropy plus
 * {@code l2 / 2 (||W||^2 + ||Q||^2)}: deterministic for a seed, without a learning rate, but not convex.
 *
 * <p>Holds one standardised copy of the tokens beside the caller's.
 *
 * @param tokens L of an image
 * @param queries J, at least 1
 * @param l2 the penalty, or candidates tried from strong to weak on a held-out part
 * @param maxIterations most L-BFGS steps of a fit, at least 1
 */
public record AttentiveSolver(int tokens, int queries, L2Choice l2, int maxIterations) {

    /** A fit stops when the gradient's norm is this share of its first. */
    private static final double TOLERANCE = 1e-3;

    /** Queries start this small: nearly the average of all tokens. */
    private static final float START = 0.02f;

    /**
     * Checks the options.
     *
     * @param tokens at least 1
     * @param queries at least 1
     * @param l2 the penalty, or candidates
     * @param maxIterations at least 1
     */
    public AttentiveSolver {
        if (tokens < 1 || queries < 1 || maxIterations < 1) {
            throw new IllegalArgumentException(
                    "attentive probe: expected at least one token, query and iteration, got %d, %d and %d"
                            .formatted(tokens, queries, maxIterations));
        }
    }

    /** Sizes of a fit: L, J and M. */
    record Shape(int tokens, int queries, int width) {
        int pooled() {
            return queries * width;
        }
    }

    /**
     * Sets the number of queries.
     *
     * @param count at least 1
     * @return a copy
     */
    public AttentiveSolver withQueries(int count) {
        return new AttentiveSolver(tokens, count, l2, maxIterations);
    }

    /**
     * Sets the penalties to choose from.
     *
     * @param choice fixed or held out
     * @return a copy
     */
    public AttentiveSolver withL2(L2Choice choice) {
        return new AttentiveSolver(tokens, queries, choice, maxIterations);
    }

    /**
     * Sets the most L-BFGS steps of a fit.
     *
     * @param count at least 1
     * @return a copy
     */
    public AttentiveSolver withMaxIterations(int count) {
        return new AttentiveSolver(tokens, queries, l2, count);
    }

    /**
     * Fits queries and classifier.
     *
     * @param features all tokens of each image, {@code [N, L * M]} float32
     * @param labels {@code [N]} classes from 0; at least two different ones
     * @param rng key of the start and the held-out part
     * @param progress told of each penalty
     * @return the fitted probe
     * @throws IllegalArgumentException if the width is no multiple of the tokens, labels don't match the rows, are negative or all
     *     the same, or a feature is NaN or infinite
     */
    public AttentiveProbe fit(INDArray features, int[] labels, Rng rng, Progress progress) {
        int classes = TrainingLabels.requireTrainable(features, labels);
        if (features.size(1) % tokens != 0) {
            throw new IllegalArgumentException(
                    "features: expected all %d tokens of an image, [N, %d M], got [%d, %d]; read them with Features.tokens()"
                            .formatted(tokens, tokens, features.size(0), features.size(1)));
        }
        FeatureRows rows = FeatureRows.of(features);
        Shape shape = new Shape(tokens, queries, rows.width() / tokens);
        Standardizer standardizer = Standardizer.fit(rows.split(tokens));
        try (RowBlocks images = RowBlocks.of(rows, standardizer::applyInPlace)) {
            double[] point = start(shape, classes, rng);
            Stage stage = new Stage("attentive probe", l2.candidates().size() + 1, progress);
            double chosen = l2.isFixed() ? l2.candidates().get(0) : chooseL2(images, labels, shape, point, rng, stage);
            Lbfgs.Result result = minimise(images, labels, new boolean[labels.length], shape, chosen, point)
                    .result();
            stage.finish(Map.of(Progress.Quantity.LOSS, result.value()));
            String description = "attentive (%s queries, L-BFGS, %s, %s iterations%s)"
                    .formatted(
                            queries,
                            l2.describe(chosen),
                            result.iterations(),
                            result.converged() ? "" : ", not converged");
            return new AttentiveProbe(standardizer, shape, point, description);
        }
    }

    private static double[] start(Shape shape, int classes, Rng rng) {
        float[] normals = new float[shape.pooled()];
        rng.stream("queries").normals(normals, 0, normals.length);
        double[] point = new double[normals.length + (normals.length + 1) * classes];
        for (int i = 0; i < normals.length; i++) {
            point[i] = START * normals[i];
        }
        return point;
    }

    /** Leaves the point where the best penalty did. */
    private double chooseL2(RowBlocks images, int[] labels, Shape shape, double[] point, Rng rng, Stage stage) {
        boolean[] heldOut = TrainingLabels.holdOut(labels, TrainingLabels.classes(labels), l2.heldOut(), rng);
        BestL2 best = new BestL2(TrainingLabels.where(heldOut, true).length);
        double[] bestPoint = point.clone();
        for (double candidate : l2.candidates()) {
            AttentiveObjective.Score score =
                    minimise(images, labels, heldOut, shape, candidate, point).score();
            stage.next(Map.of(Progress.Quantity.PENALTY, candidate, Progress.Quantity.ACCURACY, score.accuracy()));
            if (best.offer(candidate, score.accuracy(), score.loss())) {
                bestPoint = point.clone();
            }
            if (best.passed()) {
                break;
            }
        }
        System.arraycopy(bestPoint, 0, point, 0, point.length);
        return best.l2();
    }

    private record Minimum(Lbfgs.Result result, AttentiveObjective.Score score) {}

    private Minimum minimise(
            RowBlocks images, int[] labels, boolean[] heldOut, Shape shape, double penalty, double[] point) {
        try (AttentiveObjective objective = new AttentiveObjective(images, labels, heldOut, shape, penalty)) {
            double[] start = new double[point.length];
            double[] gradient = new double[point.length];
            System.arraycopy(point, 0, start, 0, shape.pooled());
            objective.evaluate(start, gradient);
            Lbfgs.Stop stop = new Lbfgs.Stop(TOLERANCE * Lbfgs.norm(gradient), maxIterations);
            Lbfgs.Result result = new Lbfgs(objective, vector -> {}).minimize(point, stop);
            return new Minimum(result, objective.score());
        }
    }

    /**
     * The options in words, for reports.
     *
     * @return such as "attentive pooling by 4 queries, L2 0.01"
     */
    public String describe() {
        return "attentive pooling by %s queries, %s".formatted(queries, l2.describe());
    }
}
