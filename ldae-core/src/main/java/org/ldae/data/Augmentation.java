package org.ldae.data;

import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;

/**
 * Random changes of an image that keep what it shows, made anew each time it is trained on. Never apply it when
 * representing images for a probe.
 *
 * @param flip mirror left and right with probability one half
 * @param shift greatest translation in pixels along each axis, at least 0; the border is filled by reflection
 */
public record Augmentation(boolean flip, int shift) {

    /**
     * Checks that the shift is not negative.
     *
     * @param flip mirror with probability one half
     * @param shift greatest translation in pixels, at least 0
     */
    public Augmentation {
        if (shift < 0) {
            throw new IllegalArgumentException("shift: expected at least 0 pixels, got " + shift);
        }
    }

    /**
     * Leaves images as they are.
     *
     * @return no augmentation
     */
    public static Augmentation none() {
        return new Augmentation(false, 0);
    }

    /**
     * Also mirrors left and right with probability one half. Not for digits, text or other images with a direction.
     *
     * @return a changed copy
     */
    public Augmentation withFlip() {
        return new Augmentation(true, shift);
    }

    /**
     * Also moves by a whole number of pixels, uniform in [-pixels, pixels] on each axis; what lies beyond the border
     * is reflected at the outermost pixels, without repeating them.
     *
     * @param pixels greatest translation, less than each side of the images
     * @return a changed copy
     */
    public Augmentation withShift(int pixels) {
        return new Augmentation(flip, pixels);
    }

    /**
     * Changes one image in place; a function of the image and the key alone.
     *
     * @param image holds an image {@code [C, H, W]}
     * @param offset index of its first number
     * @param shape {@code [C, H, W]}
     * @param rng key of this image in this epoch
     * @param scratch at least C * H * W numbers, overwritten
     * @throws IllegalArgumentException if the images are too small for the shift
     */
    public void apply(float[] image, int offset, ImageShape shape, Rng rng, float[] scratch) {
        if (!flip && shift == 0) {
            return;
        }
        if (shift >= Math.min(shape.height(), shape.width())) {
            throw new IllegalArgumentException(
                    "shift: expected less than each side of the images %s, got %d".formatted(shape, shift));
        }
        UniformRandomProvider generator = rng.generator();
        boolean mirrored = generator.nextBoolean() && flip;
        int down = generator.nextInt(2 * shift + 1) - shift;
        int right = generator.nextInt(2 * shift + 1) - shift;
        int height = shape.height();
        int width = shape.width();
        System.arraycopy(image, offset, scratch, 0, shape.size());
        for (int row = 0; row < shape.channels() * height; row++) {
            int y = row % height;
            int from = (row - y + reflect(y - down, height)) * width;
            int to = offset + row * width;
            for (int x = 0; x < width; x++) {
                int column = reflect(x - right, width);
                image[to + x] = scratch[from + (mirrored ? width - 1 - column : column)];
            }
        }
    }

    private static int reflect(int position, int length) {
        int inside = Math.abs(position);
        return inside < length ? inside : 2 * (length - 1) - inside;
    }
}
