package org.ldae.perceptual;

import java.io.IOException;
import java.nio.file.Path;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Inference;
import org.ldae.inference.Items;
import org.ldae.nn.Linear;
import org.ldae.nn.Parameters;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.MapMemory;
import org.ldae.training.HeldOut;
import org.ldae.training.Session;
import org.ldae.training.Training;
import org.ldae.training.TrainingLoop;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolutional network trained with labels, whose feature maps a perceptual loss compares and whose pooled features a
 * distance between image sets or a probe reads. Never a self-supervised baseline: it has seen labels.
 *
 * <pre>{@code
 * try (FeatureNet net = FeatureNet.fit(train, FeatureNet.small(), Rng.of(1), Progress.console())) {
 *     System.out.println(net.accuracy(test));
 *     INDArray pooled = net.represent(test); // [N, M]
 * }
 * }</pre>
 *
 * <p>It reads images of any sides that its stages can halve. Its weights don't change; it may be shared between threads.
 * Close it to free its memory.
 */
public final class FeatureNet implements AutoCloseable {

    static final String HEAD = "head";

    private final Body body;
    private final Parameters parameters;

    FeatureNet(Body body, Parameters parameters) {
        this.body = body;
        this.parameters = parameters;
    }

    /**
     * Starts the options of a small residual network: 16 channels at full size, then 32, then 64, one block each; 2000
     * steps of 64 images, mirrored at random.
     *
     * @return the options
     */
    public static Options small() {
        return new Options(
                16,
                1,
                Training.steps(2000)
                        .withBatchSize(64)
                        .withAugmentation(Augmentation.none().withFlip())
                        .withHeldOut(HeldOut.every(40)));
    }

    /**
     * Trains a net to tell the classes of the images apart, by the cross-entropy of held-out images.
     *
     * @param images labelled images
     * @param options sizes and training
     * @param rng key of everything random in it
     * @param progress told after every step
     * @return the net; close it to free its memory
     * @throws IllegalArgumentException if the images carry no labels, are too few or too small
     * @throws IllegalStateException if the loss stops being finite
     */
    public static FeatureNet fit(ImageSource images, Options options, Rng rng, Progress progress) {
        return fit(images, options, rng, Session.of(progress));
    }

    /**
     * As {@link #fit(ImageSource, Options, Rng, Progress)}, saved and resumed, or together with other processes.
     *
     * @param images labelled images
     * @param options sizes and training
     * @param rng key of everything random in it
     * @param session who listens, where it is saved, who takes part
     * @return the net; close it to free its memory
     * @throws IllegalArgumentException if the images carry no labels, are too few or too small, or the file that was saved is of
     *     another run
     * @throws IllegalStateException if the loss stops being finite
     */
    public static FeatureNet fit(ImageSource images, Options options, Rng rng, Session session) {
        if (images.classNames().size() < 2) {
            throw new IllegalArgumentException(
                    "images: expected labels of at least 2 classes to train a feature net, got %d classes; use a labelled source, or a net in a FeatureFile"
                            .formatted(images.classNames().size()));
        }
        Body body = new NormalisedBody(
                images.shape().channels(), images.classNames().size(), options.width(), options.blocks());
        FeatureNet net = new FeatureNet(body, layout(body).initialise(rng.stream("weights")));
        try {
            net.requireReads(sides(images.shape()));
            Training training = options.training;
            HeldOut.Split split = training.heldOut().split(images, training.batchSize(), rng);
            FeatureTraining task = new FeatureTraining(net, options, split, rng);
            TrainingLoop.train(task, training, rng, session);
            return net;
        } catch (RuntimeException | Error e) {
            net.close();
            throw e;
        }
    }

