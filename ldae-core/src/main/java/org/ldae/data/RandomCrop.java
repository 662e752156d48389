package org.ldae.data;

import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.core.ImageShape;

/**
 * A random rectangle of an image, resized to the whole image's size: RandomResizedCrop as torchvision has it (Szegedy et
 * al. 2015, "Going Deeper with Convolutions", section 6).
 *
 * <p>Area and ratio are drawn up to ten times, until the rectangle fits; else it is the largest one in the middle whose
 * ratio is in range. Resized with the bicubic filter of Pillow's {@code resize}, to which it is equal but for Pillow's
 * rounding to levels; it only ever enlarges, where that filter has no aliasing to remove.
 *
 * @param least smallest share of the image's area, in (0, 1]
 * @param most largest share, in [least, 1]
 * @param ratio largest ratio of width to height, at least 1; the smallest is 1 / ratio, and ratios are uniform on a
 *     logarithmic scale
 */
public record RandomCrop(double least, double most, double ratio) {

    private static final int DRAWS = 10;

    /**
     * Checks the ranges.
     *
     * @param least smallest share of the area, in (0, 1]
     * @param most largest share, in [least, 1]
     * @param ratio largest ratio of width to height, at least 1
     */
    public RandomCrop {
        if (!(least > 0 && least <= most && most <= 1)) {
            throw new IllegalArgumentException(
                    "crop: expected shares of the area 0 < least <= most <= 1, got %s and %s".formatted(least, most));
        }
        if (!(ratio >= 1 && ratio < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("ratio: expected at least 1 and finite, got " + ratio);
        }
    }

    /**
     * The whole image, untouched.
     *
     * @return no crop
     */
    public static RandomCrop none() {
        return new RandomCrop(1, 1, 1);
    }

    /**
     * Usual crops: between a share and all of the area, ratios from 3/4 to 4/3.
     *
     * @param least smallest share of the area, such as 0.08 for classification or 0.2 for MAE, in (0, 1)
     * @return the options
     */
    public static RandomCrop of(double least) {
        return new RandomCrop(least, 1, 4.0 / 3);
    }

    boolean isNone() {
        return equals(none());
    }

    /** A part of an image. */
    record Box(int top, int left, int height, int width) {}

    /** The part that is shown, a function of the generator's state. */
    Box draw(ImageShape shape, UniformRandomProvider generator) {
        int height = shape.height();
        int width = shape.width();
        double widest = Math.log(ratio);
        for (int i = 0; i < DRAWS; i++) {
            double area = (double) height * width * (least + (most - least) * generator.nextDouble());
            double drawn = Math.exp(widest * (2 * generator.nextDouble() - 1));
            int cropWidth = (int) Math.rint(Math.sqrt(area * drawn));
            int cropHeight = (int) Math.rint(Math.sqrt(area / drawn));
            if (cropWidth >= 1 && cropWidth <= width && cropHeight >= 1 && cropHeight <= height) {
                int top = generator.nextInt(height - cropHeight + 1);
                return new Box(top, generator.nextInt(width - cropWidth + 1), cropHeight, cropWidth);
            }
        }
        return middle(height, width);
    }

    private Box middle(int height, int width) {
        int cropWidth = (int) Math.min(width, Math.max(1, Math.rint(height * ratio)));
        int cropHeight = (int) Math.min(height, Math.max(1, Math.rint(width * ratio)));
        return new Box((height - cropHeight) / 2, (width - cropWidth) / 2, cropHeight, cropWidth);
    }
}
