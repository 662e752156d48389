package org.ldae.onnx;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.gson.Gson;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ldae.core.AtomicFile;
import org.ldae.core.ImageShape;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.probe.LinearProbe;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model as ONNX (operator set 20), for runtimes in any language: patches, tokenizer and time are inside, images {@code [N, C, H,
 * W]} of any number N with pixels in [-1, 1] go in.
 *
 * <pre>{@code
 * OnnxModel.encoder(model, Features.pooled()).write(Path.of("encoder.onnx"));          // images -> features [N, F]
 * OnnxModel.classifier(encoder, Features.pooled(), probe, names).write(path);          // and scores [N, K], class [N]
 * OnnxModel.denoiser(model, 0.5).write(path);                                          // images -> denoised [N, C, H, W]
 * OnnxModel.network(model).write(path);                                                // noised, time, label -> predicted
 * }</pre>
 *
 * <p>The metadata tells the image's shape and scale, what is read, class names, recipe and provenance. What can't be exported is
 * refused by name: tokenizers that aren't linear, denoisers other than vision transformers and UNets, noised or mirrored features.
 */
public final class OnnxModel {

    private static final String IMAGES = "images";

    private final ModelProto model;

    private OnnxModel(ModelProto model) {
        this.model = model;
    }

    /**
     * Features of a plain encoder, one of ours or one that was trained elsewhere.
     *
     * @param encoder where they come from
     * @param features what is read; the time means nothing
     * @return a model from {@code images} to {@code features}
     * @throws IllegalArgumentException if the features can't be exported
     */
    public static OnnxModel encoder(PlainEncoder encoder, Features features) {
        return encoder(EncoderGraph.of(encoder, features));
    }

    /**
     * Features of a model at the time of the features: those of {@link LatentDAE#plainEncoder} where its network can be folded.
     *
     * @param model where they come from
     * @param features what is read; of a network that is folded, the encoder's blocks
     * @return a model from {@code images} to {@code features}
     * @throws IllegalArgumentException if tokenizer, denoiser or features can't be exported
     */
    public static OnnxModel encoder(LatentDAE model, Features features) {
        return encoder(EncoderGraph.of(model, features));
    }

    private static OnnxModel encoder(EncoderGraph encoder) {
        Graph graph = new Graph("encoder");
        features(graph, encoder);
        return new OnnxModel(graph.model(metadata(encoder, Map.of())));
    }

    /**
     * A linear probe on the features of an encoder.
     *
     * @param encoder where they come from
     * @param features what the probe was trained on
     * @param probe the classifier, its standardisation included
     * @param classNames of the classes, in their order
     * @return a model from {@code images} to {@code features}, {@code scores} before softmax, and the likeliest {@code class}
     * @throws IllegalArgumentException if the features can't be exported, or probe, features and names don't fit
     */
    public static OnnxModel classifier(
            PlainEncoder encoder, Features features, LinearProbe probe, List<String> classNames) {
        return classifier(EncoderGraph.of(encoder, features), probe, classNames);
    }

    /**
     * A linear probe on the features of a model at the time of the features.
     *
     * @param model where they come from
     * @param features what the probe was trained on
     * @param probe the classifier, its standardisation included
     * @param classNames of the classes, in their order
     * @return a model from {@code images} to {@code features}, {@code scores} before softmax, and the likeliest {@code class}
     * @throws IllegalArgumentException if tokenizer, denoiser or features can't be exported, or probe, features and names don't fit
     */
    public static OnnxModel classifier(LatentDAE model, Features features, LinearProbe probe, List<String> classNames) {
        return classifier(EncoderGraph.of(model, features), probe, classNames);
    }

    private static OnnxModel classifier(EncoderGraph encoder, LinearProbe probe, List<String> classNames) {
        if (probe.width() != encoder.size() || probe.classes() != classNames.size()) {
            throw new IllegalArgumentException("probe: expected one of %d features and %d classes, got %d and %d"
                    .formatted(encoder.size(), classNames.size(), probe.width(), probe.classes()));
        }
        Graph graph = new Graph("classifier");
        String read = features(graph, encoder);
        String scores = graph.linear(read, probe.weights(), probe.bias());
        graph.output("scores", scores, probe.classes());
        String likeliest =
                graph.op("ArgMax", List.of(Graph.attribute("axis", 1), Graph.attribute("keepdims", 0)), scores);
        graph.output("class", likeliest, TensorProto.DataType.INT64);
        Map<String, String> more =
                Map.of("ldae.classes", new Gson().toJson(classNames), "ldae.probe", probe.describe());
        return new OnnxModel(graph.model(metadata(encoder, more)));
    }

