package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.inference.Reading;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.NearestNeighbours;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Probes of one subject under one pooling. All blocks are read at once; the best is chosen on a tenth of the training images, and
 * the probe then fitted on all of them. Memory is that of the features of all blocks, and twice that of those being probed.
 */
final class Readouts {

    /** What stands behind the name of a pooling where several blocks are read. */
    static final String ALL = ".all-blocks";

    /** What stands before it for nearest neighbours. */
    static final String NEIGHBOURS = "k-nn.";

    /** One image of so many is held out to choose a block. */
    private static final int HELD_OUT = 10;

    private final EncoderEvaluation options;
    private final Dataset data;
    private final Rng rng;

    Readouts(EncoderEvaluation options, Dataset data, Rng rng) {
        this.options = options;
        this.data = data;
        this.rng = rng;
    }

    /**
     * A subject to be read under a pooling.
     *
     * @param subject what is read
     * @param features what of it
     * @param slices the columns of each block
     */
    record Job(Subject subject, Features features, List<Slice> slices) {

        Slice all() {
            return Slice.all(slices);
        }

        Reading reading() {
            return subject.encoder().reading(features);
        }

        /** Numbers of the widest block. */
        int widest() {
            return slices.stream().mapToInt(Slice::width).max().orElseThrow();
        }
    }

    Job job(Subject subject, Features features) {
        return new Job(subject, features, Slice.of(subject.encoder(), data.train(), features));
    }

    private boolean tooWide(Job job) {
        return job.all().width() > (long) options.widest() * job.slices().size();
    }

    /** What {@link #of} tells in all. */
    double effort(Job job) {
        if (tooWide(job)) {
            return 0;
        }
        int blocks = job.slices().size();
        double each = blocks == 1
                ? 0
                : job.slices().stream()
                        .mapToDouble(slice -> choosing(slice.width()))
                        .sum();
        double neighbours = parts(EncoderEvaluation.Part.NEIGHBOURS) ? nearest(job.widest()) : 0;
        double all = options.everyBlock() && blocks > 1 ? choosing(job.all().width()) : 0;
        return reading(job, data.train())
                + reading(job, data.test())
                + each
                + choosing(job.widest())
                + neighbours
                + all;
    }

    private boolean parts(EncoderEvaluation.Part part) {
        return options.parts().contains(part);
    }

    private static double reading(Job job, ImageSource images) {
        return Effort.reading(job.reading(), images.size());
    }

    private double choosing(int width) {
        return Effort.choosing(
                data.train().size(), width, data.train().classNames().size());
    }

    private double nearest(int width) {
        return Effort.product(data.train().size(), width, data.test().size());
    }

    /** Scores by the best block, by all of them if there are several, and by neighbours; none if features are too wide. */
    List<Score> of(Job job, Effort effort) {
        if (tooWide(job)) {
            return List.of();
        }
        Subject subject = job.subject();
        Features features = job.features();
        Slice all = job.all();
        boolean single = job.slices().size() == 1;
        String name = features.pooling().name();
        List<Score> scores = new ArrayList<>();
        try (INDArray train = represent(job, data.train(), effort);
                INDArray test = represent(job, data.test(), effort)) {
            long began = System.nanoTime();
            Slice best = single ? all : best(train, job.slices(), effort);
            Score.Read read = read(subject, features, best);
            scores.add(score(read, name, train, test, began));
            effort.spend(choosing(job.widest()));
            if (parts(EncoderEvaluation.Part.NEIGHBOURS)) {
                scores.add(neighbours(read, NEIGHBOURS + name, train, test));
                effort.spend(nearest(job.widest()));
            }
            if (options.everyBlock() && single) {
                scores.add(scores.get(0).under(name + ALL));
            } else if (options.everyBlock()) {
                scores.add(score(read(subject, features, all), name + ALL, train, test, System.nanoTime()));
                effort.spend(choosing(all.width()));
            }
        }
        return scores;
    }

    private static INDArray represent(Job job, ImageSource images, Effort effort) {
        INDArray features = job.subject().encoder().represent(images, job.features());
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
        int[] in = Arrays.copyOfRange(order, out.length, order.length);
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
            effort.spend(choosing(slice.width()));
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
