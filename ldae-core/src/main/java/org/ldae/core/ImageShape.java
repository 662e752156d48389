package org.ldae.core;

import java.io.Serializable;

/**
 * Channels, height and width of an image, {@code [C, H, W]}.
 *
 * @param channels number of channels C, at least 1
 * @param height rows H in pixels, at least 1
 * @param width columns W in pixels, at least 1
 * @serial exclude
 */
@SuppressWarnings("InvalidBlockTag") // Javadoc knows the tag: a record's fields can't be described
public record ImageShape(int channels, int height, int width) implements Serializable {

    /**
     * Checks that every side is positive.
     *
     * @param channels number of channels C, at least 1
     * @param height rows H in pixels, at least 1
     * @param width columns W in pixels, at least 1
     */
    public ImageShape {
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "image shape: expected positive [C, H, W], got [%d, %d, %d]".formatted(channels, height, width));
        }
    }

    /**
     * Numbers in one image.
     *
     * @return C * H * W
     */
    public int size() {
        return Math.multiplyExact(Math.multiplyExact(channels, height), width);
    }

    @Override
    public String toString() {
        return "[" + channels + ", " + height + ", " + width + "]";
    }
}
