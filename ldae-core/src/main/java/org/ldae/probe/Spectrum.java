package org.ldae.probe;

import org.ldae.linalg.EigenSolver;
import org.ldae.linalg.SymmetricEigen;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The singular values of features {@code [N, F]}: a measure of a representation's health that needs no labels. */
public final class Spectrum {

    /** Keeps the logarithm finite, as RankMe does. */
    private static final double EPSILON = 1e-7;

    private final double[] singularValues;

    private Spectrum(double[] singularValues) {
        this.singularValues = singularValues;
    }

    /**
     * Takes the singular values, in double from one pass over the rows; memory and time of {@code F^2} and {@code N F^2}.
     *
     * @param features {@code [N, F]} float32
     * @return their spectrum
     * @throws IllegalArgumentException if a feature is NaN or infinite
     */
    public static Spectrum of(INDArray features) {
        FeatureRows rows = FeatureRows.of(features);
        int width = rows.width();
        double[] gram;
        try (INDArray products = Gram.ofColumns(rows, Standardizer.none(width), 1)) {
            gram = products.data().asDouble();
        }
        double[] values =
                SymmetricEigen.of(gram, width, EigenSolver.AUTO).values().clone();
        for (int i = 0; i < width; i++) {
            values[i] = Math.sqrt(values[i]);
        }
        return new Spectrum(values);
    }

    /**
     * The singular values.
     *
     * @return {@code [F]} in descending order, new
     */
    public double[] singularValues() {
        return singularValues.clone();
    }

    /**
     * RankMe (Garrido et al. 2023, eq. 1): the exponential of the entropy of the singular values' shares. Low values tell that a
     * representation has collapsed.
     *
     * @return the effective rank, from about 1 to {@code min(N, F)}
     */
    public double rankMe() {
        double sum = 0;
        for (double value : singularValues) {
            sum += value;
        }
        double entropy = 0;
        for (double value : singularValues) {
            double share = (sum > 0 ? value / sum : 0) + EPSILON;
            entropy -= share * Math.log(share);
        }
        return Math.exp(entropy);
    }
}
