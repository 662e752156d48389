package org.ldae.baselines;

import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Inference;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Parameters;
import org.ldae.probe.Evaluation;
import org.ldae.transformer.ClassifyingPass;
import org.ldae.transformer.ClassifyingTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An encoder trained with labels, and the classifier on it. Its weights don't change. Close it to free its memory. */
public final class ViTClassifier implements Encoder {

    private final ClassifyingTransformer network;
    private final PlainEncoder encoder;
    private final Parameters parameters;

    ViTClassifier(
            ClassifyingTransformer network, PlainEncoder.Sizes sizes, Provenance provenance, Parameters parameters) {
        this.network = network;
        this.encoder = new PlainEncoder(sizes, provenance, parameters);
        this.parameters = parameters;
    }

    /**
     * Its encoder.
     *
     * @return live: closed with this classifier
     */
    public PlainEncoder encoder() {
        return encoder;
    }

    /**
     * Scores of the classes before softmax.
     *
     * @param images of the shape it was trained on
     * @return {@code [N, K]}
     * @throws IllegalArgumentException if the shape differs
     */
    public INDArray scores(ImageSource images) {
        int classes = network.classes();
        return Nd4j.createFromArray(numbers(images)).reshape('c', images.size(), classes);
    }

    private float[] numbers(ImageSource images) {
        int classes = network.classes();
        float[] result = new float[Math.multiplyExact(images.size(), classes)];
        Inference<ClassifyingPass> inference =
                new Inference<>(grid(), parameters, (work, n) -> network.pass(work, grid(), n));
        inference.run(images, (pass, pixels, chunk) -> {
            pass.patches().put(pixels);
            float[] scores = pass.forward().toArray();
            System.arraycopy(scores, 0, result, chunk.first() * classes, chunk.count() * classes);
        });
        return result;
    }

    /**
     * The likeliest class of each image.
     *
     * @param images of the shape it was trained on
     * @return {@code [N]} in [0, K)
     * @throws IllegalArgumentException if the shape differs
     */
    public int[] predict(ImageSource images) {
        float[] scores = numbers(images);
        int[] predicted = new int[images.size()];
        for (int i = 0; i < predicted.length; i++) {
            int from = i * network.classes();
            int best = from;
            for (int k = from + 1; k < from + network.classes(); k++) {
                best = scores[k] > scores[best] ? k : best;
            }
            predicted[i] = best - from;
        }
        return predicted;
    }

    /**
     * How it does on labelled images; {@code evaluate(test).top1()} is its accuracy.
     *
     * @param images labelled as the training images
     * @return counts, accuracy and interval
     * @throws IllegalArgumentException if the shape differs
     */
    public Evaluation evaluate(ImageSource images) {
        return Evaluation.of(images.labels(), predict(images), network.classes());
    }

    @Override
    public TokenGrid grid() {
        return encoder.grid();
    }

    @Override
    public int blocks() {
        return encoder.blocks();
    }

    @Override
    public INDArray represent(ImageSource images, Features features) {
        return encoder.represent(images, features);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
