package org.ldae.compute;

/**
 * Sides of the channel maps of one image. A matrix of n maps has {@code n H W} rows, the pixels row by row, and C columns
 * (the order called NHWC), so that products, activations, attention and tokens read it as it is.
 *
 * @param height rows H in pixels, at least 1
 * @param width columns W in pixels, at least 1
 * @param channels number of channels C, at least 1
 */
public record MapShape(int height, int width, int channels) {

    /**
     * Checks that every side is positive.
     *
     * @param height rows H in pixels, at least 1
     * @param width columns W in pixels, at least 1
     * @param channels number of channels C, at least 1
     */
    public MapShape {
        if (height < 1 || width < 1 || channels < 1) {
            throw new IllegalArgumentException(
                    "channel maps: expected positive [H, W, C], got [%d, %d, %d]".formatted(height, width, channels));
        }
    }

    /**
     * Pixels of one image.
     *
     * @return H * W
     */
    public int pixels() {
        return Math.multiplyExact(height, width);
    }

    /**
     * Numbers in one image's maps.
     *
     * @return H * W * C
     */
    public int size() {
        return Math.multiplyExact(pixels(), channels);
    }

    /**
     * Maps of the same sides with other channels.
     *
     * @param newChannels number of channels, at least 1
     * @return the shape
     */
    public MapShape withChannels(int newChannels) {
        return new MapShape(height, width, newChannels);
    }

    /**
     * What nearest-neighbour upsampling makes of these maps.
     *
     * @return sides twice as long
     */
    public MapShape doubled() {
        return new MapShape(2 * height, 2 * width, channels);
    }

    /**
     * What 2 x 2 pooling makes of these maps; an odd last row or column is left out.
     *
     * @return sides half as long, rounded down
     */
    public MapShape halved() {
        return new MapShape(height / 2, width / 2, channels);
    }
}
