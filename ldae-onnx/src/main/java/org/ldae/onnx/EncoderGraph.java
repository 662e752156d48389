package org.ldae.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Features;
import org.ldae.inference.Pooling;
import org.ldae.inference.TokenMap;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Provenance;
import org.ldae.nn.Denoiser;
import org.ldae.transformer.PlainFolding;
import org.ldae.transformer.VisionTransformer;

/**
 * From images to features.
 *
 * @param grid how images are cut
 * @param features what is read
 * @param maps the tokens of each block that is read
 * @param network what makes them
 * @param provenance where it comes from
 * @param told what the metadata tells of it
 */
record EncoderGraph(
        TokenGrid grid,
        Features features,
        List<TokenMap> maps,
        Network network,
        Provenance provenance,
        Map<String, String> told) {

    /** {@code [N, C, H, W] -> [N, T, M]} for each block that is read. */
    @FunctionalInterface
    interface Network {
        List<String> tokens(Graph graph, String images);
    }

    EncoderGraph {
        features.requireClean("an ONNX model");
        if (features.ofMirrored()) {
            throw new IllegalArgumentException(
                    "ONNX: expected features of the image alone, got the average with its mirror image; run the model"
                            + " on both");
        }
        told = new TreeMap<>(told);
        told.put("ldae.features", features.name());
    }

    static EncoderGraph of(PlainEncoder encoder, Features features) {
        VisionTransformer net = encoder.sizes().network();
        TokenGrid grid = encoder.grid();
        int[] read = features.blocksOf(net.encoderBlocks(), net.encoderBlocks());
        TokenMap map = TokenMap.of(grid, net.width()).withClassToken(net.form().classToken());
        var weights = encoder.tensors();
        Network network = (graph, images) -> new TransformerGraph(net, grid, new Layers(graph, weights), null)
                .tokens(new PatchGraph(graph, grid).cut(images), read);
        List<TokenMap> maps = Arrays.stream(read).mapToObj(block -> map).toList();
        return new EncoderGraph(grid, features, maps, network, encoder.provenance(), Map.of());
    }

    /** Of a model at the time of the features: folded into a plain encoder where its network can be. */
    static EncoderGraph of(LatentDAE model, Features features) {
        Map<String, String> told = Map.of("ldae.recipe", model.recipe().toJson());
        Denoiser net = model.recipe().denoiser();
        if (net.as(PlainFolding.class).isPresent()) {
            try (PlainEncoder folded = model.plainEncoder(features.time())) {
                EncoderGraph plain = of(folded, features);
                return new EncoderGraph(plain.grid, features, plain.maps, plain.network, model.provenance(), told);
            }
        }
        int[] read = features.blocksOf(net.blocks(), net.encoderBlocks());
        Network network = (graph, images) -> new DenoiserGraph(graph, model).tokens(images, read, features.time());
        List<TokenMap> maps = Arrays.stream(read)
                .mapToObj(block -> TokenMap.of(model.grid(), net.width(block)))
                .toList();
        return new EncoderGraph(model.grid(), features, maps, network, model.provenance(), told);
    }

    /** {@code [N, C, H, W] -> [N, F]}. */
    String build(Graph graph, String images) {
        List<String> tokens = network.tokens(graph, images);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            parts.add(pooled(graph, tokens.get(i), maps.get(i)));
        }
        return graph.concat(1, parts);
    }

    /** {@code [N, T, M] -> [N, cells M]}. */
    private String pooled(Graph graph, String tokens, TokenMap map) {
        Pooling pooling = features.pooling();
        float[][] shares = pooling.shares(map);
        String cells = tokens;
        if (!pooling.equals(Pooling.TOKENS) || map.classToken()) {
            float[] flat = new float[shares.length * shares[0].length];
            for (int cell = 0; cell < shares.length; cell++) {
                System.arraycopy(shares[cell], 0, flat, cell * shares[cell].length, shares[cell].length);
            }
            cells = graph.op("MatMul", graph.constant(flat, shares.length, shares[0].length), tokens);
        }
        return graph.reshape(cells, 0, (long) shares.length * map.width());
    }

    /** Numbers of an image's features. */
    int size() {
        return maps.stream()
                .mapToInt(map -> features.pooling().shares(map).length * map.width())
                .sum();
    }
}
