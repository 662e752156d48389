package org.ldae.examples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.probe.Evaluation;
import org.ldae.probe.LinearProbe;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Probes several representations of one data set the same way and prints them as a table. */
final class ProbeTable {

    /** Turns images into features {@code [N, F]}. */
    @FunctionalInterface
    interface Representation {
        INDArray of(ImageSource images);
    }

    private final Dataset data;
    private final Rng rng;
    private final Map<String, Double> scores = new LinkedHashMap<>();
    private final List<String> solvers = new ArrayList<>();

    ProbeTable(Dataset data, Rng rng) {
        this.data = data;
        this.rng = rng;
        System.out.printf("%n%-24s %8s   %-15s %s%n", "representation", "top-1", "95% interval", "numbers");
    }

    /** Fits a logistic probe on the training images and scores it on the test images. */
    void add(String key, String label, Representation representation) {
        INDArray train = representation.of(data.train());
        INDArray test = representation.of(data.test());
        LinearProbe probe =
                LinearProbe.logistic().fit(train, data.train().labels(), rng.stream("probe"), Progress.none());
        Evaluation score = probe.evaluate(test, data.test().labels());
        System.out.printf(
                Locale.ROOT,
                "%-24s %7.2f%%   %.2f - %.2f   %d%n",
                label,
                100 * score.top1(),
                100 * score.interval().lower(),
                100 * score.interval().upper(),
                train.columns());
        scores.put(key, score.top1());
        solvers.add(key + ": " + probe.describe());
        train.close();
        test.close();
    }

    /** Top-1 by key, in [0, 1]. */
    Map<String, Double> scores() {
        return scores;
    }

    /** What each probe did, by key. */
    List<String> solvers() {
        return solvers;
    }
}
