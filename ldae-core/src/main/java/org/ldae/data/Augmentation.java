package org.ldae.data;

import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;

/**
 * Random changes of an image that keep what it shows, made anew each time it is trained on: crop, then flip and shift,
 * then colours. Never apply it when representing images for a probe.
 *
 * @param flip mirror left and right with probability one half
 * @param shift greatest translation in pixels along each axis, at least 0; the border is filled by reflection
 * @param crop which part is enlarged to the whole image
 * @param jitter how brightness, contrast and saturation vary
 */
public record Augmentation(boolean flip, int shift, RandomCrop crop, ColourJitter jitter) {

    /** Rounding of decoders and resizers beyond black and white. */
    private static final float MOST = 1 + 1e-4f;

    /**
     * Checks that the shift is not negative.
     *
     * @param flip mirror with probability one half
     * @param shift greatest translation in pixels, at least 0
     * @param crop which part is enlarged
     * @param jitter how colours vary
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
        return new Augmentation(false, 0, RandomCrop.none(), ColourJitter.none());
    }

    /**
     * Also mirrors left and right with probability one half. Not for digits, text or other images with a direction.
     *
     * @return a changed copy
     */
    public Augmentation withFlip() {
        return new Augmentation(true, shift, crop, jitter);
    }

    /**
     * Also moves by a whole number of pixels, uniform in [-pixels, pixels] on each axis; what lies beyond the border
     * is reflected at the outermost pixels, without repeating them.
     *
     * @param pixels greatest translation, less than each side of the images
     * @return a changed copy
     */
    public Augmentation withShift(int pixels) {
        return new Augmentation(flip, pixels, crop, jitter);
    }

    /**
     * Also shows a random part of the image, enlarged to its size. Images must lie in [-1, 1].
     *
     * @param part how large, of which ratios
     * @return a changed copy
     */
    public Augmentation withCrop(RandomCrop part) {
        return new Augmentation(flip, shift, part, jitter);
    }

    /**
     * Also varies brightness, contrast and saturation. Images must lie in [-1, 1].
     *
     * @param colours how strongly
     * @return a changed copy
     */
    public Augmentation withJitter(ColourJitter colours) {
        return new Augmentation(flip, shift, crop, colours);
    }

    /**
     * Scratch memory that {@link #apply} wants.
     *
     * @param shape of the images
     * @return numbers
     */
    public int scratch(ImageShape shape) {
        return crop.isNone() ? shape.size() : Enlargement.scratch(shape);
    }

    /**
     * Changes one image in place; a function of the image and the key alone.
     *
     * @param image holds an image {@code [C, H, W]}
     * @param offset index of its first number
     * @param shape {@code [C, H, W]}
     * @param rng key of this image in this epoch
     * @param scratch at least {@link #scratch} numbers, overwritten
     * @throws IllegalArgumentException if the images are too small for the shift, have another number of channels than
     *     three where saturation varies, or leave [-1, 1] where crop or jitter are asked for
     */
    public void apply(float[] image, int offset, ImageShape shape, Rng rng, float[] scratch) {
        if (!flip && shift == 0 && crop.isNone() && jitter.isNone()) {
            return;
        }
        if (shift >= Math.min(shape.height(), shape.width())) {
            throw new IllegalArgumentException(
                    "shift: expected less than each side of the images %s, got %d".formatted(shape, shift));
        }
        if (scratch.length < scratch(shape)) {
            throw new IllegalArgumentException(
                    "scratch: expected at least %d numbers, got %d".formatted(scratch(shape), scratch.length));
        }
        ImageSlice slice = new ImageSlice(image, offset, shape);
        UniformRandomProvider generator = rng.generator();
        boolean mirrored = generator.nextBoolean() && flip;
        int down = generator.nextInt(2 * shift + 1) - shift;
        int right = generator.nextInt(2 * shift + 1) - shift;
        if (!crop.isNone() || !jitter.isNone()) {
            requireLevels(slice);
        }
        if (!crop.isNone()) {
            new Enlargement(slice, scratch).of(crop.draw(shape, generator));
        }
        if (mirrored || down != 0 || right != 0) {
            move(slice, new Move(mirrored, down, right), scratch);
        }
        if (!jitter.isNone()) {
            jitter.apply(slice, generator);
        }
    }

    private record Move(boolean mirrored, int down, int right) {}

    private static void move(ImageSlice image, Move move, float[] scratch) {
        int height = image.shape.height();
        int width = image.shape.width();
        System.arraycopy(image.values, image.offset, scratch, 0, image.shape.size());
        for (int row = 0; row < image.shape.channels() * height; row++) {
            int y = row % height;
            int from = (row - y + reflect(y - move.down, height)) * width;
            int to = image.offset + row * width;
            for (int x = 0; x < width; x++) {
                int column = reflect(x - move.right, width);
                image.values[to + x] = scratch[from + (move.mirrored ? width - 1 - column : column)];
            }
        }
    }

    /** Crop and jitter cut what lies beyond black and white, which would spoil images of another scale. */
    private static void requireLevels(ImageSlice image) {
        for (int i = image.offset; i < image.end(); i++) {
            if (!(Math.abs(image.values[i]) <= MOST)) {
                throw new IllegalArgumentException(
                        "augmentation: expected pixels in [-1, 1] to crop or jitter, got %s; leave both out"
                                .formatted(image.values[i]));
            }
        }
    }

    private static int reflect(int position, int length) {
        int inside = Math.abs(position);
        return inside < length ? inside : 2 * (length - 1) - inside;
    }
}
