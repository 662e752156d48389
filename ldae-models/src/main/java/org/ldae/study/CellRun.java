package org.ldae.study;

import java.awt.image.BufferedImage;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Pooling;
import org.ldae.models.LatentDAE;
import org.ldae.models.Provenance;
import org.ldae.models.Recipe;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.ProbeSolver;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.training.Length;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One cell while it runs: what a {@link Subject} is given, and where its numbers go. */
public final class CellRun {

    private final Cell cell;
    private final Dataset data;
    private final TokenizerStore tokenizers;
    private final SampleDistance distance;
    private final Progress listener;
    private final Map<Metric, Double> metrics;
    private final Map<String, List<Double>> losses;
    private final Map<String, BufferedImage> pictures;

    private CellRun(CellRun other, Dataset data) {
        cell = other.cell;
        this.data = data;
        tokenizers = other.tokenizers;
        distance = other.distance;
        listener = other.listener;
        metrics = other.metrics;
        losses = other.losses;
        pictures = other.pictures;
    }

    CellRun(Cell cell, Dataset data, TokenizerStore tokenizers, SampleDistance distance, Progress listener) {
        this.cell = cell;
        this.data = data;
        this.tokenizers = tokenizers;
        this.distance = distance;
        this.listener = listener;
        metrics = new TreeMap<>();
        losses = new LinkedHashMap<>();
        pictures = new LinkedHashMap<>();
    }

    /** How features are probed; part of a cell's settings. */
    static ProbeSolver solver() {
        return LinearProbe.logistic();
    }

    CellResult measure(Subject subject, String settings) {
        long began = System.nanoTime();
        subject.run(this);
        double seconds = (System.nanoTime() - began) / 1e9;
        List<LossCurve> curves = losses.entrySet().stream()
                .map(each -> LossCurve.of(each.getKey(), each.getValue()))
                .toList();
        Optional<Instant> now = Optional.of(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        return new CellResult(
                cell, metrics, curves, pictures, seconds, now, settings, Provenance.of(cell.seed(), data.train()));
    }

    /**
     * The images.
     *
     * @return labelled images for training and tests
     */
    public Dataset data() {
        return data;
    }

    /**
     * Key of everything random.
     *
     * @return the key of the cell's seed
     */
    public Rng rng() {
        return Rng.of(cell.seed());
    }

    /**
     * Who wants to know how far the cell is, and keeps the losses that trainers tell after every step.
     *
     * @return to be told by long calls
     */
    public Progress progress() {
        return event -> {
            event.number(Progress.Quantity.LOSS)
                    .ifPresent(loss -> losses.computeIfAbsent(event.stage(), stage -> new ArrayList<>())
                            .add(loss));
            listener.update(event);
        };
    }

    /**
     * The tokenizer of a recipe, fitted on the training images unless an earlier cell of this seed did.
     *
     * @param recipe whose tokenizer
     * @return shared with other cells
     */
    public Tokenizer tokenizer(Recipe recipe) {
        return tokenizers.get(recipe, data.train(), rng(), progress());
    }

    /**
     * The same cell on images of another size; its numbers go to the same place.
     *
     * @param side height and width in pixels
     * @return a view of this
     */
    public CellRun resized(int side) {
        return new CellRun(
                this,
                new Dataset(
                        data.train().resized(side).cached(),
                        data.test().resized(side).cached()));
    }

    /**
     * Fits the study's probe on features of the training images and scores it on those of the test images.
     *
     * @param metric what the score is
     * @param features from images to {@code [N, F]} float32
     * @throws CancellationException if this thread is interrupted
     */
    public void probe(Metric metric, Function<ImageSource, INDArray> features) {
        requireFinished(!Thread.currentThread().isInterrupted());
        try (INDArray train = features.apply(data.train());
                INDArray test = features.apply(data.test())) {
            LinearProbe probe = solver().fit(train, data.train().labels(), rng().stream("probe"), listener);
            put(metric, probe.evaluate(test, data.test().labels()).top1());
        }
    }

    /**
     * Probes an encoder's averaged tokens and all its tokens.
     *
     * @param encoder trained or not
     * @throws CancellationException if this thread is interrupted
     */
    public void probe(Encoder encoder) {
        probe(encoder, false);
    }

    /** Averaged tokens, and all of them or the averages of 1, 4 and 16 cells, which are fewer numbers. */
    void probe(Encoder encoder, boolean cells) {
        probe(Metric.AVERAGED, images -> encoder.represent(images, Features.pooled()));
        if (cells) {
            probe(Metric.CELLS, images -> encoder.represent(images, Features.of(Pooling.pyramid(1, 2, 4))));
        } else {
            probe(Metric.ALL_TOKENS, images -> encoder.represent(images, Features.tokens()));
        }
    }

    /** What a training has cost: the images it read, by the losses that it told, and the budget it was given, if any. */
    void putWork(Training training) {
        int steps = losses.values().stream().mapToInt(List::size).sum();
        put(Metric.IMAGES, (double) steps * training.batchSize());
        if (training.length().unit() == Length.Unit.FLOPS) {
            put(Metric.FLOPS, (double) training.length().count());
        }
    }

    /** How far a model's samples lie from test images. */
    double frechet(LatentDAE model) {
        return distance.of(model, rng(), listener);
    }

    /**
     * Keeps a number.
     *
     * @param metric what it is
     * @param value may be NaN where it can't be measured
     */
    public void put(Metric metric, double value) {
        metrics.put(metric, value);
    }

    /**
     * Keeps a picture, which the study writes for its first seed.
     *
     * @param name of the file, before the trial's name
     * @param picture what is shown
     */
    public void picture(String name, BufferedImage picture) {
        pictures.put("%s-%s.png".formatted(name, cell.trial()), picture);
    }

    /**
     * Gives the cell up if something long came back before its end.
     *
     * @param finished whether it ended
     * @throws CancellationException if it didn't
     */
    public void requireFinished(boolean finished) {
        if (!finished) {
            throw new CancellationException("study: interrupted in " + cell.id());
        }
    }
}
