package org.ldae.compute;

/**
 * A square window that moves over an image, with zeros laid around the image.
 *
 * @param size side of the window in pixels, at least 1
 * @param stride pixels between neighbouring windows, at least 1
 * @param before rows of zeros above and columns of zeros left of the image, less than size
 * @param after rows of zeros below and columns of zeros right of the image, less than size
 */
public record Window(int size, int stride, int before, int after) {

    /** Every pixel by itself. */
    public static final Window PIXEL = new Window(1, 1, 0, 0);

    /** 3 x 3 with stride 2 that halves even sides: zeros below and on the right only, as latent diffusion pads. */
    public static final Window HALVING = new Window(3, 2, 0, 1);

    /**
     * Checks the sides.
     *
     * @param size side of the window in pixels, at least 1
     * @param stride pixels between neighbouring windows, at least 1
     * @param before rows of zeros above and columns of zeros left of the image, less than size
     * @param after rows of zeros below and columns of zeros right of the image, less than size
     */
    public Window {
        if (size < 1 || stride < 1) {
            throw new IllegalArgumentException(
                    "window: expected positive size and stride, got size %d, stride %d".formatted(size, stride));
        }
        if (before < 0 || before >= size || after < 0 || after >= size) {
            throw new IllegalArgumentException(
                    "window: expected padding in [0, %d), got %d before and %d after".formatted(size, before, after));
        }
    }

    /**
     * A window that keeps an image's sides.
     *
     * @param size side of the window, odd
     * @return stride 1, padded by half its size all round
     */
    public static Window same(int size) {
        if (size % 2 == 0) {
            throw new IllegalArgumentException("window: only an odd size keeps an image's sides, got " + size);
        }
        return new Window(size, 1, size / 2, size / 2);
    }

    /**
     * The same window at another stride.
     *
     * @param newStride pixels between neighbouring windows, at least 1
     * @return the window
     */
    public Window withStride(int newStride) {
        return new Window(size, newStride, before, after);
    }

    /**
     * The same window with as many zeros on all four sides.
     *
     * @param padding rows and columns of zeros, less than the size
     * @return the window
     */
    public Window withPadding(int padding) {
        return new Window(size, stride, padding, padding);
    }

    /** Number of places along a side; not positive if the side is too short. */
    int places(int side) {
        return Math.floorDiv(side + before + after - size, stride) + 1;
    }
}