    /**
     * Denoising of one level, as {@link LatentDAE#denoise}.
     *
     * @param model a model whose predictions tell the clean image
     * @param sigma the noise's standard deviation over the signal's factor
     * @return a model from noisy {@code images} to {@code denoised} ones
     * @throws IllegalArgumentException if tokenizer, denoiser or objective can't be exported, or the schedule has no such level
     */
    public static OnnxModel denoiser(LatentDAE model, double sigma) {
        Graph graph = new Graph("denoiser");
        ImageShape image = model.grid().image();
        String images = input(graph, image);
        String denoised = new DenoiserGraph(graph, model).denoised(images, sigma);
        graph.output("denoised", denoised, image.channels(), image.height(), image.width());
        return new OnnxModel(graph.model(metadata(
                image,
                model.provenance(),
                Map.of(
                        "ldae.sigma",
                        Double.toString(sigma),
                        "ldae.recipe",
                        model.recipe().toJson()))));
    }

    /**
     * The network of a model alone, told time and label by inputs, for samplers in any language: {@code noised} {@code [N, L, D]},
     * which is {@code gamma(t) z_0 + sigma(t) eps} as {@link LatentDAE#estimate(INDArray, double[], int...)} takes it; {@code time}
     * {@code [N]} in [0, 1] and {@code label} {@code [N]}, -1 for none, where the network is told them.
     *
     * @param model any model
     * @return a model from these to {@code predicted} {@code [N, L, K]}, the quantity and the space of the recipe's output
     * @throws IllegalArgumentException if tokenizer or denoiser can't be exported
     */
    public static OnnxModel network(LatentDAE model) {
        Graph graph = new Graph("network");
        DenoiserGraph part = new DenoiserGraph(graph, model);
        long tokens = model.grid().tokens();
        String noised = graph.input("noised", tokens, model.tokenizer().dimension());
        graph.output("predicted", part.predicted(noised), tokens, part.width());
        return new OnnxModel(graph.model(metadata(
                model.grid().image(),
                model.provenance(),
                Map.of("ldae.recipe", model.recipe().toJson()))));
    }

    private static String input(Graph graph, ImageShape image) {
        return graph.input(IMAGES, image.channels(), image.height(), image.width());
    }

    private static String features(Graph graph, EncoderGraph encoder) {
        String read = encoder.build(graph, input(graph, encoder.grid().image()));
        graph.output("features", read, encoder.size());
        return read;
    }

    private static Map<String, String> metadata(EncoderGraph encoder, Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(encoder.told());
        all.putAll(more);
        return metadata(encoder.grid().image(), encoder.provenance(), all);
    }

    private static Map<String, String> metadata(ImageShape image, Provenance provenance, Map<String, String> more) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("ldae.image", "%s %s %s".formatted(image.channels(), image.height(), image.width()));
        metadata.put("ldae.pixels", "[-1, 1]: (x / 255 - 0.5) / 0.5");
        metadata.put("ldae.provenance", provenance.toJson());
        more.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> metadata.put(e.getKey(), e.getValue()));
        return metadata;
    }

    /**
     * The text beside the graph.
     *
     * @return an immutable map
     */
    public Map<String, String> metadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        model.getMetadataPropsList().forEach(entry -> metadata.put(entry.getKey(), entry.getValue()));
        return Map.copyOf(metadata);
    }

    /**
     * The file's content.
     *
     * @return a protobuf message
     */
    public byte[] toBytes() {
        return model.toByteArray();
    }

    /**
     * Writes the model.
     *
     * @param path a file, replaced only when the new one is complete
     * @throws IOException if it can't be written
     */
    public void write(Path path) throws IOException {
        AtomicFile.write(path, channel -> model.writeTo(Channels.newOutputStream(channel)));
    }
}
