package org.ldae.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.probe.NearestNeighbours;
import org.ldae.probe.Spectrum;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an encoder's averaged tokens are worth while it is trained: accuracy of nearest neighbours and effective rank, now and then.
 *
 * <pre>{@code
 * LearningCurve curve = LearningCurve.of(trainer::model, data, Rng.of(1)).every(500).telling(Progress.console());
 * trainer.run(curve);
 * System.out.println(curve.toCsv());
 * }</pre>
 *
 * <p>A look represents 2,000 training and 1,000 test images, about as much work as training on a thousand: under 1% of it if a look
 * comes every 100,000 images. Not for choosing settings: test images are looked at.
 */
public final class LearningCurve implements Progress {

    private static final int TRAIN = 2000;
    private static final int TEST = 1000;

    /** Looks in all, unless told otherwise. */
    private static final int LOOKS = 10;

    private final Supplier<? extends Encoder> encoder;
    private final ImageSource train;
    private final ImageSource test;
    /** Steps between looks, 0 for {@link #LOOKS} of them. */
    private final long every;

    private final Progress listener;
    private final List<Point> points = new ArrayList<>();

    private LearningCurve(
            Supplier<? extends Encoder> encoder, ImageSource train, ImageSource test, long every, Progress listener) {
        this.encoder = encoder;
        this.train = train;
        this.test = test;
        this.every = every;
        this.listener = listener;
    }

    /**
     * One look.
     *
     * @param step steps done
     * @param neighbours top-1 of nearest neighbours (DINO's 20) on the test images looked at, in [0, 1]
     * @param rankMe effective rank of their features (Garrido et al. 2023)
     */
    public record Point(long step, double neighbours, double rankMe) {}

    /**
     * Ten looks in all.
     *
     * @param encoder the encoder as it is now, such as {@code trainer::model}, closed after each look; the training is run with this
     *     curve as its listener
     * @param data labelled images of its shape
     * @param rng key of which images are looked at
     * @return the curve, still empty
     */
    public static LearningCurve of(Supplier<? extends Encoder> encoder, Dataset data, Rng rng) {
        return new LearningCurve(
                encoder, some(data.train(), TRAIN, rng), some(data.test(), TEST, rng), 0, Progress.none());
    }

    private static ImageSource some(ImageSource images, int most, Rng rng) {
        int[] order = rng.stream("learning curve").permutation(images.size());
        return images.select(Arrays.copyOf(order, Math.min(most, order.length)));
    }

    /**
     * Other times to look.
     *
     * @param steps between two looks, at least 1; the last step is looked at in any case
     * @return a copy, empty
     * @throws IllegalArgumentException if there is no step between
     */
    public LearningCurve every(long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("learning curve: expected a look every 1 or more steps, got " + steps);
        }
        return new LearningCurve(encoder, train, test, steps, listener);
    }

    /**
     * Passes on what the trainer tells.
     *
     * @param other told of every step
     * @return a copy, empty
     */
    public LearningCurve telling(Progress other) {
        return new LearningCurve(encoder, train, test, every, other);
    }

    @Override
    public void update(Event event) {
        listener.update(event);
        long between = every > 0 ? every : Math.max(1, event.total() / LOOKS);
        if (event.done() % between == 0 || event.done() == event.total()) {
            look(event.done());
        }
    }

    @Override
    public void warn(String message) {
        listener.warn(message);
    }

    private void look(long step) {
        try (Encoder model = encoder.get();
                INDArray known = model.represent(train, Features.pooled());
                INDArray asked = model.represent(test, Features.pooled());
                NearestNeighbours nearest = NearestNeighbours.fit(known, train.labels())) {
            points.add(new Point(
                    step,
                    nearest.accuracy(asked, test.labels()),
                    Spectrum.of(asked).rankMe()));
        }
    }

    /**
     * The looks of this process, a resumed run's earlier ones not among them.
     *
     * @return in the order of their steps
     */
    public List<Point> points() {
        return List.copyOf(points);
    }

    /**
     * The looks as lines.
     *
     * @return {@code step,k-nn,rankme} and a line a look
     */
    public String toCsv() {
        StringBuilder lines = new StringBuilder("step,k-nn,rankme\n");
        for (Point point : points) {
            lines.append(String.format(Locale.ROOT, "%d,%.4f,%.2f\n", point.step, point.neighbours, point.rankMe));
        }
        return lines.toString();
    }

    @Override
    public String toString() {
        return "LearningCurve[%d looks]".formatted(points.size());
    }
}
