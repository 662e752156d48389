package org.ldae.data;

import org.apache.commons.rng.UniformRandomProvider;

/**
 * Random brightness, contrast and saturation, as ColorJitter of torchvision has them: each multiplies by a factor uniform
 * in [1 - strength, 1 + strength], in a random order, on the scale where black is 0 and white 1, and cuts what leaves it.
 *
 * <p>Brightness multiplies the pixels, contrast their difference from the mean luma of the whole image, saturation their
 * difference from their own luma (0.2989 R + 0.587 G + 0.114 B). The luma of an image that hasn't three channels is
 * their mean.
 *
 * @param brightness strength in [0, 1], 0 for none
 * @param contrast strength in [0, 1], 0 for none
 * @param saturation strength in [0, 1], 0 for none; needs images of three channels
 */
public record ColourJitter(double brightness, double contrast, double saturation) {

    /** Channels of an image with colours. */
    static final int COLOURS = 3;

    private static final float RED = 0.2989f;
    private static final float GREEN = 0.587f;
    private static final float BLUE = 0.114f;

    /**
     * Checks the strengths.
     *
     * @param brightness strength in [0, 1]
     * @param contrast strength in [0, 1]
     * @param saturation strength in [0, 1]
     */
    public ColourJitter {
        check("brightness", brightness);
        check("contrast", contrast);
        check("saturation", saturation);
    }

    private static void check(String name, double strength) {
        if (!(strength >= 0 && strength <= 1)) {
            throw new IllegalArgumentException("%s: expected a strength in [0, 1], got %s".formatted(name, strength));
        }
    }

    /**
     * Colours as they are.
     *
     * @return no jitter
     */
    public static ColourJitter none() {
        return new ColourJitter(0, 0, 0);
    }

    /**
     * The same strength for all three; images must have three channels.
     *
     * @param strength in [0, 1], such as 0.4
     * @return the options
     */
    public static ColourJitter of(double strength) {
        return new ColourJitter(strength, strength, strength);
    }

    boolean isNone() {
        return brightness == 0 && contrast == 0 && saturation == 0;
    }

    /** Changes one image in place. */
    void apply(ImageSlice image, UniformRandomProvider generator) {
        if (saturation > 0 && image.shape.channels() != COLOURS) {
            throw new IllegalArgumentException(
                    "saturation: expected images of 3 channels, got %s; leave it 0".formatted(image.shape));
        }
        // One of the six orders: the first, and which of the other two comes next.
        int first = generator.nextInt(3);
        int second = (first + 1 + generator.nextInt(2)) % 3;
        change(first, image, generator);
        change(second, image, generator);
        change(3 - first - second, image, generator);
    }

    private void change(int which, ImageSlice image, UniformRandomProvider generator) {
        double strength = which == 0 ? brightness : which == 1 ? contrast : saturation;
        if (strength == 0) {
            return;
        }
        float factor = (float) (1 + strength * (2 * generator.nextDouble() - 1));
        switch (which) {
            case 0 -> brighten(image, factor);
            case 1 -> contrast(image, factor);
            default -> saturate(image, factor);
        }
    }

    static void brighten(ImageSlice image, float factor) {
        for (int i = image.offset; i < image.end(); i++) {
            image.values[i] = blend(image.values[i], -1, factor);
        }
    }

    static void contrast(ImageSlice image, float factor) {
        double sum = 0;
        if (image.shape.channels() == COLOURS) {
            for (int i = image.offset; i < image.offset + image.plane(); i++) {
                sum += luma(image, i);
            }
        } else {
            for (int i = image.offset; i < image.end(); i++) {
                sum += image.values[i];
            }
        }
        float mean = (float) (sum / (image.shape.channels() == COLOURS ? image.plane() : image.shape.size()));
        for (int i = image.offset; i < image.end(); i++) {
            image.values[i] = blend(image.values[i], mean, factor);
        }
    }

    static void saturate(ImageSlice image, float factor) {
        for (int i = image.offset; i < image.offset + image.plane(); i++) {
            float luma = luma(image, i);
            for (int c = 0; c < COLOURS; c++) {
                int place = i + c * image.plane();
                image.values[place] = blend(image.values[place], luma, factor);
            }
        }
    }

    /** On the scale from -1 to 1; torchvision's three weights sum to 0.9999. */
    private static float luma(ImageSlice image, int place) {
        float red = (image.values[place] + 1) * RED;
        float green = (image.values[place + image.plane()] + 1) * GREEN;
        return red + green + (image.values[place + 2 * image.plane()] + 1) * BLUE - 1;
    }

    private static float blend(float value, float other, float factor) {
        float blended = other + factor * (value - other);
        return blended < -1 ? -1 : blended > 1 ? 1 : blended;
    }
}
