package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Pooling;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.NearestNeighbours;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Probes of one subject. All blocks are read at once, for all poolings that one holds; the best block is chosen on a tenth of the
 * training images by probes of at most 10,000 others, and the probe then fitted on all of them. Memory is that of the features of
 * all blocks, and twice that of those being probed.
 */
final class Readouts {

    /** What stands behind the name of a pooling where several blocks are read. */
    static final String ALL = ".all-blocks";

    /** What stands before it for nearest neighbours. */
    static final String NEIGHBOURS = "k-nn.";

    /** One image of so many is held out to choose a block. */
    private static final int HELD_OUT = 10;

    /** Images that the probes of a choice learn from, at most: the blocks' order shows long before their accuracies are done. */
    private static final int CHOOSING = 10_000;

    private final EncoderEvaluation options;
    private final Dataset data;
    private final Rng rng;

    Readouts(EncoderEvaluation options, Dataset data, Rng rng) {
        this.options = options;
        this.data = data;
        this.rng = rng;
    }

    /** A pass over the images, and what is taken from it. */
    record Job(View read, List<View> views) {}

    /**
     * Poolings that a subject is not too wide for: those of the encoder, without which its controls would stand in its place.
     *
     * @throws IllegalArgumentException if there is none
     */
    List<Pooling> fitting(Subject subject) {
        List<Pooling> fitting = options.poolings().stream()
                .filter(pooling -> !tooWide(view(subject, features(subject.encoder(), pooling))))
                .toList();
        if (fitting.isEmpty()) {
            throw new IllegalArgumentException(
                    "readouts: expected at most %s numbers a block of %s, got more by each of %s; read averages or allow wider ones"
                            .formatted(
                                    options.widest(),
                                    subject.name(),
                                    options.poolings().stream()
                                            .map(Pooling::name)
                                            .toList()));
        }
        return fitting;
    }

    /** What a subject is to be read for, each pooling in the widest pass that holds it; what is too wide is left out. */
    List<Job> jobs(Subject subject, List<Pooling> poolings) {
        List<View> views = poolings.stream()
                .map(pooling -> view(subject, features(subject.encoder(), pooling)))
                .filter(view -> !tooWide(view))
                .toList();
        Map<View, List<View>> passes = new LinkedHashMap<>();
        for (View view : views) {
            View read = views.stream()
                    .filter(view::isWithin)
                    .max(Comparator.comparingInt(other -> other.all().width()))
                    .orElseThrow();
            passes.computeIfAbsent(read, pass -> new ArrayList<>()).add(view.from(read));
        }
        return passes.entrySet().stream()
                .map(pass -> new Job(pass.getKey(), pass.getValue()))
                .toList();
    }

    private View view(Subject subject, Features features) {
        return new View(subject, features, Slice.of(subject.encoder(), data.train(), features));
    }

    private Features features(Encoder encoder, Pooling pooling) {
        Features last = options.mirrored() ? Features.of(pooling).mirrored() : Features.of(pooling);
        return options.everyBlock()
                ? last.after(IntStream.rangeClosed(1, encoder.blocks()).toArray())
                : last;
    }

    private boolean tooWide(View view) {
        return view.all().width() > (long) options.widest() * view.slices().size();
    }

    /** What {@link #of} tells in all. */
    double effort(Job job) {
        return reading(job, data.train())
                + reading(job, data.test())
                + job.views().stream().mapToDouble(this::effort).sum();
    }

    private double effort(View view) {
        int blocks = view.slices().size();
        double each = blocks == 1
                ? 0
                : view.slices().stream()
                        .mapToDouble(slice -> choosing(choosers(), slice.width()))
                        .sum();
        double neighbours = parts(EncoderEvaluation.Part.NEIGHBOURS) ? nearest(view.widest()) : 0;
        double all = options.everyBlock() && blocks > 1
                ? choosing(data.train().size(), view.all().width())
                : 0;
        return each + choosing(data.train().size(), view.widest()) + neighbours + all;
    }

    private boolean parts(EncoderEvaluation.Part part) {
        return options.parts().contains(part);
    }

    private static double reading(Job job, ImageSource images) {
        return Effort.reading(job.read().reading(), images.size());
    }

    private double choosing(int images, int width) {
        return Effort.choosing(images, width, data.train().classNames().size());
    }

