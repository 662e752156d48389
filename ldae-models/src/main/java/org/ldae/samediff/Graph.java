package org.ldae.samediff;

import java.util.ArrayList;
import java.util.List;
import org.ldae.nn.Attention;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Positions;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a {@link SameDiffDenoiser} is built of, for n images of L tokens: ND4J's graph, inputs, parameters, and layers as this
 * library's networks have them. Tokens of all images are the rows of one matrix, as everywhere in the library.
 *
 * <p>Layers are made of basic operations, whose gradients hold; those of {@code get} and {@code gather} don't in ND4J
 * 1.0.0-M2.1, where {@code split} and products with {@link #labels} take their place.
 */
public final class Graph {

    static final String INPUT = "input";
    static final String TIME = "time";
    static final String LABELS = "labels";

    private final SameDiff sd = SameDiff.create();
    private final Signature signature;
    private final int images;
    private final Parameters.Layout layout = Parameters.layout();
    private final List<SDVariable> blocks = new ArrayList<>();
    private final SDVariable input;
    private final SDVariable time;
    private final SDVariable labels;

    Graph(Signature signature, int images) {
        this.signature = signature;
        this.images = images;
        this.input = sd.placeHolder(INPUT, DataType.FLOAT, rows(), signature.inputs());
        this.time = sd.placeHolder(TIME, DataType.FLOAT, images, 1);
        this.labels = sd.placeHolder(LABELS, DataType.FLOAT, images, signature.classes() + 1);
    }

    private long rows() {
        return (long) images * signature.grid().tokens();
    }

    /**
     * ND4J's graph, for operations of any kind.
     *
     * @return the graph that is built
     */
    public SameDiff sameDiff() {
        return sd;
    }

    /**
     * Sizes of what goes in and out.
     *
     * @return the sizes, the grid of tokens among them
     */
    public Signature signature() {
        return signature;
    }

    /**
     * The noised tokens.
     *
     * @return {@code [n L, inputs]}
     */
    public SDVariable input() {
        return input;
    }

    /**
     * The times.
     *
     * @return t of each image {@code [n, 1]}, zeros if the network is not told
     */
    public SDVariable time() {
        return time;
    }

    /**
     * The labels, to be multiplied with a table of K + 1 rows.
     *
     * @return {@code [n, K + 1]}: 1 in the column of the image's class and 0 elsewhere; the last column, K, stands for a label
     *     that is not told ({@link Conditions#NO_LABEL})
     */
    public SDVariable labels() {
        return labels;
    }

    /**
     * A parameter of the network.
     *
     * @param name unique path
     * @param rows rows; 1 for a vector, which weight decay leaves alone
     * @param columns columns
     * @param init how it starts
     * @return {@code [rows, columns]}
     * @throws IllegalArgumentException if there is one of this name
     */
    public SDVariable parameter(String name, int rows, int columns, Init init) {
        layout.add(name, rows, columns, init);
        return sd.var(name, DataType.FLOAT, rows, columns);
    }

    /**
     * Marks tokens as the output of the next block, after which features can be read.
     *
     * @param tokens {@code [n L, M]}
     * @return the same
     */
    public SDVariable block(SDVariable tokens) {
        blocks.add(tokens);
        return tokens;
    }

    /**
     * {@code x W^T + b}, with Xavier's start of {@code name.weight} and zeros in {@code name.bias}.
     *
     * @param name path of the layer
     * @param x {@code [rows, in]}
     * @param sides inputs, then outputs
     * @return {@code [rows, out]}
     */
    public SDVariable linear(String name, SDVariable x, Linear.Sides sides) {
        return linear(name, x, sides, Init.XAVIER_UNIFORM);
    }

    /**
     * As {@link #linear(String, SDVariable, Linear.Sides)} with another start.
     *
     * @param name path of the layer
     * @param x {@code [rows, in]}
     * @param sides inputs, then outputs
     * @param init how the weight starts
     * @return {@code [rows, out]}
     */
    public SDVariable linear(String name, SDVariable x, Linear.Sides sides, Init init) {
        SDVariable weight = parameter(name + ".weight", sides.outputs(), sides.inputs(), init);
        SDVariable bias = parameter(name + ".bias", 1, sides.outputs(), Init.ZEROS);
        return sd.mmul(x, weight, false, true, false).add(bias);
    }

    /**
     * LayerNorm over each row, without scale and shift.
     *
     * @param x a matrix
     * @return the same shape; epsilon is {@link Norm#EPSILON}
     */
    public SDVariable normalised(SDVariable x) {
        SDVariable centred = x.sub(x.mean(true, 1));
        SDVariable variance = centred.mul(centred).mean(true, 1);
        return centred.div(sd.math().sqrt(variance.add(Norm.EPSILON)));
    }

    /**
     * LayerNorm with learnt {@code name.weight} and {@code name.bias}.
     *
     * @param name path of the layer
     * @param x {@code [rows, M]}
     * @param width M
     * @return the same shape
     */
    public SDVariable norm(String name, SDVariable x, int width) {
        SDVariable scale = parameter(name + ".weight", 1, width, Init.ONES);
        return normalised(x).mul(scale).add(parameter(name + ".bias", 1, width, Init.ZEROS));
    }

    /**
     * GELU by its tanh form, as DiT's.
     *
     * @param x of any shape
     * @return the same shape
     */
    public SDVariable gelu(SDVariable x) {
        SDVariable cube = x.mul(x).mul(x);
        SDVariable inner = x.add(cube.mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
        return x.mul(0.5).mul(sd.math().tanh(inner).add(1));
    }

    /**
     * Multi-head self-attention among the tokens of each image, with layers {@code name.qkv} and {@code name.projection}.
     *
     * @param name path of the layer
     * @param x {@code [n L, M]}
     * @param sizes M, its heads and L
     * @return {@code [n L, M]}
     */
    public SDVariable attention(String name, SDVariable x, Attention.Sizes sizes) {
        int width = sizes.width();
        int head = width / sizes.heads();
        SDVariable fused = linear(name + ".qkv", x, new Linear.Sides(width, 3 * width)); // [n L, 3 M]
        SDVariable[] qkv = sd.split(fused, 3, 1).clone(); // the operation keeps its own array
        for (int i = 0; i < 3; i++) {
            qkv[i] =
                    qkv[i].reshape(images, sizes.tokens(), sizes.heads(), head).permute(0, 2, 1, 3); // [n, h, L, M / h]
        }
        SDVariable scores = sd.mmul(qkv[0], qkv[1], false, true, false).mul(1 / Math.sqrt(head)); // [n, h, L, L]
        SDVariable mixed = sd.mmul(sd.nn().softmax(scores, 3), qkv[2]); // [n, h, L, M / h]
        SDVariable joined = mixed.permute(0, 2, 1, 3).reshape(rows(), width); // [n L, M]
        return linear(name + ".projection", joined, new Linear.Sides(width, width));
    }

    /**
     * The fixed sine-cosine positions of the grid.
     *
     * @param width M, a multiple of 4
     * @return a constant {@code [n L, M]}
     */
    public SDVariable positions(int width) {
        float[] table = Positions.grid(signature.grid().rows(), signature.grid().columns(), width);
        float[] all = new float[images * table.length];
        for (int i = 0; i < images; i++) {
            System.arraycopy(table, 0, all, i * table.length, table.length);
        }
        return sd.constant(Nd4j.create(all, new long[] {rows(), width}, 'c'));
    }

    /**
     * A row of each image for every one of its tokens.
     *
     * @param x {@code [n, M]}
     * @param width M
     * @return {@code [n L, M]}
     */
    public SDVariable perToken(SDVariable x, int width) {
        SDVariable spread =
                sd.tile(x.reshape(images, 1, width), 1, signature.grid().tokens(), 1);
        return spread.reshape(rows(), width);
    }

    Parameters.Layout layout() {
        return layout;
    }

    List<SDVariable> blocks() {
        return blocks;
    }
}
