package org.ldae.onnx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Positions;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The layers of a vision transformer, plain or conditioned on time and label. */
final class TransformerGraph {

    private static final String TIME = "time.first.weight";
    private static final String CLASSES = "classes";

    private final Graph graph;
    private final VisionTransformer net;
    private final TokenGrid grid;
    private final Map<String, INDArray> weights;
    private final @Nullable String condition;

    /**
     * Layers over weights.
     *
     * @param condition {@code [N or 1, 1, C]} after SiLU that the blocks are conditioned on, null for plain blocks
     */
    TransformerGraph(
            Graph graph,
            VisionTransformer net,
            TokenGrid grid,
            Map<String, INDArray> weights,
            @Nullable String condition) {
        this.graph = graph;
        this.net = net;
        this.grid = grid;
        this.weights = weights;
        this.condition = condition;
    }

    /** What blocks of a network are conditioned on at a time, when no label is told; null if it isn't told the time either. */
    static @Nullable String condition(Graph graph, Map<String, INDArray> weights, double time) {
        String waves = null;
        if (weights.containsKey(TIME)) {
            int width = waves(weights);
            float[] table = new float[width];
            Positions.time((float) time, table, 0, width);
            waves = graph.constant(table, 1, 1, width);
        }
        String row = null;
        if (weights.containsKey(CLASSES)) {
            INDArray classes = weight(weights, CLASSES);
            row = graph.constant(classes.getRow(classes.size(0) - 1).reshape(1, 1, classes.size(1)));
        }
        return condition(graph, weights, waves, row);
    }

    /** As the other, of times {@code [N]} and labels {@code [N]}, inputs that the graph has where the network is told such. */
    static @Nullable String condition(Graph graph, Map<String, INDArray> weights) {
        String waves = null;
        if (weights.containsKey(TIME)) {
            int half = waves(weights) / 2;
            float[] frequencies = new float[half];
            for (int i = 0; i < half; i++) {
                frequencies[i] = (float) (1000 * Math.pow(10000, -(double) i / half)); // as Positions.time
            }
            String time = graph.reshape(graph.input("time"), -1, 1, 1);
            String angles = graph.op("Mul", time, graph.constant(frequencies, 1, 1, half));
            waves = graph.concat(2, List.of(graph.op("Cos", angles), graph.op("Sin", angles)));
        }
        String row = null;
        if (weights.containsKey(CLASSES)) {
            INDArray classes = weight(weights, CLASSES);
            String labels = graph.integerInput("label");
            row = graph.reshape(
                    graph.op("Gather", graph.constant(classes), labels), -1, 1, classes.size(1)); // -1 is the last row
        }
        return condition(graph, weights, waves, row);
    }

    private static int waves(Map<String, INDArray> weights) {
        return (int) weight(weights, TIME).size(1);
    }

    /** SiLU of the sum of an MLP of the waves and a row of the classes, {@code [N or 1, 1, C]}. */
    private static @Nullable String condition(
            Graph graph, Map<String, INDArray> weights, @Nullable String waves, @Nullable String row) {
        String sum = row;
        if (waves != null) {
            String hidden = silu(graph, linear(graph, weights, waves, "time.first"));
            String told = linear(graph, weights, hidden, "time.second");
            sum = row == null ? told : graph.op("Add", told, row);
        }
        return sum == null ? null : silu(graph, sum);
    }

    /** {@code [N, L, inputs] -> [N, L, M]}, or {@code [N, 1 + L, M]} with a class token. */
    String embed(String input) {
        boolean learnt = net.form().learntPositions();
        INDArray positions = learnt
                ? weight("embed.positions")
                : Nd4j.createFromArray(Positions.grid(grid.rows(), grid.columns(), net.width()))
                        .reshape('c', grid.tokens(), net.width());
        String tokens = linear(input, "embed");
        if (net.form().classToken()) {
            String batch = graph.slice(graph.op("Shape", input), 0, 0, 1);
            String shape = graph.concat(0, List.of(batch, graph.integers(1, net.width())));
            String token = graph.constant(weight("embed.class").reshape(1, 1, net.width()));
            tokens = graph.concat(1, List.of(graph.op("Expand", token, shape), tokens));
            if (!learnt) {
                positions = Nd4j.concat(0, Nd4j.zeros(1, net.width()), positions);
            }
        }
        return graph.op("Add", tokens, graph.constant(positions));
    }

