package org.ldae.data;

import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;

/**
 * Random views of an image for contrastive learning (Chen et al. 2020): crop, flip and shift of an {@link Augmentation}, its
 * colours in a share of the views, then greyscale and blur in others.
 *
 * <p>Images must lie in [-1, 1].
 *
 * @param changes crop, flip, shift and colours
 * @param jitter share of the views whose colours vary, in [0, 1]
 * @param greyscale share of the views without colours, in [0, 1]; needs images of three channels
 * @param blur share of the views that are blurred, in [0, 1]
 */
public record Views(Augmentation changes, double jitter, double greyscale, double blur) {

    /** Standard deviations of the blur in pixels (Chen et al. 2020, appendix A). */
    private static final double LEAST_SIGMA = 0.1;

    private static final double MOST_SIGMA = 2;

    /**
     * Checks the shares.
     *
     * @param changes crop, flip, shift and colours
     * @param jitter share of the views whose colours vary, in [0, 1]
     * @param greyscale share of the views without colours, in [0, 1]
     * @param blur share of the views that are blurred, in [0, 1]
     */
    public Views {
        check("jitter", jitter);
        check("greyscale", greyscale);
        check("blur", blur);
    }

    private static void check(String name, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "%s: expected a share of the views in [0, 1], got %s".formatted(name, share));
        }
    }

    /**
     * SimCLR's views as MoCo v3 has them: crops of 0.2 to 1 of the area, flips, brightness, contrast and saturation of 0.4 in 0.8
     * of the views (there is no change of hue), greyscale in 0.2; blur in half of those of images of at least 64 pixels a side.
     * Images that haven't three channels vary in brightness and contrast only.
     *
     * @param images shape of the images
     * @return the options
     */
    public static Views of(ImageShape images) {
        boolean coloured = images.channels() == ColourJitter.COLOURS;
        ColourJitter colours = new ColourJitter(0.4, 0.4, coloured ? 0.4 : 0);
        Augmentation changes =
                Augmentation.none().withFlip().withCrop(RandomCrop.of(0.2)).withJitter(colours);
        boolean large = Math.min(images.height(), images.width()) >= 64;
        return new Views(changes, 0.8, coloured ? 0.2 : 0, large ? 0.5 : 0);
    }

    /**
     * Another crop, flip, shift or other colours.
     *
     * @param others what is done to each view
     * @return a copy
     */
    public Views withChanges(Augmentation others) {
        return new Views(others, jitter, greyscale, blur);
    }

    /**
     * Blur in another share of the views.
     *
     * @param share in [0, 1]
     * @return a copy
     */
    public Views withBlur(double share) {
        return new Views(changes, jitter, greyscale, share);
    }

    /**
     * Scratch memory that {@link #apply} wants.
     *
     * @param shape of the images
     * @return numbers
     */
    public int scratch(ImageShape shape) {
        return Math.max(changes.scratch(shape), shape.size());
    }

    /**
     * Makes one view in place; a function of the image and the key alone.
     *
     * @param image holds an image {@code [C, H, W]}
     * @param offset index of its first number
     * @param shape {@code [C, H, W]}
     * @param rng key of this view
     * @param scratch at least {@link #scratch} numbers, overwritten
     * @throws IllegalArgumentException as {@link Augmentation#apply}, or if greyscale is asked of images without three channels
     */
    public void apply(float[] image, int offset, ImageShape shape, Rng rng, float[] scratch) {
        if (greyscale > 0 && shape.channels() != ColourJitter.COLOURS) {
            throw new IllegalArgumentException(
                    "greyscale: expected images of 3 channels, got %s; make views by Views.of(shape)".formatted(shape));
        }
        UniformRandomProvider generator = rng.stream("view").generator();
        boolean coloured = generator.nextDouble() < jitter;
        boolean grey = generator.nextDouble() < greyscale;
        boolean blurred = generator.nextDouble() < blur;
        double sigma = LEAST_SIGMA + (MOST_SIGMA - LEAST_SIGMA) * generator.nextDouble();
        Augmentation own = coloured ? changes : changes.withJitter(ColourJitter.none());
        own.apply(image, offset, shape, rng, scratch);
        ImageSlice slice = new ImageSlice(image, offset, shape);
        if (grey) {
            ColourJitter.saturate(slice, 0);
        }
        if (blurred) {
            Blur.apply(slice, sigma, scratch);
        }
    }
}
