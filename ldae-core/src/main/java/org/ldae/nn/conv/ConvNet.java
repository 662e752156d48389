package org.ldae.nn.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.nn.Parameters;

/**
 * A chain of layers over channel maps, as a value: described once, it declares its parameters and makes passes over them.
 *
 * <pre>{@code
 * ConvNet net = ConvNet.of(new MapShape(32, 32, 3))
 *         .convolve("in", Window.same(3), 64)
 *         .residual("block", branch -> branch.norm("block.norm", Activation.SILU)
 *                 .convolve("block.conv", Window.same(3), 128))
 *         .convolve("down", Window.HALVING, 128);
 * }</pre>
 *
 * <p>Immutable; each method that adds a layer returns a longer chain.
 */
public final class ConvNet {

    private final MapShape input;
    private final Parameters.Init init;
    private final List<Layer> layers;

    private ConvNet(MapShape input, Parameters.Init init, List<Layer> layers) {
        this.input = input;
        this.init = init;
        this.layers = layers;
    }

    /**
     * An empty chain whose convolutions will start as {@link Parameters.Init#XAVIER_UNIFORM}.
     *
     * @param input sides of the maps it reads
     * @return the chain
     */
    public static ConvNet of(MapShape input) {
        return new ConvNet(input, Parameters.Init.XAVIER_UNIFORM, List.of());
    }

    /**
     * Another start of the convolutions that are added from here on.
     *
     * @param start how their weights start
     * @return a copy
     */
    public ConvNet withInit(Parameters.Init start) {
        return new ConvNet(input, start, layers);
    }

    /**
     * Adds a convolution with a bias.
     *
     * @param name path of its parameters
     * @param window its window
     * @param outputs channels of the maps it makes
     * @return a longer chain
     */
    public ConvNet convolve(String name, Window window, int outputs) {
        return with(new ConvolutionLayer(name, new ConvolutionShape(output(), window, outputs), init));
    }

    /**
     * Adds a group normalisation in {@link GroupNorm#groups} and the non-linearity after it.
     *
     * @param name path of its parameters
     * @param activation non-linearity, or null for none
     * @return a longer chain
     */
    public ConvNet norm(String name, @Nullable Activation activation) {
        return with(new NormLayer(name, output(), activation));
    }

    /**
     * Adds a non-linearity by itself.
     *
     * @param function which
     * @return a longer chain
     */
    public ConvNet activate(Activation function) {
        return with(new ActivationLayer(function, output()));
    }

    /**
     * Adds to every pixel a linear map of what the network is told of its image ({@link MapMemory#telling}).
     *
     * @param name path of its parameters
     * @param width numbers in the vector it is told
     * @return a longer chain
     * @throws IllegalArgumentException if it doesn't follow a convolution, whose result it changes in place
     */
    public ConvNet condition(String name, int width) {
        if (last().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s: expected a condition after a convolution, got it after %s".formatted(name, layers));
        }
        return with(new ConditionLayer(name, output(), width));
    }

    /**
     * Adds a doubling of the sides by nearest neighbours.
     *
     * @return a longer chain
     */
    public ConvNet upsample() {
        return with(new ResizeLayer(output(), true));
    }

    /**
     * Adds a halving of the sides, the largest of each 2 x 2 pixels; an odd last row or column is left out.
     *
     * @return a longer chain
     */
    public ConvNet maxPool() {
        return with(new ResizeLayer(output(), false));
    }

    /**
     * Adds {@code x + attention(norm(x))} with one head over all pixels.
     *
     * @param name path of its parameters
     * @return a longer chain
     */
    public ConvNet attention(String name) {
        return with(new AttentionLayer(name, output()));
    }

    /**
     * Adds {@code shortcut(x) + branch(x)}. The shortcut is x itself or, if the branch changes the shape, a convolution
     * {@code name.shortcut} with a window of one pixel and the branch's stride.
     *
     * @param name path of the shortcut
     * @param branch adds the branch's layers to an empty chain; the first is a convolution or normalisation, the last,
     *     of at least two, a convolution, and none a residual
     * @return a longer chain
     * @throws IllegalArgumentException if the branch has other layers there, or changes the sides unevenly
     */
    public ConvNet residual(String name, UnaryOperator<ConvNet> branch) {
        ConvNet chain = branch.apply(new ConvNet(output(), init, List.of()));
        int count = chain.layers.size();
        boolean begins = count > 1
                && chain.layers.get(0).beginsBranch()
                && chain.layers.stream().noneMatch(Layer::hasBranch);
        ConvolutionLayer last = chain.last()
                .filter(convolution -> begins)
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s: expected a branch without residuals, from a convolution or normalisation to a convolution, got %s"
                                .formatted(name, chain.layers)));
        int stride = Math.max(1, output().height() / last.output().height());
        ConvolutionShape side = new ConvolutionShape(
                output(), Window.PIXEL.withStride(stride), last.output().channels());
        if (!side.output().equals(last.output())) {
            throw new IllegalArgumentException("%s: expected a branch that keeps or divides the sides, got %s from %s"
                    .formatted(name, last.output(), output()));
        }
        ConvolutionLayer shortcut =
                last.output().equals(output()) ? null : new ConvolutionLayer(name + ".shortcut", side, init);
        return with(new ResidualLayer(chain.layers.subList(0, count - 1), last, shortcut));
    }

    /** The last layer if it is a convolution. */
    private Optional<ConvolutionLayer> last() {
        return layers.isEmpty()
                ? Optional.empty()
                : layers.get(layers.size() - 1).convolution();
    }

    private ConvNet with(Layer layer) {
        List<Layer> longer = new ArrayList<>(layers);
        longer.add(layer);
        return new ConvNet(input, init, List.copyOf(longer));
    }

    /**
     * Sides of the maps it reads.
     *
     * @return as given
     */
    public MapShape input() {
        return input;
    }

    /**
     * Sides of the maps it makes.
     *
     * @return those of its last layer, or its input's if it is empty
     */
    public MapShape output() {
        return layers.isEmpty() ? input : layers.get(layers.size() - 1).output();
    }

    /** Numbers in the largest maps of one image, its input included. */
    int largest() {
        return Math.max(
                input.size(), layers.stream().mapToInt(Layer::largest).max().orElse(1));
    }

    /**
     * Declares the parameters of all layers.
     *
     * @param layout the network's parameters
     */
    public void declare(Parameters.Layout layout) {
        layers.forEach(layer -> layer.declare(layout));
    }

    /**
     * The chain over declared parameters at work on n images.
     *
     * @param input maps to read, of this net's input shape
     * @param memory where its maps live; made for this net
     * @return the pass
     */
    public ConvPass pass(Maps input, MapMemory memory) {
        if (!input.shape().equals(this.input)) {
            throw new IllegalArgumentException("net: expected maps of %s, got %s".formatted(this.input, input.shape()));
        }
        List<Layer.Stage> stages = new ArrayList<>();
        Maps x = input;
        for (Layer layer : layers) {
            Layer.Stage stage = layer.over(x, memory);
            stages.add(stage);
            x = stage.output();
        }
        return new ConvPass(input, stages, x);
    }
}
