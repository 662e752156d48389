package org.ldae.nn;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels.Affine;
import org.ldae.compute.Kernels.LayerNorm;
import org.ldae.compute.Tensor;

/**
 * LayerNorm followed by its scale and shift: learnt ones (plain ViT), or given per image by adaLN (DiT).
 *
 * <p>Epsilon is 1e-6, as in DiT and MAE, unless {@link #withEpsilon} says otherwise.
 */
public final class Norm {

    /** What is added to the variance unless asked otherwise. */
    public static final double EPSILON = 1e-6;

    private final Workspace work;
    private final Tensor moments;
    private final float base;
    private final Affine values;
    private final Affine gradients;
    private final float epsilon;
    private @Nullable LayerNorm last;

    private Norm(Workspace work, int rows, float base, Affine values, Affine gradients) {
        this.work = work;
        this.moments = work.allocate(rows, 2);
        this.base = base;
        this.values = values;
        this.gradients = gradients;
        this.epsilon = (float) EPSILON;
    }

    private Norm(Norm other, double epsilon) {
        this.work = other.work;
        this.moments = other.moments;
        this.base = other.base;
        this.values = other.values;
        this.gradients = other.gradients;
        this.epsilon = (float) epsilon;
    }

    /**
     * Declares the learnt scale and shift of a plain LayerNorm.
     *
     * @param layout the network's parameters
     * @param name path of the layer
     * @param width numbers in a row
     */
    public static void declare(Parameters.Layout layout, String name, int width) {
        layout.add(name + ".weight", 1, width, Parameters.Init.ONES);
        layout.add(name + ".bias", 1, width, Parameters.Init.ZEROS);
    }

    /**
     * A plain LayerNorm with learnt scale and shift.
     *
     * @param work workspace
     * @param name path of the layer
     * @param rows rows of its input
     * @return the layer
     */
    public static Norm affine(Workspace work, String name, int rows) {
        return new Norm(
                work,
                rows,
                0,
                new Affine(work.value(name + ".weight"), work.value(name + ".bias")),
                new Affine(work.gradient(name + ".weight"), work.gradient(name + ".bias")));
    }

    /**
     * A LayerNorm without parameters, modulated by {@code x (1 + scale) + shift} of its image.
     *
     * @param work workspace
     * @param rows rows of its input
     * @param values scale and shift, a row an image
     * @param gradients where their gradients go
     * @return the layer
     */
    public static Norm modulated(Workspace work, int rows, Affine values, Affine gradients) {
        return new Norm(work, rows, 1, values, gradients);
    }

    /**
     * Another epsilon. The layer takes the place of this one, whose memory it works in.
     *
     * @param newEpsilon what is added to the variance, positive
     * @return the layer
     */
    public Norm withEpsilon(double newEpsilon) {
        return new Norm(this, newEpsilon);
    }

    /**
     * Normalises, scales and shifts.
     *
     * @param x {@code [rows, width]}, must stay as it is until {@link #backward}
     * @param y result of the same shape, another matrix
     */
    public void forward(Tensor x, Tensor y) {
        work.kernels().layerNorm(operands(x), y);
    }

    /**
     * Adds to the gradients of scale, shift and input.
     *
     * @param x as in the forward pass
     * @param dy gradient of the result
     * @param dx gradient of the input, added to
     */
    public void backward(Tensor x, Tensor dy, Tensor dx) {
        work.kernels().layerNormBackward(operands(x), dy, gradients, dx);
    }

    /** Made anew only when the input is another matrix than last time: a step allocates nothing. */
    private LayerNorm operands(Tensor x) {
        if (last == null || last.x() != x) {
            last = new LayerNorm(x, moments, values, base, epsilon);
        }
        return last;
    }
}