    /** Images that a choice learns from. */
    private int choosers() {
        int size = data.train().size();
        return Math.min(size - Math.max(1, size / HELD_OUT), CHOOSING);
    }

    private double nearest(int width) {
        return Effort.product(data.train().size(), width, data.test().size());
    }

    /** By pooling: scores by the best block, by all of them if there are several, and by neighbours. */
    Map<Pooling, List<Score>> of(Job job, Effort effort) {
        Map<Pooling, List<Score>> scores = new LinkedHashMap<>();
        try (INDArray train = represent(job, data.train(), effort);
                INDArray test = represent(job, data.test(), effort)) {
            job.views().forEach(view -> scores.put(view.pooling(), of(view, train, test, effort)));
        }
        return scores;
    }

    private List<Score> of(View view, INDArray train, INDArray test, Effort effort) {
        Subject subject = view.subject();
        Features features = view.features();
        Slice all = view.all();
        boolean single = view.slices().size() == 1;
        String name = view.pooling().name();
        List<Score> scores = new ArrayList<>();
        long began = System.nanoTime();
        Slice best = single ? all : best(train, view.slices(), effort);
        Score.Read read = read(subject, features, best);
        scores.add(score(read, name, train, test, began));
        effort.spend(choosing(data.train().size(), view.widest()));
        if (parts(EncoderEvaluation.Part.NEIGHBOURS)) {
            scores.add(neighbours(read, NEIGHBOURS + name, train, test));
            effort.spend(nearest(view.widest()));
        }
        if (options.everyBlock() && single) {
            scores.add(scores.get(0).under(name + ALL));
        } else if (options.everyBlock()) {
            scores.add(score(read(subject, features, all), name + ALL, train, test, System.nanoTime()));
            effort.spend(choosing(data.train().size(), all.width()));
        }
        return scores;
    }

    private static INDArray represent(Job job, ImageSource images, Effort effort) {
        INDArray features =
                job.read().subject().encoder().represent(images, job.read().features());
        effort.spend(reading(job, images));
        return features;
    }

    private static Score.Read read(Subject subject, Features features, Slice slice) {
        int[] blocks = slice.blocks().stream().mapToInt(Integer::intValue).toArray();
        Features some = blocks.length == 0 ? features : features.after(blocks);
        return new Score.Read(
                subject.name(), slice, subject.encoder().reading(some).flopsPerImage());
    }

    private Score score(Score.Read read, String name, INDArray train, INDArray test, long began) {
        try (INDArray some = read.slice().of(train);
                INDArray others = read.slice().of(test)) {
            LinearProbe probe = fit(some, data.train().labels());
            return Score.of(
                    read, name, probe, probe.evaluate(others, data.test().labels()), began);
        }
    }

    private Score neighbours(Score.Read read, String name, INDArray train, INDArray test) {
        long began = System.nanoTime();
        try (INDArray some = read.slice().of(train);
                INDArray others = read.slice().of(test);
                NearestNeighbours nearest =
                        NearestNeighbours.fit(some, data.train().labels())) {
            return Score.of(
                    read, name, nearest, nearest.evaluate(others, data.test().labels()), began);
        }
    }

    /** The block whose probe does best on held-out training images. */
    private Slice best(INDArray train, List<Slice> slices, Effort effort) {
        int[] order = rng.stream("held out for blocks").permutation((int) train.size(0));
        int[] out = Arrays.copyOf(order, Math.max(1, order.length / HELD_OUT));
        int[] in = Arrays.copyOfRange(order, out.length, Math.min(order.length, out.length + CHOOSING));
        Slice best = slices.get(0);
        double most = -1;
        for (Slice slice : slices) {
            try (INDArray some = slice.of(train, in);
                    INDArray others = slice.of(train, out)) {
                double accuracy = fit(some, labels(in)).accuracy(others, labels(out));
                if (accuracy > most) {
                    most = accuracy;
                    best = slice;
                }
            }
            effort.spend(choosing(in.length, slice.width()));
        }
        return best;
    }

    private LinearProbe fit(INDArray features, int[] labels) {
        return options.solver().fit(features, labels, rng.stream("probe"), Progress.none());
    }

    private int[] labels(int[] indices) {
        return Arrays.stream(indices).map(data.train()::label).toArray();
    }
}
