package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Pooling;
import org.ldae.inference.Reading;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.LogisticSolver;
import org.ldae.probe.Spectrum;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is measured on some of the images: health, few labels, the map of blocks and noise levels. */
final class Details {

    private static final int TRAIN = 10_000;
    private static final int TEST = 2_000;
    private static final int MAPPED = 4_000;
    private static final int DRAWS = 20;
    private static final int PICTURED = 8;
    private static final int NEIGHBOURS = 10;
    private static final int SINGULAR_VALUES = 256;
    private static final int[] PER_CLASS = {1, 4, 16};
    private static final int[] PERCENT = {1, 10};
    private static final double[] PENALTIES = {10, 1, 0.1, 0.01};

    /** Columns that vary by less than this share of what the most varying does are dead. */
    private static final double DEAD = 1e-3;

    /** A probe for comparisons within a map: a fixed penalty, not quite to the end. */
    private static final double MAP_PENALTY = 0.03;

    private static final double MAP_TOLERANCE = 1e-3;

    private final Dataset data;
    private final Rng rng;
    /** Which of the test images are looked at. */
    private final int[] tested;

    Details(Dataset data, Rng rng) {
        this.rng = rng;
        this.tested = some(data.test(), TEST);
        this.data = new Dataset(
                data.train().select(some(data.train(), TRAIN)), data.test().select(tested));
    }

    private int[] some(ImageSource images, int most) {
        int[] order = rng.stream("some images").permutation(images.size());
        return Arrays.copyOf(order, Math.min(most, order.length));
    }

    /** What {@link #health} is expected to take. */
    double healthEffort(View view) {
        int width = view.widest();
        double neighbours = 2 * Effort.product(tested.length, width, tested.length);
        return Effort.reading(view.reading(), 2L * tested.length) + neighbours + Effort.spectrum(width);
    }

    /** What {@link #fewLabels} is expected to take. */
    double fewLabelsEffort(View view) {
        int width = view.widest();
        double fits = draws().values().stream()
                .mapToDouble(draws ->
                        (draws.size() + PENALTIES.length) * Effort.ridge(draws.get(0).length, tested.length, width))
                .sum();
        return fits + Effort.reading(view.reading(), data.train().size() + tested.length);
    }

    /** What {@link #map} is expected to take. */
    double mapEffort(Encoder encoder, Pooling pooling) {
        Features clean = everyBlock(encoder, pooling);
        Reading reading = encoder.reading(clean);
        long rows = Math.min(MAPPED, data.train().size());
        double each = Effort.reading(reading, rows + tested.length)
                + Effort.fixed(rows, reading.size(), data.train().classNames().size());
        return each * (1 + encoder.noiseTimes().size());
    }

    private static Features everyBlock(Encoder encoder, Pooling pooling) {
        return Features.of(pooling)
                .after(IntStream.rangeClosed(1, encoder.blocks()).toArray());
    }

    /** What needs no labels. */
    Health health(Subject subject, Features features) {
        try (INDArray clean = subject.encoder().represent(data.test(), features);
                INDArray changed = subject.encoder().represent(augmented(), features)) {
            Spectrum spectrum = Spectrum.of(clean);
            double[] values = spectrum.singularValues();
            List<Double> shares = Arrays.stream(values)
                    .limit(SINGULAR_VALUES)
                    .map(value -> value / Math.max(values[0], Double.MIN_NORMAL))
                    .boxed()
                    .toList();
            Neighbours own = Neighbours.of(clean, clean);
            return new Health(
                    subject.name(),
                    features.pooling().name(),
                    clean.columns(),
                    spectrum.rankMe(),
                    shares,
                    own.agreement(Neighbours.of(changed, clean), NEIGHBOURS),
                    own.meanCosine(),
                    dead(clean),
                    nearest(own));
        }
    }

    private List<List<Integer>> nearest(Neighbours neighbours) {
        return IntStream.range(0, Math.min(PICTURED, data.test().size()))
                .mapToObj(i -> IntStream.concat(IntStream.of(i), Arrays.stream(neighbours.nearest(i, PICTURED)))
                        .map(each -> tested[each])
                        .boxed()
                        .toList())
                .toList();
    }

    /** Mirrored at random and shifted by up to a sixteenth of the height. */
    private ImageSource augmented() {
        ImageSource images = data.test();
        ImageShape shape = images.shape();
        Augmentation change = Augmentation.none().withFlip().withShift(Math.max(1, shape.height() / 16));
        float[] pixels = new float[Math.multiplyExact(images.size(), shape.size())];
        float[] scratch = new float[change.scratch(shape)];
        for (int i = 0; i < images.size(); i++) {
            images.read(i, pixels, i * shape.size());
            change.apply(
                    pixels, i * shape.size(), shape, rng.stream("augmentation").at(i), scratch);
        }
        INDArray array = NdArrays.of(pixels, images.size(), shape.channels(), shape.height(), shape.width());
        return ImageSource.of(array, images.labels(), images.classNames());
    }

