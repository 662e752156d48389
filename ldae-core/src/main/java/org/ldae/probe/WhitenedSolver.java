package org.ldae.probe;

import java.util.Locale;
import org.ldae.compute.Workers;
import org.ldae.core.HostFloats;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.linalg.EigenSolver;
import org.ldae.linalg.SymmetricEigen;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Whitens features before another solver sees them: their principal components, each divided by its deviation on the training
 * set. The map goes into the weights, so that the probe is one of raw features like any other.
 *
 * <p>Takes about {@code 24 F^2} bytes, a copy of the features, and time in {@code N F^2 + F^3}: for up to some thousand
 * columns.
 *
 * @param solver fits on the whitened features
 * @param variance share of the standardised features' variance that the components kept have, in (0, 1]; the rest is left out,
 *     since whitening would blow it up
 */
public record WhitenedSolver(ProbeSolver solver, double variance) implements ProbeSolver {

    private static final double VARIANCE = 0.99;

    /** Components with less than this share of the largest variance are rounding. */
    private static final double ROUNDING = 1e-10;

    /**
     * Checks the share.
     *
     * @param solver fits on the whitened features
     * @param variance in (0, 1]
     */
    public WhitenedSolver {
        if (!(variance > 0 && variance <= 1)) {
            throw new IllegalArgumentException("variance: expected a share in (0, 1], got " + variance);
        }
    }

    static WhitenedSolver of(ProbeSolver solver) {
        return new WhitenedSolver(solver, VARIANCE);
    }

    /**
     * Sets the share of the variance that is kept.
     *
     * @param share in (0, 1]
     * @return a copy
     */
    public WhitenedSolver withVariance(double share) {
        return new WhitenedSolver(solver, share);
    }

    @Override
    public LinearProbe fit(INDArray features, int[] labels, Rng rng, Progress progress) {
        TrainingLabels.requireTrainable(features, labels);
        FeatureRows rows = FeatureRows.of(features);
        Standardizer standardizer = Standardizer.fit(rows);
        try (INDArray components = components(rows, standardizer);
                INDArray whitened = whitened(rows, standardizer, components)) {
            LinearProbe probe = solver.fit(whitened, labels, rng, progress);
            try (INDArray inner = probe.weights();
                    INDArray innerBias = probe.bias();
                    INDArray weights = Workers.withSingleThreadedBlas(() -> inner.mmul(components))) {
                String description = "%s on %s whitened components".formatted(probe.describe(), components.size(0));
                return new LinearProbe(
                        standardizer,
                        weights.dup('c').data().asDouble(),
                        innerBias.data().asDouble(),
                        description);
            }
        }
    }

    /** Eigenvectors over deviations, {@code [R, F]}. */
    private INDArray components(FeatureRows rows, Standardizer standardizer) {
        int width = rows.width();
        double[] covariance;
        try (INDArray products = Gram.ofColumns(rows, standardizer, rows.count())) {
            covariance = products.data().asDouble();
        }
        SymmetricEigen eigen = SymmetricEigen.of(covariance, width, EigenSolver.AUTO);
        int kept = kept(eigen.values());
        float[] components = new float[Math.multiplyExact(kept, width)];
        for (int i = 0; i < components.length; i++) {
            components[i] = (float) (eigen.vectors()[i] / Math.sqrt(eigen.values()[i / width]));
        }
        return Nd4j.create(components, new long[] {kept, width}, 'c');
    }

    private int kept(double[] variances) {
        double all = 0;
        for (double each : variances) {
            all += each;
        }
        double sum = 0;
        int kept = 0;
        while (kept < variances.length && sum < variance * all && variances[kept] > ROUNDING * variances[0]) {
            sum += variances[kept++];
        }
        if (kept == 0) {
            throw new IllegalArgumentException("features: expected columns that vary, got constant ones only");
        }
        return kept;
    }

    /** {@code [N, R]}, new. */
    private static INDArray whitened(FeatureRows rows, Standardizer standardizer, INDArray components) {
        int width = (int) components.size(0);
        HostFloats all = HostFloats.uninitialised(rows.count(), width);
        rows.eachBlock(rows.blockRows(), (from, to) -> {
            try (INDArray block = standardizer.apply(rows.range(from, to));
                    INDArray product = Nd4j.createUninitialized(DataType.FLOAT, new long[] {to - from, width}, 'c')) {
                components.mmuli(block.transpose(), product.transpose());
                float[] numbers = product.data().asFloat();
                all.put((long) from * width, numbers, 0, numbers.length);
            }
        });
        return all.written();
    }

    @Override
    public String describe() {
        return String.format(
                Locale.ROOT,
                "%s, on whitened components with %s%% of the variance",
                solver.describe(),
                L2Choice.number(100 * variance));
    }
}
