package org.ldae.onnx;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Positions;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The layers of a vision transformer, plain or conditioned on time and label. */
final class TransformerGraph implements NetworkGraph {

    private final VisionTransformer net;
    private final TokenGrid grid;
    private final Layers layers;
    private final Graph graph;
    private final @Nullable String condition;

    TransformerGraph(VisionTransformer net, TokenGrid grid, Layers layers, @Nullable String condition) {
        this.net = net;
        this.grid = grid;
        this.layers = layers;
        this.graph = layers.graph();
        this.condition = condition;
    }

    @Override
    public String predicted(String input) {
        String x = embedded(input);
        for (int i = 0; i < net.blocks(); i++) {
            x = block(x, i);
        }
        return layers.linear(lastNorm(x), "head");
    }

    @Override
    public List<String> tokens(String input, int[] blocks) {
        List<String> tokens = new ArrayList<>();
        String x = embedded(input);
        int done = 0;
        for (int block : blocks) {
            while (done < block) {
                x = block(x, done++);
            }
            boolean last = block == net.encoderBlocks() && net.form().lastNorm();
            tokens.add(last ? lastNorm(x) : x);
        }
        return tokens;
    }

    /** {@code [N, L, inputs] -> [N, L, M]}, or {@code [N, 1 + L, M]} with a class token. */
    private String embedded(String input) {
        boolean learnt = net.form().learntPositions();
        INDArray positions = learnt
                ? layers.weight("embed.positions")
                : Nd4j.createFromArray(Positions.grid(grid.rows(), grid.columns(), net.width()))
                        .reshape('c', grid.tokens(), net.width());
        String tokens = layers.linear(input, "embed");
        if (net.form().classToken()) {
            String batch = graph.slice(graph.op("Shape", input), 0, 0, 1);
            String shape = graph.concat(0, List.of(batch, graph.integers(1, net.width())));
            String token = graph.constant(layers.weight("embed.class").reshape(1, 1, net.width()));
            tokens = graph.concat(1, List.of(graph.op("Expand", token, shape), tokens));
            if (!learnt) {
                positions = Nd4j.concat(0, Nd4j.zeros(1, net.width()), positions);
            }
        }
        return graph.op("Add", tokens, graph.constant(positions));
    }

    /** {@code [N, T, M] -> [N, T, M]}. */
    private String block(String x, int index) {
        String name = VisionTransformer.blockName(index);
        String parts = condition == null ? null : layers.linear(condition, name + ".modulation"); // [N or 1, 1, 6 M]
        String attended = layers.attention(norm(x, name + ".norm1", parts, 0), name + ".attention", net.heads());
        String middle = graph.op("Add", x, gated(attended, parts, 2));
        String first = layers.linear(norm(middle, name + ".norm2", parts, 3), name + ".mlp.first");
        String second = layers.linear(layers.activated(first, net.form().activation()), name + ".mlp.second");
        return graph.op("Add", middle, gated(second, parts, 5));
    }

    /** The norm after the last block of a whole network. */
    private String lastNorm(String x) {
        return norm(x, "norm", condition == null ? null : layers.linear(condition, "modulation"), 0);
    }

    /** LayerNorm with learnt scale and shift, or without and then modulated by two of the parts. */
    private String norm(String x, String name, @Nullable String parts, int first) {
        List<ai.onnx.proto.OnnxMl.AttributeProto> epsilon =
                List.of(Graph.attribute("epsilon", (float) net.form().epsilon()));
        if (parts == null) {
            return graph.op(
                    "LayerNormalization",
                    epsilon,
                    x,
                    graph.constant(layers.weight(name + ".weight")),
                    graph.constant(layers.weight(name + ".bias")));
        }
        String ones = graph.constant(Nd4j.ones(net.width()));
        String normed = graph.op("LayerNormalization", epsilon, x, ones);
        String scale = graph.op("Add", part(parts, first + 1), ones);
        return graph.op("Add", graph.op("Mul", normed, scale), part(parts, first)); // x (1 + scale) + shift
    }

    private String gated(String branch, @Nullable String parts, int index) {
        return parts == null ? branch : graph.op("Mul", branch, part(parts, index));
    }

    /** {@code [N, 1, M]} of {@code [N, 1, k M]}. */
    private String part(String parts, int index) {
        return graph.slice(parts, 2, (long) index * net.width(), (long) (index + 1) * net.width());
    }
}
