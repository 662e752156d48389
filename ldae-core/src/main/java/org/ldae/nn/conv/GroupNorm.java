package org.ldae.nn.conv;

import org.jspecify.annotations.Nullable;
import org.ldae.compute.Activation;
import org.ldae.compute.ImageKernels.Affine;
import org.ldae.compute.ImageKernels.GroupNormShape;
import org.ldae.compute.ImageKernels.Normalised;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * Group normalisation (Wu and He 2018) with a learnt scale and shift for each channel, and the non-linearity after it.
 *
 * <p>The backward pass reads the input again: the caller keeps x.
 */
public final class GroupNorm {

    /** Added to the variance, as in latent diffusion. */
    public static final float EPSILON = 1e-6f;

    private static final int MOST_GROUPS = 32;
    private static final int LEAST_CHANNELS = 4;

    private final Workspace work;
    private final GroupNormShape norm;
    private final Affine values;
    private final Affine gradients;
    private final Tensor moments;

    /**
     * Sides of the input, groups, and what follows.
     *
     * @param images largest number of images of a pass
     * @param maps sides of the maps
     * @param groups number of groups, a divisor of the channels
     * @param activation non-linearity applied to the result, or null for none
     */
    public record Options(
            int images, MapShape maps, int groups, @Nullable Activation activation) {

        /**
         * Checks that the groups divide the channels.
         *
         * @param images largest number of images of a pass
         * @param maps sides of the maps
         * @param groups number of groups, a divisor of the channels
         * @param activation non-linearity applied to the result, or null for none
         */
        public Options {
            if (images < 1) {
                throw new IllegalArgumentException("group norm: expected at least 1 image, got " + images);
            }
            if (groups < 1 || maps.channels() % groups != 0) {
                throw new IllegalArgumentException(
                        "group norm: expected a number of groups that divides the %d channels, got %d"
                                .formatted(maps.channels(), groups));
            }
        }
    }

    /**
     * Groups of a network's maps: 32 as in latent diffusion, fewer where a group would have less than 4 channels or the
     * channels don't divide.
     *
     * @param channels number of channels
     * @return a divisor of the channels
     */
    public static int groups(int channels) {
        int groups = Math.max(1, Math.min(MOST_GROUPS, channels / LEAST_CHANNELS));
        while (channels % groups != 0) {
            groups--;
        }
        return groups;
    }

    /**
     * Declares scale and shift.
     *
     * @param layout the network's parameters
     * @param name path of the layer
     * @param channels number of channels
     */
    public static void declare(Parameters.Layout layout, String name, int channels) {
        layout.add(name + ".weight", 1, channels, Parameters.Init.ONES);
        layout.add(name + ".bias", 1, channels, Parameters.Init.ZEROS);
    }

    /**
     * The layer over declared parameters.
     *
     * @param work workspace
     * @param name path of the layer
     * @param options sides, groups and non-linearity
     */
    public GroupNorm(Workspace work, String name, Options options) {
        this.work = work;
        this.norm = new GroupNormShape(options.maps().pixels(), options.groups(), EPSILON, options.activation());
        this.values = new Affine(work.value(name + ".weight"), work.value(name + ".bias"));
        this.gradients = new Affine(work.gradient(name + ".weight"), work.gradient(name + ".bias"));
        this.moments = work.allocate(options.images() * options.groups(), 2);
    }

    /**
     * {@code y = f(weight (x - mean) / sqrt(variance + epsilon) + bias)}.
     *
     * @param x {@code [n H W, C]}
     * @param y result of the same shape
     */
    public void forward(Tensor x, Tensor y) {
        work.kernels().images().groupNorm(norm, x, values, moments, y);
    }

    /**
     * Adds to the gradients of scale and shift, and overwrites that of the input; dy is used up.
     *
     * @param x as in the forward pass
     * @param dy gradient of y
     * @param dx gradient of x
     */
    public void backward(Tensor x, Tensor dy, Tensor dx) {
        backward(x, dy, dx, 0);
    }

    /**
     * As {@link #backward(Tensor, Tensor, Tensor)}, on top of {@code beta dx}.
     *
     * @param x as in the forward pass
     * @param dy gradient of y, used up
     * @param dx gradient of x; may be dy itself if beta is 0
     * @param beta 0 overwrites dx, 1 adds to it
     */
    public void backward(Tensor x, Tensor dy, Tensor dx, float beta) {
        Normalised forward = new Normalised(x, values, moments);
        work.kernels().images().groupNormBackward(norm, forward, dy, gradients, beta, dx);
    }
}
