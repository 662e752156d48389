package org.ldae.baselines;

import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Inference;
import org.ldae.inference.Items;
import org.ldae.inference.Reading;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Parameters;
import org.ldae.probe.Evaluation;
import org.ldae.transformer.ClassifyingPass;
import org.ldae.transformer.ClassifyingTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;

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
        return Inference.of(parameters, Inference.imagesAtOnce(grid()))
                .map(Items.patches(images, grid()), new long[] {network.classes()}, (work, n) -> {
                    ClassifyingPass pass = network.pass(work, grid(), n);
                    return (patches, scores, first) -> {
                        pass.patches().put(patches);
                        pass.forward().get(scores);
                    };
                });
    }

    /**
     * The likeliest class of each image.
     *
     * @param images of the shape it was trained on
     * @return {@code [N]} in [0, K)
     * @throws IllegalArgumentException if the shape differs
     */
    public int[] predict(ImageSource images) {
        try (INDArray scores = scores(images)) {
            return scores.argMax(1).toIntVector();
        }
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
    public Reading reading(Features features) {
        return encoder.reading(features);
    }

    @Override
    public String toString() {
        return "ViTClassifier[%s]".formatted(encoder);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
