package org.ldae.probe;

import org.ldae.linalg.Cholesky;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code (Z'Z / N + l2) W = Z'Y / N} for standardised features Z and centred one-hot targets Y, in double; where rows are
 * fewer than columns {@code (ZZ' / N + l2) A = Y / N, W = Z'A}, which has the same solution.
 */
final class NormalEquations implements AutoCloseable {

    private final FeatureRows rows;
    private final Standardizer standardizer;
    private final double[][] targets; // [N][K], centred
    private final double[] bias;
    private final boolean dual;
    private final INDArray gram; // [S, S] 'f', S = min(N, F)
    private final double[][] rightHandSide; // [S][K]

    NormalEquations(FeatureRows rows, int[] labels, int classes) {
        this.rows = rows;
        this.standardizer = Standardizer.fit(rows);
        this.bias = new double[classes];
        int[] counts = TrainingLabels.counts(labels, classes);
        for (int k = 0; k < classes; k++) {
            bias[k] = (double) counts[k] / labels.length;
        }
        this.targets = new double[labels.length][classes];
        for (int i = 0; i < labels.length; i++) {
            for (int k = 0; k < classes; k++) {
                targets[i][k] = (labels[i] == k ? 1 : 0) - bias[k];
            }
        }
        this.dual = rows.count() < rows.width();
        this.gram =
                dual ? Gram.ofRows(rows, standardizer, rows.count()) : Gram.ofColumns(rows, standardizer, rows.count());
        this.rightHandSide = dual ? targets : transposeTimes(targets);
    }

    Standardizer standardizer() {
        return standardizer;
    }

    double[] bias() {
        return bias;
    }

    /** The weights {@code [K, F]} row-major. */
    double[] solve(double l2) {
        double[][] x = new double[rightHandSide.length][];
        for (int i = 0; i < x.length; i++) {
            x[i] = rightHandSide[i].clone();
            for (int k = 0; k < bias.length; k++) {
                x[i][k] /= rows.count();
            }
        }
        try (Cholesky factor = new Cholesky(gram, l2)) {
            factor.solve(x);
        }
        double[][] weights = dual ? transposeTimes(x) : x;
        double[] flat = new double[rows.width() * bias.length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = weights[i % rows.width()][i / rows.width()];
        }
        return flat;
    }

    /** {@code Z' values}: [F][K]. */
    private double[][] transposeTimes(double[][] values) {
        double[][] result = new double[rows.width()][bias.length];
        int step = rows.blockRows();
        for (int from = 0; from < rows.count(); from += step) {
            int to = Math.min(rows.count(), from + step);
            float[] block = new float[(to - from) * rows.width()];
            rows.read(from, to, block);
            standardizer.applyInPlace(block);
            for (int i = from; i < to; i++) {
                for (int f = 0; f < result.length; f++) {
                    Lbfgs.addScaled(result[f], block[(i - from) * result.length + f], values[i]);
                }
            }
        }
        return result;
    }

    @Override
    public void close() {
        gram.close();
    }
}