    /** {@code [N, T, M] -> [N, T, M]}. */
    String block(String x, int index) {
        String name = VisionTransformer.blockName(index);
        String parts = condition == null ? null : linear(condition, name + ".modulation"); // [N or 1, 1, 6 M]
        String attended = attention(norm(x, name + ".norm1", parts, 0), name + ".attention");
        String middle = graph.op("Add", x, gated(attended, parts, 2));
        String hidden = activated(linear(norm(middle, name + ".norm2", parts, 3), name + ".mlp.first"));
        return graph.op("Add", middle, gated(linear(hidden, name + ".mlp.second"), parts, 5));
    }

    /** The norm after the last block of a whole network. */
    String lastNorm(String x) {
        return norm(x, "norm", condition == null ? null : linear(condition, "modulation"), 0);
    }

    String linear(String x, String name) {
        return linear(graph, weights, x, name);
    }

    private static String linear(Graph graph, Map<String, INDArray> weights, String x, String name) {
        return graph.linear(x, weight(weights, name + ".weight"), weight(weights, name + ".bias"));
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
                    graph.constant(weight(name + ".weight")),
                    graph.constant(weight(name + ".bias")));
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

    private String attention(String x, String name) {
        long heads = net.heads();
        int headWidth = net.width() / net.heads();
        String fused = graph.reshape(linear(x, name + ".qkv"), 0, 0, 3, heads, headWidth); // [N, T, 3, H, d]
        String[] qkv = new String[3];
        for (int i = 0; i < 3; i++) {
            String one = graph.reshape(graph.slice(fused, 2, i, i + 1), 0, 0, heads, headWidth);
            qkv[i] = i == 1 ? graph.transpose(one, 0, 2, 3, 1) : graph.transpose(one, 0, 2, 1, 3);
        }
        String factor = graph.constant(new float[] {(float) (1 / Math.sqrt(headWidth))});
        String scores = graph.op("Mul", graph.op("MatMul", qkv[0], qkv[1]), factor); // [N, H, T, T]
        String shares = graph.op("Softmax", List.of(Graph.attribute("axis", -1)), scores);
        String mixed = graph.transpose(graph.op("MatMul", shares, qkv[2]), 0, 2, 1, 3); // [N, T, H, d]
        return linear(graph.reshape(mixed, 0, 0, net.width()), name + ".projection");
    }

    private String activated(String x) {
        Activation activation = net.form().activation();
        return switch (activation) {
            case GELU_TANH -> graph.op("Gelu", List.of(Graph.attribute("approximate", "tanh")), x);
            case GELU_ERF -> graph.op("Gelu", List.of(Graph.attribute("approximate", "none")), x);
            case RELU -> graph.op("Relu", x);
            case LEAKY_RELU -> graph.op("LeakyRelu", List.of(Graph.attribute("alpha", 0.2f)), x);
            case SILU -> silu(graph, x);
        };
    }

    private static String silu(Graph graph, String x) {
        return graph.op("Mul", x, graph.op("Sigmoid", x));
    }

    private INDArray weight(String name) {
        return weight(weights, name);
    }

    private static INDArray weight(Map<String, INDArray> weights, String name) {
        INDArray weight = weights.get(name);
        if (weight == null) {
            throw new IllegalStateException("weights: expected %s, got %s".formatted(name, weights.keySet()));
        }
        return weight;
    }
}
