package org.ldae.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.nn.Positions;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What a network is told as one vector an image, {@code [N or 1, 1, C]} after SiLU, as {@link org.ldae.nn.ConditionEmbedding}. */
record ConditionGraph(Layers layers) {

    private static final String TIME = "time.first.weight";
    private static final String CLASSES = "classes";

    /** At a time, when no label is told; null if the network is told neither. */
    @Nullable
    String at(double time) {
        String waves = null;
        if (layers.has(TIME)) {
            int width = waves();
            float[] table = new float[width];
            Positions.time((float) time, table, 0, width);
            waves = graph().constant(table, 1, 1, width);
        }
        String row = null;
        if (layers.has(CLASSES)) {
            INDArray classes = layers.weight(CLASSES);
            row = graph().constant(classes.getRow(classes.size(0) - 1).reshape(1, 1, classes.size(1)));
        }
        return vector(waves, row);
    }

    /** Of times {@code [N]} and labels {@code [N]}, inputs that the graph has where the network is told such. */
    @Nullable
    String ofInputs() {
        String waves = null;
        if (layers.has(TIME)) {
            int half = waves() / 2;
            float[] frequencies = new float[half];
            for (int i = 0; i < half; i++) {
                frequencies[i] = (float) (1000 * Math.pow(10000, -(double) i / half)); // as Positions.time
            }
            String time = graph().reshape(graph().input("time"), -1, 1, 1);
            String angles = graph().op("Mul", time, graph().constant(frequencies, 1, 1, half));
            waves = graph().concat(2, List.of(graph().op("Cos", angles), graph().op("Sin", angles)));
        }
        String row = null;
        if (layers.has(CLASSES)) {
            INDArray classes = layers.weight(CLASSES);
            String rows = graph().op("Gather", graph().constant(classes), graph().integerInput("label"));
            row = graph().reshape(rows, -1, 1, classes.size(1)); // -1 is the last row
        }
        return vector(waves, row);
    }

    private Graph graph() {
        return layers.graph();
    }

    private int waves() {
        return (int) layers.weight(TIME).size(1);
    }

    /** The sum of an MLP of the waves and a row of the classes. */
    private @Nullable String vector(@Nullable String waves, @Nullable String row) {
        String sum = row;
        if (waves != null) {
            String hidden = layers.activated(layers.linear(waves, "time.first"), Activation.SILU);
            String told = layers.linear(hidden, "time.second");
            sum = row == null ? told : graph().op("Add", told, row);
        }
        return sum == null ? null : layers.activated(sum, Activation.SILU);
    }
}
