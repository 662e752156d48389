package org.ldae.core;

/**
 * How an image is cut into square patches: {@code L = (H/P)(W/P)} tokens, row-major.
 *
 * @param image shape of the images
 * @param patch patch side P in pixels; both image sides must be multiples of it
 */
public record TokenGrid(ImageShape image, int patch) {

    /**
     * Checks that the patch divides both sides of the image.
     *
     * @param image shape of the images
     * @param patch patch side P in pixels; both image sides must be multiples of it
     */
    public TokenGrid {
        if (patch < 1) {
            throw new IllegalArgumentException("patch: expected a side of at least 1 pixel, got " + patch);
        }
        if (image.height() % patch != 0 || image.width() % patch != 0) {
            throw new IllegalArgumentException(
                    "patch: expected a divisor of both image sides, got %d for [C, H, W] = %s; choose another patch or resize the images"
                            .formatted(patch, image));
        }
    }

    /**
     * Rows of tokens.
     *
     * @return H / P
     */
    public int rows() {
        return image.height() / patch;
    }

    /**
     * Columns of tokens.
     *
     * @return W / P
     */
    public int columns() {
        return image.width() / patch;
    }

    /**
     * Tokens in an image.
     *
     * @return L
     */
    public int tokens() {
        return rows() * columns();
    }

    /**
     * Numbers in one patch.
     *
     * @return P * P * C
     */
    public int patchSize() {
        return patch * patch * image.channels();
    }
}
