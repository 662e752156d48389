package org.ldae.compute;

/**
 * Geometry of a convolution.
 *
 * @param input sides of the maps it reads
 * @param window its window
 * @param outputs channels of the maps it makes, at least 1
 */
public record ConvolutionShape(MapShape input, Window window, int outputs) {

    /**
     * Checks that the padded input holds the window.
     *
     * @param input sides of the maps it reads
     * @param window its window
     * @param outputs channels of the maps it makes, at least 1
     */
    public ConvolutionShape {
        if (outputs < 1) {
            throw new IllegalArgumentException("convolution: expected at least 1 output channel, got " + outputs);
        }
        if (window.places(input.height()) < 1 || window.places(input.width()) < 1) {
            throw new IllegalArgumentException(
                    "convolution: expected padded sides of at least the window's %d pixels, got %d x %d with %d + %d of padding"
                            .formatted(window.size(), input.height(), input.width(), window.before(), window.after()));
        }
    }

    /**
     * Sides of the maps it makes.
     *
     * @return a pixel for each place of the window
     */
    public MapShape output() {
        return new MapShape(window.places(input.height()), window.places(input.width()), outputs);
    }

    /**
     * Numbers a window covers: columns of the weight.
     *
     * @return {@code k k C}
     */
    public int patch() {
        return Math.multiplyExact(window.size() * window.size(), input.channels());
    }
}
