package org.ldae.nn.conv;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * A convolution with a bias over channel maps {@code [n H W, C]}.
 *
 * <p>The weight is stored as {@code [C_out, k k C_in]}: for each output channel the window row by row, input channels
 * innermost. {@link #fromPyTorch} and {@link #toPyTorch} convert PyTorch's {@code [C_out, C_in, k, k]}.
 */
public final class Convolution {

    private final Workspace work;
    private final ConvolutionShape shape;
    private final Tensor weight;
    private final Tensor bias;
    private final Tensor weightGradient;
    private final Tensor biasGradient;

    /**
     * Declares weight and bias.
     *
     * @param layout the network's parameters
     * @param name path of the layer
     * @param shape geometry
     * @param init how the weight starts; the bias starts at zero
     */
    public static void declare(Parameters.Layout layout, String name, ConvolutionShape shape, Parameters.Init init) {
        layout.add(name + ".weight", shape.outputs(), shape.patch(), init);
        layout.add(name + ".bias", 1, shape.outputs(), Parameters.Init.ZEROS);
    }

    /**
     * The layer over declared parameters.
     *
     * @param work workspace
     * @param name path of the layer
     * @param shape geometry, as declared
     * @throws IllegalArgumentException if the weight was declared for another geometry
     */
    public Convolution(Workspace work, String name, ConvolutionShape shape) {
        this.work = work;
        this.shape = shape;
        this.weight = work.value(name + ".weight");
        this.bias = work.value(name + ".bias");
        this.weightGradient = work.gradient(name + ".weight");
        this.biasGradient = work.gradient(name + ".bias");
        if (weight.rows() != shape.outputs() || weight.columns() != shape.patch()) {
            throw new IllegalArgumentException("%s.weight: expected [C_out, k k C_in] = [%d, %d], got [%d, %d]"
                    .formatted(name, shape.outputs(), shape.patch(), weight.rows(), weight.columns()));
        }
    }

    /**
     * Geometry of the layer.
     *
     * @return as given
     */
    public ConvolutionShape shape() {
        return shape;
    }

    /**
     * {@code y = conv(x) + bias}.
     *
     * @param x {@code [n H W, C_in]}
     * @param y {@code [n H' W', C_out]}
     */
    public void forward(Tensor x, Tensor y) {
        check(x, y);
        work.kernels().tile(bias, y);
        work.kernels().images().convolve(shape, x, weight, 1, y);
    }

    /**
     * {@code y += conv(x) + bias}: a residual is already in y.
     *
     * @param x {@code [n H W, C_in]}
     * @param y {@code [n H' W', C_out]}
     */
    public void addForward(Tensor x, Tensor y) {
        check(x, y);
        work.kernels().addTile(y, bias, y);
        work.kernels().images().convolve(shape, x, weight, 1, y);
    }

    /**
     * Adds to the gradients of weight and bias, and overwrites that of the input.
     *
     * @param x as in the forward pass
     * @param dy gradient of y
     * @param dx gradient of x, or null if no one needs it
     */
    public void backward(Tensor x, Tensor dy, @Nullable Tensor dx) {
        backward(x, dy, dx, 0);
    }

    /**
     * As {@link #backward(Tensor, Tensor, Tensor)}, on top of {@code beta dx}.
     *
     * @param x as in the forward pass
     * @param dy gradient of y
     * @param dx gradient of x, or null if no one needs it
     * @param beta 0 overwrites dx, 1 adds to it
     */
    public void backward(Tensor x, Tensor dy, @Nullable Tensor dx, float beta) {
        check(x, dy);
        work.kernels().addColumnSums(dy, biasGradient);
        work.kernels().images().convolveBackwardWeight(shape, x, dy, weightGradient);
        if (dx != null) {
            backwardData(dy, dx, beta);
        }
    }

    /**
     * The gradient of the input alone, for a network that is not trained here.
     *
     * @param dy gradient of y
     * @param dx gradient of x
     * @param beta 0 overwrites dx, 1 adds to it
     */
    public void backwardData(Tensor dy, Tensor dx, float beta) {
        check(dx, dy);
        work.kernels().images().convolveBackwardData(shape, dy, weight, beta, dx);
    }

    private void check(Tensor x, Tensor y) {
        int images = x.rows() / shape.input().pixels();
        boolean fits = x.rows() == images * shape.input().pixels()
                && x.columns() == shape.input().channels()
                && y.rows() == images * shape.output().pixels()
                && y.columns() == shape.outputs();
        if (!fits) {
            throw new IllegalArgumentException(
                    "convolution: expected [n %d, %d] and [n %d, %d], got [%d, %d] and [%d, %d]"
                            .formatted(
                                    shape.input().pixels(),
                                    shape.input().channels(),
                                    shape.output().pixels(),
                                    shape.outputs(),
                                    x.rows(),
                                    x.columns(),
                                    y.rows(),
                                    y.columns()));
        }
    }

    /**
     * A weight in the order of this layer.
     *
     * @param weight {@code [C_out, C_in, k, k]}, row by row, as PyTorch stores it
     * @param shape geometry
     * @return {@code [C_out, k k C_in]}, row by row
     */
    public static float[] fromPyTorch(float[] weight, ConvolutionShape shape) {
        return transposed(weight, shape, shape.input().channels());
    }

    /**
     * A weight, or its gradient, in PyTorch's order.
     *
     * @param weight {@code [C_out, k k C_in]}, row by row
     * @param shape geometry
     * @return {@code [C_out, C_in, k, k]}, row by row
     */
    public static float[] toPyTorch(float[] weight, ConvolutionShape shape) {
        return transposed(weight, shape, shape.window().size() * shape.window().size());
    }

    /** For each output channel the transpose of a matrix with some number of rows. */
    private static float[] transposed(float[] weight, ConvolutionShape shape, int rows) {
        int patch = shape.patch();
        if (weight.length != shape.outputs() * patch) {
            throw new IllegalArgumentException("convolution weight: expected %d * %d numbers, got %d"
                    .formatted(shape.outputs(), patch, weight.length));
        }
        int columns = patch / rows;
        float[] result = new float[weight.length];
        for (int i = 0; i < weight.length; i++) {
            int within = i % patch;
            result[i - within + within % columns * rows + within / columns] = weight[i];
        }
        return result;
    }
}
