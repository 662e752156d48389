package org.ldae.study;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.ProbeSolver;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Probes representations of one data set, all in the same way, and collects the scores. */
final class Probing {

    /** Turns images into features {@code [N, F]}. */
    @FunctionalInterface
    interface Representation {
        INDArray of(ImageSource images);
    }

    private final Dataset data;
    private final Rng root;
    private final Map<String, Double> metrics = new TreeMap<>();

    Probing(Dataset data, Rng rng) {
        this.data = data;
        this.root = rng;
    }

    /** How features are probed; part of a cell's settings. */
    static ProbeSolver solver() {
        return LinearProbe.logistic();
    }

    /** Key of the run. */
    Rng root() {
        return root;
    }

    Dataset data() {
        return data;
    }

    /** Fits the probe on training images and scores it on test images. */
    void probe(String metric, Representation representation) {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("study: interrupted while probing");
        }
        try (INDArray train = representation.of(data.train());
                INDArray test = representation.of(data.test())) {
            LinearProbe probe = solver().fit(train, data.train().labels(), root.stream("probe"), Progress.none());
            metrics.put(metric, probe.evaluate(test, data.test().labels()).top1());
        }
    }

    void put(String metric, double value) {
        metrics.put(metric, value);
    }

    Map<String, Double> metrics() {
        return metrics;
    }
}
