package org.ldae.probe;

import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.Stage;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Ridge regression on one-hot targets: minimises {@code 1 / (2 N) ||Z W + b - Y||^2 + l2 / 2 ||W||^2} on standardised
 * features Z in closed form, as big_vision's fewshot_lsr does.
 *
 * <p>Solves the normal equations on the smaller of the two sides, N or F, by a Cholesky factorisation in double for each
 * L2. Takes {@code 8 min(N, F)^2} bytes twice and time in {@code min(N, F)^2 max(N, F)}: prefer
 * {@link LinearProbe#logistic()} when both exceed about 4000.
 *
 * @param l2 the penalty, or candidates
 */
public record RidgeSolver(L2Choice l2) implements ProbeSolver {

    /**
     * Fixes the penalty.
     *
     * @param value positive
     * @return a copy
     */
    public RidgeSolver withL2(double value) {
        return withL2(L2Choice.fixed(value));
    }

    /**
     * Sets the penalties to choose from.
     *
     * @param choice fixed or held out
     * @return a copy
     */
    public RidgeSolver withL2(L2Choice choice) {
        return new RidgeSolver(choice);
    }

    @Override
    public LinearProbe fit(INDArray features, int[] labels, Rng rng, Progress progress) {
        int classes = TrainingLabels.requireTrainable(features, labels);
        FeatureRows rows = FeatureRows.of(features);
        Stage stage = new Stage("ridge probe", l2.candidates().size() + 1, progress);
        double chosen = l2.candidates().get(0);
        if (!l2.isFixed()) {
            boolean[] heldOut = TrainingLabels.holdOut(labels, classes, l2.heldOut(), rng);
            chosen = chooseL2(rows, labels, heldOut, stage);
        }
        try (NormalEquations equations = new NormalEquations(rows, labels, classes)) {
            LinearProbe probe = probe(equations, chosen);
            stage.finish(Map.of(Progress.Quantity.PENALTY, chosen));
            return probe;
        }
    }

    @Override
    public String describe() {
        return "ridge regression in closed form, " + l2.describe();
    }

    private double chooseL2(FeatureRows rows, int[] labels, boolean[] heldOut, Stage stage) {
        int[] in = TrainingLabels.where(heldOut, false);
        int[] out = TrainingLabels.where(heldOut, true);
        int[] truth = TrainingLabels.select(labels, out);
        int classes = TrainingLabels.classes(labels);
        BestL2 best = new BestL2(out.length);
        try (NormalEquations equations =
                new NormalEquations(rows.select(in), TrainingLabels.select(labels, in), classes)) {
            for (double candidate : l2.candidates()) {
                float[] scores = probe(equations, candidate).scores(rows.select(out));
                double accuracy = accuracy(scores, truth, classes);
                stage.next(Map.of(Progress.Quantity.PENALTY, candidate, Progress.Quantity.ACCURACY, accuracy));
                best.offer(candidate, accuracy, squaredError(scores, truth, classes));
                if (best.passed()) {
                    break;
                }
            }
        }
        return best.l2();
    }

    private LinearProbe probe(NormalEquations equations, double penalty) {
        String description = "ridge (closed form, %s)".formatted(l2.describe(penalty));
        return new LinearProbe(equations.standardizer(), equations.solve(penalty), equations.bias(), description);
    }

    private static double accuracy(float[] scores, int[] truth, int classes) {
        int right = 0;
        for (int i = 0; i < truth.length; i++) {
            right += LinearProbe.argmax(scores, i * classes, classes) == truth[i] ? 1 : 0;
        }
        return (double) right / truth.length;
    }

    private static double squaredError(float[] scores, int[] truth, int classes) {
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            double error = scores[i] - (truth[i / classes] == i % classes ? 1 : 0);
            sum += error * error;
        }
        return sum / truth.length;
    }
}
