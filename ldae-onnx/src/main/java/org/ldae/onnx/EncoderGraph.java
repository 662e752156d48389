package org.ldae.onnx;

import java.util.ArrayList;
import java.util.List;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Features;
import org.ldae.inference.Pooling;
import org.ldae.inference.TokenMap;
import org.ldae.models.PlainEncoder;
import org.ldae.transformer.VisionTransformer;

/** From images to features of a plain encoder. */
final class EncoderGraph {

    private final PlainEncoder encoder;
    private final Features features;
    private final VisionTransformer net;
    private final TokenMap map;

    EncoderGraph(PlainEncoder encoder, Features features) {
        features.requireClean("an ONNX model");
        if (features.ofMirrored()) {
            throw new IllegalArgumentException(
                    "ONNX: expected features of the image alone, got the average with its mirror image; run the model"
                            + " on both");
        }
        this.encoder = encoder;
        this.features = features;
        this.net = encoder.sizes().network();
        this.map = TokenMap.of(encoder.grid(), net.width())
                .withClassToken(net.form().classToken());
    }

    /** {@code [N, C, H, W] -> [N, F]}. */
    String build(Graph graph, String images) {
        TokenGrid grid = encoder.grid();
        TransformerGraph layers = new TransformerGraph(graph, net, grid, encoder.tensors(), null);
        int[] read = features.blocksOf(net.encoderBlocks(), net.encoderBlocks());
        String x = layers.embed(new PatchGraph(graph, grid).cut(images));
        List<String> parts = new ArrayList<>();
        int done = 0;
        for (int block : read) {
            while (done < block) {
                x = layers.block(x, done++);
            }
            boolean last = block == net.encoderBlocks() && net.form().lastNorm();
            parts.add(pooled(graph, last ? layers.lastNorm(x) : x));
        }
        return graph.concat(1, parts);
    }

    /** {@code [N, T, M] -> [N, cells M]}. */
    private String pooled(Graph graph, String tokens) {
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
        return graph.reshape(cells, 0, (long) shares.length * net.width());
    }

    /** Numbers of an image's features. */
    int size() {
        int blocks = features.blocksOf(net.encoderBlocks(), net.encoderBlocks()).length;
        return blocks * features.pooling().shares(map).length * net.width();
    }
}