    /**
     * Reads a net from a safetensors file. Layouts it knows: what {@link #save} wrote; residual networks of CIFAR-10 with
     * batch normalisation, which is folded in ({@code conv1.weight}, {@code layer1.0.bn1.running_var}, ...,
     * {@code linear.weight}, padding instead of convolutions as shortcuts); the convolutions of torchvision's VGG
     * ({@code features.0.weight}, ...). The latter two normalise pixels with ImageNet's moments.
     *
     * @param file a safetensors file
     * @return the net; close it to free its memory
     * @throws IOException if the file can't be read or its layout is none of these
     */
    public static FeatureNet load(Path file) throws IOException {
        try (Safetensors tensors = Safetensors.read(file)) {
            return tensors.interpret("feature net", () -> FeatureReader.read(tensors));
        }
    }

    /**
     * Writes the net.
     *
     * @param file a safetensors file, replaced only when the new one is complete
     * @throws IOException if it can't be written
     * @throws IllegalStateException if the net was read from a file of another layout: copy that
     */
    public void save(Path file) throws IOException {
        if (!(body instanceof NormalisedBody)) {
            throw new IllegalStateException(
                    "feature net: expected one that was trained here, got %s from a file; copy that file"
                            .formatted(body.getClass().getSimpleName()));
        }
        SafetensorsBuilder builder = Safetensors.builder().metadata("format", "ldae-features/1");
        for (Parameters.Slot slot : parameters.slots()) {
            float[] values = parameters.use(
                    () -> parameters.view(parameters.values(), slot.name()).toArray());
            builder.tensor(slot.name(), Nd4j.createFromArray(values).reshape('c', slot.rows(), slot.columns()));
        }
        builder.write(file);
    }

    static Parameters.Layout layout(Body body) {
        Parameters.Layout layout = Parameters.layout();
        body.stages(body.anyImage()).forEach(stage -> stage.declare(layout));
        if (body.classes() > 0) {
            Linear.declare(
                    layout, HEAD, new Linear.Sides(body.features(), body.classes()), Parameters.Init.XAVIER_UNIFORM);
        }
        return layout;
    }

    static MapShape sides(ImageShape shape) {
        return new MapShape(shape.height(), shape.width(), shape.channels());
    }

    void requireReads(MapShape image) {
        if (image.channels() != body.channels()) {
            throw new IllegalArgumentException("images: expected %d channels as the feature net reads, got %d"
                    .formatted(body.channels(), image.channels()));
        }
        int least = 1 << (body.stages(body.anyImage()).size() - 1);
        if (Math.min(image.height(), image.width()) < least) {
            throw new IllegalArgumentException(
                    "images: expected sides of at least %d for a net of %d feature maps, got %d x %d"
                            .formatted(least, Integer.numberOfTrailingZeros(least) + 1, image.height(), image.width()));
        }
    }

    /**
     * Channels of the images it reads.
     *
     * @return at least 1
     */
    public int channels() {
        return body.channels();
    }

    /**
     * Classes it tells apart.
     *
     * @return 0 if it was read without a head
     */
    public int classes() {
        return body.classes();
    }

    /**
     * Numbers in a pooled feature.
     *
     * @return M
     */
    public int width() {
        return body.features();
    }

    /**
     * Number of its parameters.
     *
     * @return their count
     */
    public int parameterCount() {
        return parameters.count();
    }

    @Override
    public String toString() {
        return "FeatureNet[%d channels, %d features, %d classes, %,d parameters]"
                .formatted(channels(), width(), classes(), parameterCount());
    }

    /**
     * The average over the pixels of its deepest feature map.
     *
     * @param images with as many channels as the net reads
     * @return {@code [N, M]}
     * @throws IllegalArgumentException if channels or sides don't fit
     */
    public INDArray represent(ImageSource images) {
        return run(images, false);
    }

    /**
     * This net as an encoder, to be probed and reported on like any other: its stages are blocks, the pixels of their maps tokens.
     * Remember that it has seen labels.
     *
     * @param images shape of the images it will represent
     * @return an encoder over this net, which stays open when it is closed
     * @throws IllegalArgumentException if channels or sides don't fit
     */
    public Encoder encoder(ImageShape images) {
        requireReads(sides(images));
        return new FeatureEncoder(this, new TokenGrid(images, 1));
    }

