package org.ldae.nn;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.Kernels.Biased;
import org.ldae.compute.Tensor;

/** Two linears with a non-linearity between them. */
public final class Mlp {

    private final Workspace work;
    private final Linear first;
    private final Linear second;
    private final Activation activation;
    /** The first product in the forward pass; for a backward pass the slope takes its place. */
    private final Tensor hidden;

    private final Biased product;
    private final @Nullable Tensor slope;
    private final Tensor active;
    private final Tensor dHidden;

    /**
     * Declares the two linears.
     *
     * @param layout the network's parameters
     * @param name path of the layer
     * @param sizes inputs, hidden width and outputs
     * @param init how the weights start
     */
    public static void declare(Parameters.Layout layout, String name, Sizes sizes, Parameters.Init init) {
        Linear.declare(layout, name + ".first", new Linear.Sides(sizes.inputs(), sizes.hidden()), init);
        Linear.declare(layout, name + ".second", new Linear.Sides(sizes.hidden(), sizes.outputs()), init);
    }

    /**
     * Sizes of an MLP.
     *
     * @param inputs numbers in a row of x
     * @param hidden numbers between the linears
     * @param outputs numbers in a row of y
     */
    public record Sizes(int inputs, int hidden, int outputs) {}

    /**
     * The layer over declared parameters.
     *
     * @param work workspace
     * @param name path of the layer
     * @param activation the non-linearity
     * @param dHidden {@code [rows, hidden]}, shared between layers
     */
    public Mlp(Workspace work, String name, Activation activation, Tensor dHidden) {
        this.work = work;
        this.first = new Linear(work, name + ".first");
        this.second = new Linear(work, name + ".second");
        this.activation = activation;
        this.hidden = work.allocate(dHidden.rows(), dHidden.columns());
        this.active = work.allocate(dHidden.rows(), dHidden.columns());
        this.product = new Biased(hidden, first.bias());
        this.slope = work.trains() ? hidden : null;
        this.dHidden = dHidden;
    }

    /**
     * Forward pass.
     *
     * @param x {@code [rows, inputs]}
     * @param y result
     */
    public void forward(Tensor x, Tensor y) {
        activate(x);
        second.forward(active, y);
    }

    /**
     * Forward pass on top of a residual.
     *
     * @param x {@code [rows, inputs]}
     * @param trunk what the result is added to
     * @param y the sum, may be the trunk
     */
    public void forward(Tensor x, Tensor trunk, Tensor y) {
        activate(x);
        second.forward(active, trunk, y);
    }

    private void activate(Tensor x) {
        first.multiply(x, hidden);
        work.kernels().activate(activation, product, active, slope);
    }

    /**
     * Backward pass.
     *
     * @param x as in the forward pass
     * @param dy gradient of the result
     * @param dx gradient of the input, overwritten; null if no one needs it
     */
    public void backward(Tensor x, Tensor dy, @Nullable Tensor dx) {
        second.backward(active, dy, dHidden);
        work.kernels().multiply(hidden, dHidden);
        first.backward(x, dHidden, dx);
    }
}
