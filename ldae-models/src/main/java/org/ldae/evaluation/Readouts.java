package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.inference.Features;
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

    /** Scores by the best block, by all of them if there are several, and by neighbours; none if features are too wide. */
    List<Score> of(Subject subject, Features features) {
        List<Slice> slices = Slice.of(subject.encoder(), data.train(), features);
        Slice all = Slice.all(slices);
        if (all.width() > (long) options.widest() * slices.size()) {
            return List.of();
        }
        String name = features.pooling().name();
        List<Score> scores = new ArrayList<>();
        try (INDArray train = subject.encoder().represent(data.train(), features);
                INDArray test = subject.encoder().represent(data.test(), features)) {
            long began = System.nanoTime();
            Slice best = slices.size() == 1 ? all : best(train, slices);
            Score.Read read = read(subject, features, best);
            scores.add(score(read, name, train, test, began));
            if (options.parts().contains(EncoderEvaluation.Part.NEIGHBOURS)) {
                scores.add(neighbours(read, NEIGHBOURS + name, train, test));
            }
            if (options.everyBlock()) {
                scores.add(
                        slices.size() == 1
                                ? scores.get(0).under(name + ALL)
                                : score(read(subject, features, all), name + ALL, train, test, System.nanoTime()));
            }
        }
        return scores;
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
    private Slice best(INDArray train, List<Slice> slices) {
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
