package org.ldae.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.Window;
import org.ldae.core.TokenGrid;
import org.ldae.nn.conv.GroupNorm;
import org.ldae.unet.UNet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The layers of a UNet on the maps {@code [N, C, H, W]} of an image's tokens. */
final class UNetGraph implements NetworkGraph {

    private static final Window SAME = Window.same(3);

    private final UNet net;
    private final TokenGrid grid;
    private final Layers layers;
    private final Graph graph;
    private final @Nullable String condition;

    UNetGraph(UNet net, TokenGrid grid, Layers layers, @Nullable String condition) {
        this.net = net;
        this.grid = grid;
        this.layers = layers;
        this.graph = layers.graph();
        this.condition = condition;
    }

    @Override
    public String predicted(String input) {
        String last = norm(new Way(input).x, "norm", Activation.SILU);
        return tokens(convolved(last, "out", SAME));
    }

    @Override
    public List<String> tokens(String input, int[] blocks) {
        List<String> maps = new Way(input).blocks;
        return Arrays.stream(blocks)
                .mapToObj(block -> tokens(maps.get(block - 1)))
                .toList();
    }

    /** The way down and up again. */
    private final class Way {
        private String x;
        /** Maps that wait for the way up. */
        private final Deque<String> waiting = new ArrayDeque<>();
        /** Maps after each block, as many pixels as there are tokens. */
        private final List<String> blocks = new ArrayList<>();

        Way(String input) {
            String map = graph.reshape(graph.transpose(input, 0, 2, 1), 0, 0, grid.rows(), grid.columns());
            this.x = convolved(map, "in", SAME);
            waiting.push(x);
            for (int level = 1; level <= net.levels(); level++) {
                down(level);
            }
            x = residual(x, "middle.1");
            if (net.attentionLevel() > 0) {
                x = attended(x, "middle.attention");
            }
            x = residual(x, "middle.2");
            done(net.levels());
            for (int level = net.levels(); level >= 1; level--) {
                up(level);
            }
        }

        private void down(int level) {
            if (level > 1) {
                x = convolved(x, "down." + level + ".half", Window.HALVING);
                waiting.push(x);
            }
            for (int i = 1; i <= net.blocksPerLevel(); i++) {
                block("down." + level + "." + i, level);
                waiting.push(x);
            }
        }

        private void up(int level) {
            for (int i = 1; i <= net.blocksPerLevel() + 1; i++) {
                x = graph.concat(1, List.of(x, waiting.pop()));
                block("up." + level + "." + i, level);
            }
            if (level > 1) {
                x = convolved(enlarged(x, 2), "up." + level + ".double", SAME);
            }
        }

        private void block(String name, int level) {
            x = residual(x, name);
            if (level == net.attentionLevel()) {
                x = attended(x, name + ".attention");
            }
            done(level);
        }

        private void done(int level) {
            blocks.add(level == 1 ? x : enlarged(x, 1 << (level - 1)));
        }
    }

    private String residual(String x, String name) {
        String first = convolved(norm(x, name + ".norm1", Activation.SILU), name + ".conv1", SAME);
        if (condition != null) {
            String shift = graph.reshape(layers.linear(condition, name + ".condition"), 0, -1, 1, 1);
            first = graph.op("Add", first, shift);
        }
        String branch = convolved(norm(first, name + ".norm2", Activation.SILU), name + ".conv2", SAME);
        String shortcut = name + ".shortcut";
        return graph.op("Add", layers.has(shortcut + ".weight") ? convolved(x, shortcut, Window.PIXEL) : x, branch);
    }

    private String attended(String x, String name) {
        String mixed = layers.attention(tokens(norm(x, name + ".norm", null)), name, 1);
        return graph.op("Add", x, likeIn(graph.transpose(mixed, 0, 2, 1), x));
    }

    /** {@code [N, C, H, W] -> [N, H W, C]}. */
    private String tokens(String x) {
        return graph.transpose(graph.reshape(x, 0, 0, -1), 0, 2, 1);
    }

    /** In the shape of another. */
    private String likeIn(String x, String other) {
        return graph.op("Reshape", x, graph.op("Shape", other));
    }

    private String convolved(String x, String name, Window window) {
        INDArray weight = layers.weight(name + ".weight"); // [C_out, k k C_in]
        int k = window.size();
        INDArray kernel = weight.reshape('c', weight.size(0), k, k, weight.size(1) / k / k);
        return graph.op(
                "Conv",
                List.of(
                        Graph.attribute("kernel_shape", k, k),
                        Graph.attribute("strides", window.stride(), window.stride()),
                        Graph.attribute("pads", window.before(), window.before(), window.after(), window.after())),
                x,
                graph.constant(kernel.permute(0, 3, 1, 2)),
                graph.constant(layers.weight(name + ".bias")));
    }

    /** Group normalisation as that of instances, whose channels are the groups: operator set 20 has no better. */
    private String norm(String x, String name, @Nullable Activation activation) {
        INDArray weight = layers.weight(name + ".weight");
        int channels = (int) weight.length();
        int groups = GroupNorm.groups(channels);
        String normed = graph.op(
                "InstanceNormalization",
                List.of(Graph.attribute("epsilon", GroupNorm.EPSILON)),
                graph.reshape(x, 0, groups, -1),
                graph.constant(Nd4j.ones(groups)),
                graph.constant(Nd4j.zeros(groups)));
        String scaled = graph.op("Mul", likeIn(normed, x), graph.constant(weight.reshape(channels, 1, 1)));
        String shifted = graph.op(
                "Add", scaled, graph.constant(layers.weight(name + ".bias").reshape(channels, 1, 1)));
        return activation == null ? shifted : layers.activated(shifted, activation);
    }

    /** Sides a whole number of times as long, by nearest neighbours. */
    private String enlarged(String x, int factor) {
        return graph.op(
                "Resize",
                List.of(
                        Graph.attribute("mode", "nearest"),
                        Graph.attribute("coordinate_transformation_mode", "asymmetric"),
                        Graph.attribute("nearest_mode", "floor")),
                x,
                "", // no region of interest
                graph.constant(new float[] {1, 1, factor, factor}, 4));
    }
}
