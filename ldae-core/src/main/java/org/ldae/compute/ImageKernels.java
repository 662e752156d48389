package org.ldae.compute;

import org.jspecify.annotations.Nullable;

/**
 * The operations of convolutional networks, forward and backward, over preallocated channel maps.
 *
 * <p>Maps are contiguous matrices with a row a pixel and a column a channel (see {@link MapShape}); the number of images n
 * follows from the rows. One instance belongs to one thread. Gradients named {@code +=} are added to; {@code beta} says
 * what becomes of numbers already there (0 ignores them, 1 adds to them). Sides are the caller's responsibility; layers
 * check them once when they are built.
 *
 * <p>A convolution's weight is a matrix {@code [C_out, k k C_in]}: for each output channel the window row by row, channels
 * innermost. With a window of one pixel it is the weight of a linear layer.
 */
public interface ImageKernels {

    /**
     * {@code y = x * weight + beta y}: the cross-correlation that PyTorch calls convolution. A bias or a residual is laid
     * into y before.
     *
     * @param shape geometry
     * @param x {@code [n H W, C_in]}
     * @param weight {@code [C_out, k k C_in]}
     * @param beta factor on what y holds
     * @param y {@code [n H' W', C_out]}
     */
    void convolve(ConvolutionShape shape, Tensor x, Tensor weight, float beta, Tensor y);

    /**
     * Gradient of {@link #convolve} with respect to its input: {@code dx = ... + beta dx}.
     *
     * @param shape geometry
     * @param dy gradient of the result
     * @param weight as in the forward pass
     * @param beta factor on what dx holds
     * @param dx gradient of the input
     */
    void convolveBackwardData(ConvolutionShape shape, Tensor dy, Tensor weight, float beta, Tensor dx);

    /**
     * Gradient of {@link #convolve} with respect to its weight: {@code dWeight += ...}.
     *
     * @param shape geometry
     * @param x the input
     * @param dy gradient of the result
     * @param dWeight gradient of the weight, added to
     */
    void convolveBackwardWeight(ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeight);

    /**
     * Group normalisation (Wu and He 2018), scale and shift by channel, and a non-linearity:
     * {@code y = f(weight (x - mean) / sqrt(variance + epsilon) + bias)}, moments over an image's pixels and a group's
     * channels.
     *
     * @param norm groups and what goes with them
     * @param x maps
     * @param affine weight and bias
     * @param moments at least {@code [n * groups, 2]}: mean and inverse deviation, kept for the backward pass
     * @param y result
     */
    void groupNorm(GroupNormShape norm, Tensor x, Affine affine, Tensor moments, Tensor y);

    /**
     * Backward of {@link #groupNorm}: {@code dx = ... + beta dx}, gradients of weight and bias {@code +=}.
     *
     * @param norm as in the forward pass
     * @param forward the forward pass's operands
     * @param dy gradient of the result, used up
     * @param gradients gradients of weight and bias, added to
     * @param beta factor on what dx holds
     * @param dx gradient of the input; may be dy itself if beta is 0
     */
    void groupNormBackward(GroupNormShape norm, Normalised forward, Tensor dy, Affine gradients, float beta, Tensor dx);

    /**
     * Nearest-neighbour upsampling: each pixel becomes 2 x 2.
     *
     * @param input sides of x
     * @param x maps
     * @param y maps of twice the sides, overwritten
     */
    void upsample(MapShape input, Tensor x, Tensor y);

    /**
     * Backward of {@link #upsample}: {@code dx = ... + beta dx}.
     *
     * @param input sides of dx
     * @param dy gradient of the result
     * @param beta factor on what dx holds
     * @param dx gradient of the input
     */
    void upsampleBackward(MapShape input, Tensor dy, float beta, Tensor dx);

    /**
     * Largest of each 2 x 2 pixels, channel by channel; an odd last row or column is left out.
     *
     * @param input sides of x, at least 2 x 2
     * @param x maps
     * @param y maps of half the sides, overwritten
     */
    void maxPool(MapShape input, Tensor x, Tensor y);

    /**
     * Backward of {@link #maxPool}: {@code dx = ... + beta dx}. Of equal pixels the first, row by row, has the gradient.
     *
     * @param input sides of x
     * @param x the input
     * @param dy gradient of the result
     * @param beta factor on what dx holds
     * @param dx gradient of the input
     */
    void maxPoolBackward(MapShape input, Tensor x, Tensor dy, float beta, Tensor dx);

    /**
     * Mean over each image's pixels.
     *
     * @param x maps
     * @param y {@code [n, C]}, overwritten
     */
    void averagePool(Tensor x, Tensor y);

    /**
     * Backward of {@link #averagePool}: {@code dx = ... + beta dx}.
     *
     * @param dy gradient of the result, {@code [n, C]}
     * @param beta factor on what dx holds
     * @param dx gradient of the input
     */
    void averagePoolBackward(Tensor dy, float beta, Tensor dx);

    /**
     * Cuts images that lie channel by channel into patches; the pixels of a patch's row stay together.
     *
     * @param shape sides of an image and of a patch
     * @param images {@code [n, C H W]}
     * @param patches {@code [n L, C P P]}: tokens row-major; inside a patch channel, row, column. Overwritten
     */
    void cut(PatchShape shape, Tensor images, Tensor patches);

    /**
     * Puts patches together: the inverse of {@link #cut}.
     *
     * @param shape sides of an image and of a patch
     * @param patches {@code [n L, C P P]}
     * @param images {@code [n, C H W]}, overwritten
     */
    void paste(PatchShape shape, Tensor patches, Tensor images);

    /**
     * Images {@code [C, H, W]} in {@code L = rows columns} square patches.
     *
     * @param channels C
     * @param rows patches above each other, H / P
     * @param columns patches beside each other, W / P
     * @param side P in pixels
     */
    record PatchShape(int channels, int rows, int columns, int side) {

        /**
         * Numbers in a channel of a row of patches, which lie together in an image.
         *
         * @return P W
         */
        public int strip() {
            return side * side * columns;
        }

        /**
         * Numbers in an image.
         *
         * @return C H W
         */
        public int imageSize() {
            return channels * rows * strip();
        }
    }

    /**
     * A weight and a bias for each channel, or their gradients.
     *
     * @param weight {@code [1, C]}
     * @param bias {@code [1, C]}
     */
    record Affine(Tensor weight, Tensor bias) {}

    /**
     * What is normalised together, and what follows.
     *
     * @param pixels pixels of one image
     * @param groups groups of channels, a divisor of their number
     * @param epsilon added to the (biased) variance
     * @param activation non-linearity, or null for none
     */
    record GroupNormShape(
            int pixels, int groups, float epsilon, @Nullable Activation activation) {}

    /**
     * Operands of a normalisation's forward pass.
     *
     * @param x maps
     * @param affine weight and bias
     * @param moments as the forward pass left them
     */
    record Normalised(Tensor x, Affine affine, Tensor moments) {}
}
