package org.ldae.compute;

/**
 * Images {@code [n, C, H, W]} in square patches that fill them.
 *
 * @param channels C, at least 1
 * @param height H, a multiple of the patch side
 * @param width W, a multiple of the patch side
 * @param patch side P of a patch, at least 1
 */
public record PatchShape(int channels, int height, int width, int patch) {

    /**
     * Checks that the patches fill the images.
     *
     * @param channels C, at least 1
     * @param height H, a multiple of the patch side
     * @param width W, a multiple of the patch side
     * @param patch side P of a patch, at least 1
     */
    public PatchShape {
        if (channels < 1 || patch < 1 || height < 1 || width < 1 || height % patch != 0 || width % patch != 0) {
            throw new IllegalArgumentException(
                    "patches: expected positive sides and multiples of the patch's, got %d x %d x %d in patches of %d"
                            .formatted(channels, height, width, patch));
        }
    }

    /**
     * Rows of patches in an image.
     *
     * @return H / P
     */
    public int bands() {
        return height / patch;
    }

    /**
     * Patches in a row.
     *
     * @return W / P
     */
    public int columns() {
        return width / patch;
    }

    /**
     * Numbers of a patch.
     *
     * @return C * P * P
     */
    public int size() {
        return channels * patch * patch;
    }

    /**
     * Numbers of a row of patches.
     *
     * @return C * P * W
     */
    public int bandSize() {
        return columns() * size();
    }

    /**
     * Numbers of a channel's pixels in a row of patches.
     *
     * @return P * W
     */
    public int plane() {
        return patch * width;
    }

    /**
     * Numbers of an image.
     *
     * @return C * H * W
     */
    public int imageSize() {
        return channels * height * width;
    }

    /**
     * Where a channel of a band begins.
     *
     * @param at index of the first image's first number
     * @param band counted through the images
     * @param channel from 0
     * @return index of its first number
     */
    public int pixel(int at, int band, int channel) {
        int image = band / bands();
        int within = band % bands();
        return at + image * imageSize() + within * plane() + channel * height * width;
    }
}