    private static double dead(INDArray features) {
        double[] deviations = Workers.withSingleThreadedBlas(
                () -> features.std(false, 0).data().asDouble());
        double most = Arrays.stream(deviations).max().orElseThrow();
        return Arrays.stream(deviations).filter(each -> each <= DEAD * most).count() / (double) deviations.length;
    }

    /** Probes on few labels, the same draws for every subject. */
    List<FewLabels> fewLabels(Subject subject, Features features) {
        List<FewLabels> all = new ArrayList<>();
        try (INDArray train = subject.encoder().represent(data.train(), features);
                INDArray test = subject.encoder().represent(data.test(), features)) {
            Slice columns = Slice.of(features.blocks(), 0, train.columns());
            for (Map.Entry<String, List<int[]>> labelled : draws().entrySet()) {
                List<int[]> draws = labelled.getValue();
                double l2 = penalty(columns, train, draws.get(0));
                List<Double> top1 = new ArrayList<>();
                for (int[] draw : draws) {
                    top1.add(fit(columns, train, draw, l2)
                            .accuracy(test, data.test().labels()));
                }
                String name = features.pooling().name();
                all.add(new FewLabels(subject.name(), name, labelled.getKey(), draws.get(0).length, l2, top1));
            }
        }
        return all;
    }

    /** By how many labels there are: twenty draws of training images. */
    private Map<String, List<int[]>> draws() {
        int classes = Arrays.stream(data.train().labels()).max().orElseThrow() + 1;
        int rarest = IntStream.range(0, classes)
                .map(k -> (int) Arrays.stream(data.train().labels())
                        .filter(label -> label == k)
                        .count())
                .min()
                .orElseThrow();
        Map<String, Integer> perClass = new LinkedHashMap<>();
        for (int count : PER_CLASS) {
            perClass.put(count + " a class", count);
        }
        for (int percent : PERCENT) {
            perClass.put(percent + "%", Math.max(1, data.train().size() * percent / 100 / classes));
        }
        Map<String, List<int[]>> draws = new LinkedHashMap<>();
        perClass.forEach((name, count) -> {
            // Some are left to choose the penalty on.
            if (count <= rarest && (long) count * classes < data.train().size()) {
                draws.put(
                        name,
                        IntStream.range(0, DRAWS)
                                .mapToObj(draw -> draw(count, draw))
                                .toList());
            }
        });
        return draws;
    }

    private int[] draw(int perClass, int number) {
        int[] left = new int[data.train().size()]; // by class, of which there are no more than images
        Arrays.fill(left, perClass);
        return Arrays.stream(rng.stream("few labels").at(number).permutation(left.length))
                .filter(i -> left[data.train().label(i)]-- > 0)
                .toArray();
    }

    /** The penalty that does best on training images outside the draw. */
    private double penalty(Slice columns, INDArray train, int[] draw) {
        Set<Integer> taken = Arrays.stream(draw).boxed().collect(Collectors.toSet());
        int[] others = IntStream.range(0, data.train().size())
                .filter(i -> !taken.contains(i))
                .limit(TEST)
                .toArray();
        double best = PENALTIES[0];
        double most = -1;
        try (INDArray heldOut = columns.of(train, others)) {
            for (double candidate : PENALTIES) {
                double accuracy = fit(columns, train, draw, candidate).accuracy(heldOut, labels(others));
                if (accuracy > most) {
                    most = accuracy;
                    best = candidate;
                }
            }
        }
        return best;
    }

    private LinearProbe fit(Slice columns, INDArray train, int[] rows, double l2) {
        try (INDArray some = columns.of(train, rows)) {
            return LinearProbe.ridge().withL2(l2).fit(some, labels(rows));
        }
    }

    private int[] labels(int[] rows) {
        return Arrays.stream(rows).map(data.train()::label).toArray();
    }

    /** Every block of an encoder at every time, clean and noisy. */
    List<MapPoint> map(Encoder encoder, Pooling pooling, Effort effort) {
        List<Features> readings = new ArrayList<>();
        Features clean = everyBlock(encoder, pooling);
        readings.add(clean);
        encoder.noiseTimes().forEach(time -> readings.add(clean.at(time).withNoise(rng.seed())));
        ImageSource train = data.train().limit(MAPPED);
        List<MapPoint> points = new ArrayList<>();
        LogisticSolver solver = LinearProbe.logistic().withL2(MAP_PENALTY).withTolerance(MAP_TOLERANCE);
        for (Features reading : readings) {
            List<Slice> slices = Slice.of(encoder, train, reading);
            try (INDArray all = encoder.represent(train, reading);
                    INDArray test = encoder.represent(data.test(), reading)) {
                for (Slice slice : slices) {
                    try (INDArray some = slice.of(all);
                            INDArray others = slice.of(test)) {
                        double top1 = solver.fit(some, train.labels())
                                .accuracy(others, data.test().labels());
                        points.add(new MapPoint(
                                pooling.name(),
                                slice.blocks().get(0),
                                reading.time(),
                                reading.noise().isPresent(),
                                top1));
                    }
                }
            }
            effort.spend(mapEffort(encoder, pooling) / readings.size());
        }
        return points;
    }
}