    /**
     * The same network with random weights, a control.
     *
     * @param rng key of the weights
     * @return a net of its own
     */
    public FeatureNet untrained(Rng rng) {
        return new FeatureNet(body, layout(body).initialise(rng));
    }

    /**
     * The class each image most likely is of.
     *
     * @param images with as many channels as the net reads
     * @return a class in [0, K) an image
     * @throws IllegalArgumentException if channels or sides don't fit
     * @throws IllegalStateException if the net has no head
     */
    public int[] classify(ImageSource images) {
        if (classes() == 0) {
            throw new IllegalStateException("feature net: expected one with a head, got a net read without classes");
        }
        try (INDArray scores = scores(images)) {
            return scores.argMax(1).toIntVector();
        }
    }

    /**
     * Top-1 accuracy.
     *
     * @param images labelled by the classes the net was trained with
     * @return in [0, 1]
     */
    public double accuracy(ImageSource images) {
        int[] found = classify(images);
        int right = 0;
        for (int i = 0; i < found.length; i++) {
            right += found[i] == images.label(i) ? 1 : 0;
        }
        return (double) right / found.length;
    }

    /** Scores of the classes before softmax, {@code [N, K]}. */
    INDArray scores(ImageSource images) {
        return run(images, true);
    }

    private INDArray run(ImageSource images, boolean withHead) {
        MapShape image = sides(images.shape());
        requireReads(image);
        int most = MapMemory.imagesAtOnce(body.stages(image).toArray(new ConvNet[0]));
        Items rows = Items.patches(images, new TokenGrid(images.shape(), 1)); // [H W, C], as convolutions read them
        return Inference.of(parameters, most).map(rows, new long[] {withHead ? classes() : width()}, (work, n) -> {
            FeaturePass pass = new FeaturePass(body, work, image, n, FeaturePass.Purpose.REPRESENT);
            Tensor pooled = work.allocate(n, width());
            Tensor scores = withHead ? work.allocate(n, classes()) : pooled;
            Linear head = withHead ? new Linear(work, HEAD) : null;
            return (pixels, result, first) -> {
                pass.pixels().put(pixels);
                pass.forward();
                work.kernels().images().averagePool(pass.last().values(), pooled);
                if (head != null) {
                    head.forward(pooled, scores);
                }
                scores.get(result);
            };
        });
    }

    Body body() {
        return body;
    }

    Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        parameters.close();
    }

    /**
     * How to train one, as a plain value.
     *
     * @param width channels at full size, at least 4; each halving doubles them
     * @param blocks residual blocks at each of three sizes, at least 1
     * @param training steps, batch, rate, augmentation, early stopping; activations are kept
     */
    public record Options(int width, int blocks, Training training) implements FeatureSource {

        /**
         * Checks the ranges.
         *
         * @param width channels at full size, at least 4; each halving doubles them
         * @param blocks residual blocks at each of three sizes, at least 1
         * @param training steps, batch, rate, augmentation, early stopping; activations are kept
         */
        public Options {
            if (width < 4 || blocks < 1) {
                throw new IllegalArgumentException(
                        "feature net: expected width >= 4 and blocks >= 1, got %d, %d".formatted(width, blocks));
            }
            training.requireKeepsActivations("feature net");
        }

        /**
         * Other sizes.
         *
         * @param channels at full size, at least 4
         * @param perSize residual blocks at each of three sizes, at least 1
         * @return a copy
         */
        public Options withSize(int channels, int perSize) {
            return new Options(channels, perSize, training);
        }

        /**
         * Another training.
         *
         * @param options steps, batch, rate, augmentation, early stopping
         * @return a copy
         */
        public Options withTraining(Training options) {
            return new Options(width, blocks, options);
        }

        @Override
        public FeatureNet obtain(ImageSource images, Rng rng, Progress progress) {
            return FeatureNet.fit(images, this, rng, progress);
        }
    }
}
