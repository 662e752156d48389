package org.ldae.nn;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Tensor;

/**
 * LayerNorm followed by its scale and shift: learnt ones (plain ViT), or given per image by adaLN (DiT).
 *
 * <p>Epsilon is 1e-6, as in DiT and MAE.
 */
public final class Norm {

    private static final float EPSILON = 1e-6f;

    private final Workspace work;
    private final Tensor normalised;
    private final Tensor inverseDeviation;
    private final float base;
    private final Tensor scale;
    private final Tensor shift;
    private final Tensor scaleGradient;
    private final Tensor shiftGradient;

    private Norm(Workspace work, int rows, float base, Affine values, Affine gradients) {
        this.work = work;
        this.normalised = work.allocate(rows, values.scale.columns());
        this.inverseDeviation = work.allocate(rows, 1);
        this.base = base;
        this.scale = values.scale;
        this.shift = values.shift;
        this.scaleGradient = gradients.scale;
        this.shiftGradient = gradients.shift;
    }

    /**
     * Scale and shift, or their gradients.
     *
     * @param scale G rows
     * @param shift G rows
     */
    public record Affine(Tensor scale, Tensor shift) {}

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
     * Normalises, scales and shifts.
     *
     * @param x {@code [rows, width]}
     * @param y result of the same shape
     */
    public void forward(Tensor x, Tensor y) {
        work.kernels().layerNorm(x, EPSILON, normalised, inverseDeviation);
        work.kernels().modulate(normalised, base, scale, shift, y);
    }

    /**
     * Adds the input's gradient to dx; dy is used up.
     *
     * @param dy gradient of the result, overwritten
     * @param dx gradient of the input, added to; null if no one needs it
     */
    public void backward(Tensor dy, @Nullable Tensor dx) {
        work.kernels().modulateBackward(normalised, base, scale, dy, scaleGradient, shiftGradient);
        if (dx != null) {
            work.kernels().layerNormBackward(dy, normalised, inverseDeviation, dx);
        }
    }
}
