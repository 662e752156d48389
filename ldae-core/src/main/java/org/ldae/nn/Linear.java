package org.ldae.nn;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;

/** {@code y = x W^T + b}, W {@code [out, in]} as PyTorch stores it. */
public final class Linear {

    private final Workspace work;
    private final Tensor weight;
    private final Tensor bias;
    private final Tensor weightGradient;
    private final Tensor biasGradient;

    /**
     * Declares weight and bias.
     *
     * @param layout the network's parameters
     * @param name path of the layer
     * @param sides inputs, then outputs
     * @param init how the weight starts; the bias starts at zero
     */
    public static void declare(Parameters.Layout layout, String name, Sides sides, Parameters.Init init) {
        layout.add(name + ".weight", sides.outputs(), sides.inputs(), init);
        layout.add(name + ".bias", 1, sides.outputs(), Parameters.Init.ZEROS);
    }

    /**
     * Sides of a linear layer.
     *
     * @param inputs numbers in a row of x
     * @param outputs numbers in a row of y
     */
    public record Sides(int inputs, int outputs) {}

    /**
     * The layer over declared parameters.
     *
     * @param work workspace
     * @param name path of the layer
     */
    public Linear(Workspace work, String name) {
        this.work = work;
        this.weight = work.value(name + ".weight");
        this.bias = work.value(name + ".bias");
        this.weightGradient = work.gradient(name + ".weight");
        this.biasGradient = work.gradient(name + ".bias");
    }

    /**
     * {@code y = x W^T + b}.
     *
     * @param x {@code [rows, in]}
     * @param y {@code [rows, out]}
     */
    public void forward(Tensor x, Tensor y) {
        work.kernels().tile(bias, y);
        work.kernels().linear(x, weight, 1, y);
    }

    /**
     * {@code y = x W^T}, for a kernel that adds the {@link #bias} in passing.
     *
     * @param x {@code [rows, in]}
     * @param y {@code [rows, out]}
     */
    void multiply(Tensor x, Tensor y) {
        work.kernels().linear(x, weight, 0, y);
    }

    Tensor bias() {
        return bias;
    }

    /**
     * {@code y = base + x W^T + b}: on top of a residual or a table of positions.
     *
     * @param x {@code [rows, in]}
     * @param base {@code [rows, out]}
     * @param y {@code [rows, out]}, may be the base
     */
    public void forward(Tensor x, Tensor base, Tensor y) {
        work.kernels().addTile(base, bias, y);
        work.kernels().linear(x, weight, 1, y);
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
        work.kernels().linearGradient(x, dy, weightGradient, biasGradient);
        if (dx != null) {
            work.kernels().linearBackward(dy, weight, beta, dx);
        }
    }
}
