package org.ldae.onnx;

import java.util.List;
import java.util.Map;
import org.ldae.compute.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers that networks have in common, over the weights of one. */
record Layers(Graph graph, Map<String, INDArray> weights) {

    /** {@code [N, T, in] -> [N, T, out]}. */
    String linear(String x, String name) {
        return graph.linear(x, weight(name + ".weight"), weight(name + ".bias"));
    }

    /** {@code [N, T, M] -> [N, T, M]}. */
    String attention(String x, String name, int heads) {
        long width = weight(name + ".projection.weight").size(0);
        long headWidth = width / heads;
        String fused = graph.reshape(linear(x, name + ".qkv"), 0, 0, 3, heads, headWidth); // [N, T, 3, H, d]
        String[] qkv = new String[3];
        for (int i = 0; i < 3; i++) {
            String one = graph.reshape(graph.slice(fused, 2, i, i + 1), 0, 0, heads, headWidth);
            qkv[i] = i == 1 ? graph.transpose(one, 0, 2, 3, 1) : graph.transpose(one, 0, 2, 1, 3);
        }
        String factor = graph.constant(new float[] {(float) (1 / Math.sqrt((double) headWidth))});
        String scores = graph.op("Mul", graph.op("MatMul", qkv[0], qkv[1]), factor); // [N, H, T, T]
        String shares = graph.op("Softmax", List.of(Graph.attribute("axis", -1)), scores);
        String mixed = graph.transpose(graph.op("MatMul", shares, qkv[2]), 0, 2, 1, 3); // [N, T, H, d]
        return linear(graph.reshape(mixed, 0, 0, width), name + ".projection");
    }

    String activated(String x, Activation activation) {
        return switch (activation) {
            case GELU_TANH -> graph.op("Gelu", List.of(Graph.attribute("approximate", "tanh")), x);
            case GELU_ERF -> graph.op("Gelu", List.of(Graph.attribute("approximate", "none")), x);
            case RELU -> graph.op("Relu", x);
            case LEAKY_RELU -> graph.op("LeakyRelu", List.of(Graph.attribute("alpha", 0.2f)), x);
            case SILU -> graph.op("Mul", x, graph.op("Sigmoid", x));
        };
    }

    boolean has(String name) {
        return weights.containsKey(name);
    }

    INDArray weight(String name) {
        INDArray weight = weights.get(name);
        if (weight == null) {
            throw new IllegalStateException("weights: expected %s, got %s".formatted(name, weights.keySet()));
        }
        return weight;
    }
}
