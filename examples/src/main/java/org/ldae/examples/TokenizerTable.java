package org.ldae.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.Tokenizer;

/** What fitted tokenizers keep of test images, and what their latents look like. */
final class TokenizerTable {

    /** Latents are looked at on so many images. */
    private static final int LATENT_IMAGES = 500;

    /**
     * One fitted tokenizer.
     *
     * @param tokenizer its kind
     * @param dimension latent numbers a token
     * @param error mean squared error a pixel on test images, pixels in [-1, 1]
     * @param latentMean mean of all latents
     * @param latentDeviation their standard deviation
     * @param smallestDeviation standard deviation of the component that varies least
     * @param largestDeviation of the one that varies most
     * @param seconds of the fit
     */
    record Row(
            String tokenizer,
            int dimension,
            double error,
            double latentMean,
            double latentDeviation,
            double smallestDeviation,
            double largestDeviation,
            double seconds) {}

    private final ImageSource test;
    private final ImageSource some;
    private final List<Row> rows = new ArrayList<>();

    TokenizerTable(ImageSource test) {
        this.test = test;
        this.some = test.limit(LATENT_IMAGES);
    }

    /** The name of a tokenizer's kind. */
    static String name(Tokenizer tokenizer) {
        return tokenizer.options().name();
    }

    void add(Tokenizer tokenizer, double seconds) {
        int d = tokenizer.dimension();
        float[] latents = tokenizer.encode(some).data().asFloat();
        double[] sums = new double[d];
        double[] squares = new double[d];
        for (int i = 0; i < latents.length; i++) {
            sums[i % d] += latents[i];
            squares[i % d] += (double) latents[i] * latents[i];
        }
        int count = latents.length / d;
        double[] deviations = new double[d];
        double total = 0;
        double totalSquares = 0;
        for (int k = 0; k < d; k++) {
            double mean = sums[k] / count;
            deviations[k] = Math.sqrt(Math.max(0, squares[k] / count - mean * mean));
            total += sums[k];
            totalSquares += squares[k];
        }
        double mean = total / latents.length;
        java.util.Arrays.sort(deviations);
        rows.add(new Row(
                name(tokenizer),
                d,
                tokenizer.reconstructionError(test),
                mean,
                Math.sqrt(totalSquares / latents.length - mean * mean),
                deviations[0],
                deviations[d - 1],
                seconds));
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }

    /** Error by dimension for each kind. */
    Map<String, Map<Integer, Double>> errors() {
        Map<String, Map<Integer, Double>> errors = new LinkedHashMap<>();
        for (Row row : rows) {
            errors.computeIfAbsent(row.tokenizer, name -> new TreeMap<>()).put(row.dimension, row.error);
        }
        return errors;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%-10s %4s %10s %9s %9s %19s %9s%n",
                "tokenizer",
                "d",
                "error",
                "mean",
                "sd",
                "sd of components",
                "seconds"));
        for (Row row : rows) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-10s %4d %10.5f %9.3f %9.3f %8.3f to %7.3f %9.1f%n",
                    row.tokenizer,
                    row.dimension,
                    row.error,
                    row.latentMean,
                    row.latentDeviation,
                    row.smallestDeviation,
                    row.largestDeviation,
                    row.seconds));
        }
        return text.toString();
    }
}
