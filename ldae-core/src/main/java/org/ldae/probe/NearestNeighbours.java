package org.ldae.probe;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Weighted k-nearest-neighbour classification by cosine similarity, votes {@code exp(similarity / temperature)}, as DINO
 * (Caron et al. 2021, appendix F) evaluates features: nothing is learnt, so nothing needs tuning.
 *
 * <p>Keeps a normalised copy of the training features in native memory until {@link #close()}. Safe to share between
 * threads.
 */
public final class NearestNeighbours implements Classifier, AutoCloseable {

    private static final int BLOCK_SIMILARITIES = 1 << 20;

    private final Options options;
    private final UnitRows unit;
    private final INDArray training; // [N, F], rows of length 1 without their mean
    private final float[] offsets; // [N], the products of the mean with the rows
    private final int[] labels;
    private final int classes;

    private NearestNeighbours(Options options, FeatureRows rows, int[] labels, int classes) {
        this.options = options;
        this.unit = UnitRows.of(rows);
        this.offsets = new float[labels.length];
        this.training = unit.centred(rows, offsets);
        this.labels = labels;
        this.classes = classes;
    }

    /**
     * How neighbours vote.
     *
     * @param k neighbours, at least 1
     * @param temperature of the votes, positive; small ones trust only the nearest
     */
    public record Options(int k, double temperature) {

        /**
         * Checks the options.
         *
         * @param k at least 1
         * @param temperature positive
         */
        public Options {
            if (k < 1) {
                throw new IllegalArgumentException("k: expected at least 1, got " + k);
            }
            if (!(temperature > 0)) {
                throw new IllegalArgumentException("temperature: expected a positive number, got " + temperature);
            }
        }

        /**
         * Sets the temperature of the votes.
         *
         * @param value positive; infinity counts heads
         * @return a copy
         */
        public Options withTemperature(double value) {
            return new Options(k, value);
        }

        /**
         * Keeps the training set.
         *
         * @param features {@code [N, F]} float32
         * @param labels {@code [N]} classes from 0; at least two different ones
         * @return the classifier
         * @throws IllegalArgumentException if labels don't match, k exceeds N, or a feature is NaN or infinite
         */
        public NearestNeighbours fit(INDArray features, int[] labels) {
            int classes = TrainingLabels.requireTrainable(features, labels);
            if (k > labels.length) {
                throw new IllegalArgumentException(
                        "k: expected at most the %d training images, got %d".formatted(labels.length, k));
            }
            return new NearestNeighbours(this, FeatureRows.of(features), labels.clone(), classes);
        }
    }

    /**
     * Options with another number of neighbours and DINO's temperature 0.07.
     *
     * @param k neighbours, at least 1
     * @return options
     */
    public static Options k(int k) {
        return new Options(k, 0.07);
    }

    /**
     * Fits with DINO's k = 20 and temperature 0.07.
     *
     * @param features {@code [N, F]} float32
     * @param labels {@code [N]} classes from 0
     * @return the classifier
     * @throws IllegalArgumentException as {@link Options#fit}
     */
    public static NearestNeighbours fit(INDArray features, int[] labels) {
        return k(20).fit(features, labels);
    }

    @Override
    public int classes() {
        return classes;
    }

    @Override
    public String describe() {
        return "k-NN (cosine, k %s, temperature %s)".formatted(options.k(), options.temperature());
    }

    @Override
    public String toString() {
        return describe();
    }

    @Override
    public int[] predict(INDArray features) {
        FeatureRows rows = FeatureRows.of(features, training.size(1));
        int[] predicted = new int[rows.count()];
        int step = Math.max(1, Math.min(BLOCK_SIMILARITIES / labels.length, rows.blockRows()));
        rows.eachBlock(step, (from, to) -> {
            float[] similarities = similarities(rows.range(from, to));
            for (int i = from; i < to; i++) {
                predicted[i] = vote(similarities, (i - from) * labels.length);
            }
        });
        return predicted;
    }

    @Override
    public void close() {
        training.close();
    }

    /** Up to a number of each row, which changes neither the order nor the votes. */
    private float[] similarities(FeatureRows rows) {
        long[] shape = {rows.count(), labels.length};
        float[] similarities;
        try (INDArray block = unit.centred(rows, new float[rows.count()]);
                INDArray product = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c')) {
            training.mmuli(block.transpose(), product.transpose());
            similarities = product.data().asFloat();
        }
        for (int i = 0; i < similarities.length; i++) {
            similarities[i] += offsets[i % labels.length];
        }
        return similarities;
    }

    /** The class with most votes among the k most similar of one row of similarities. */
    private int vote(float[] similarities, int offset) {
        int k = options.k();
        int[] nearest = new int[k];
        int kept = 0;
        for (int j = 0; j < labels.length; j++) {
            float similarity = similarities[offset + j];
            if (kept == k && similarity <= similarities[offset + nearest[k - 1]]) {
                continue;
            }
            int place = kept < k ? kept++ : k - 1;
            while (place > 0 && similarities[offset + nearest[place - 1]] < similarity) {
                nearest[place] = nearest[place - 1];
                place--;
            }
            nearest[place] = j;
        }
        float[] votes = new float[classes];
        float largest = similarities[offset + nearest[0]];
        for (int j : nearest) {
            votes[labels[j]] += (float) Math.exp((similarities[offset + j] - largest) / options.temperature());
        }
        return LinearProbe.argmax(votes, 0, classes);
    }
}
