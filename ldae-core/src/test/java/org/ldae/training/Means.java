package org.ldae.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ldae.compute.Tensor;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Half the squared distance of three numbers to images of three pixels. With a rival there is a game of three phases: the batch's
 * mean is gathered, the first network learns it, and the rival learns what the first is.
 */
final class Means implements Task, AutoCloseable {

    static final int SIZE = 3;

    private final ImageSource images;
    private final Optional<ImageSource> heldOut;
    private final Training training;
    private final List<Parameters> networks = new ArrayList<>();
    private final float[] batch;
    private final float[] mean = new float[SIZE];
    private double spoiledFrom = Double.POSITIVE_INFINITY;
    private boolean game;

    Means(ImageSource images, Optional<ImageSource> heldOut, Training training) {
        this.images = images;
        this.heldOut = heldOut;
        this.training = training;
        this.batch = new float[training.batchSize() * SIZE];
        network();
    }

    /** Adds a rival that learns from step 3 on. */
    Means rival() {
        network();
        game = true;
        return this;
    }

    /** The loss is NaN from some step on. */
    Means spoiled(int step) {
        spoiledFrom = step;
        return this;
    }

    private void network() {
        Parameters.Layout layout = Parameters.layout();
        layout.add("p", 1, SIZE, Parameters.Init.ONES);
        networks.add(layout.initialise(Rng.of(1)));
    }

    static ImageSource constant(int count, double value) {
        return ImageSource.of(
                Nd4j.valueArrayOf(new long[] {count, 3, 1, 1}, value).castTo(Nd4j.dataType()), new int[0], List.of());
    }

    static ImageSource random(int count) {
        float[] pixels = new float[count * SIZE];
        Rng.of(5).normals(pixels, 0, pixels.length);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.tanh(pixels[i]);
        }
        return ImageSource.of(Nd4j.create(pixels, new long[] {count, 3, 1, 1}, 'c'), new int[0], List.of());
    }

    float[] values(int network) {
        Parameters parameters = networks.get(network);
        return parameters.view(parameters.values(), "p").toArray();
    }

    @Override
    public String name() {
        return "means";
    }

    @Override
    public ImageSource images() {
        return images;
    }

    @Override
    public List<Learner> learners() {
        return game
                ? List.of(
                        Learner.of("first", networks.get(0)),
                        Learner.of("rival", networks.get(1)).withStart(3))
                : List.of(Learner.of("first", networks.get(0)));
    }

    @Override
    public int imagesAtOnce() {
        return 2;
    }

    @Override
    public List<Phase> phases(int step) {
        if (!game) {
            return Task.super.phases(step);
        }
        Phase gather = Phase.gathering(batch, this::average);
        return step < 3 ? List.of(gather, Phase.updating(0)) : List.of(gather, Phase.updating(0), Phase.updating(1));
    }

    private void average() {
        for (int k = 0; k < SIZE; k++) {
            double sum = 0;
            for (int i = k; i < batch.length; i += SIZE) {
                sum += batch[i];
            }
            mean[k] = (float) (sum * SIZE / batch.length);
        }
    }

    @Override
    public boolean keepsBest() {
        return !game;
    }

    @Override
    public Part part(Share share, List<Workspace> work) {
        return ImagePart.of(share, new ImageFeed(images, training, Rng.of(9), share), new Distances(work, share.size()))
                .withHeldOut(heldOut);
    }

    /** Distances of some images at a time. */
    private final class Distances implements ImagePass {
        private final List<Workspace> work;
        private final float[] pixels;

        Distances(List<Workspace> work, int count) {
            this.work = work;
            this.pixels = new float[count * SIZE];
        }

        @Override
        public void take(int slot, float[] image, int position, Step step) {
            System.arraycopy(image, 0, pixels, slot * SIZE, SIZE);
        }

        @Override
        public double run(int first, int count, Step step) {
            if (game && step.learns()) {
                return play(first, count, step);
            }
            double loss = 0;
            float[] gradient = gradient(0).toArray();
            float[] values = values(0);
            for (int i = 0; i < count * SIZE; i++) {
                double difference = (double) values[i % SIZE] - pixels[i];
                loss += 0.5 * difference * difference / step.size();
                gradient[i % SIZE] += (float) (difference / step.size());
            }
            if (step.learns()) {
                gradient(0).put(gradient);
            }
            return step.number() >= spoiledFrom ? Double.NaN : loss;
        }

        private double play(int first, int count, Step step) {
            if (step.phase() == 0) {
                System.arraycopy(pixels, 0, batch, first * SIZE, count * SIZE);
                return 0;
            }
            int network = step.phase() - 1;
            float[] towards = network == 0 ? mean : values(0);
            float[] gradient = gradient(network).toArray();
            float[] values = values(network);
            double loss = 0;
            for (int k = 0; k < SIZE; k++) {
                double difference = (double) values[k] - towards[k];
                loss += 0.5 * difference * difference * count / step.size();
                gradient[k] += (float) (difference * count / step.size());
            }
            gradient(network).put(gradient);
            return loss;
        }

        private Tensor gradient(int network) {
            return work.get(network).gradient("p");
        }
    }

    @Override
    public void close() {
        networks.forEach(Parameters::close);
    }
}
