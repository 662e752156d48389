package org.ldae.baselines;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.AhrensDieterMarsagliaTsangGammaSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;

/**
 * How the images of a batch are mixed with others at one step: blended (MixUp, Zhang et al. 2018), or a box of the other
 * pasted in (CutMix, Yun et al. 2019). Targets are mixed by the same share.
 *
 * @param share part of the image itself in the mixture
 * @param box where the other image is pasted; null blends everywhere
 */
record Mixing(double share, @Nullable Box box) {

    static final Mixing NONE = new Mixing(1, null);

    /** Rows [top, bottom), columns [left, right). */
    record Box(int top, int bottom, int left, int right) {
        int area() {
            return (bottom - top) * (right - left);
        }
    }

    /** Draws the mixing of one step; with both kinds on, each comes half the time, as in MAE's fine-tuning. */
    static Mixing draw(Supervised.Alphas alphas, ImageShape shape, Rng rng) {
        UniformRandomProvider generator = rng.generator();
        boolean cut = alphas.cutMix() > 0 && (alphas.mixUp() == 0 || generator.nextBoolean());
        double alpha = cut ? alphas.cutMix() : alphas.mixUp();
        if (alpha == 0) {
            return NONE;
        }
        double share = beta(alpha, generator);
        return cut ? cut(share, shape, generator) : new Mixing(share, null);
    }

    private static double beta(double alpha, UniformRandomProvider generator) {
        SharedStateContinuousSampler gamma = AhrensDieterMarsagliaTsangGammaSampler.of(generator, alpha, 1);
        double one = gamma.sample();
        double other = gamma.sample();
        // Both can underflow when alpha is tiny: then the mixture is one image or the other.
        return one + other > 0 ? one / (one + other) : 1;
    }

    /** A box of the other's share of the area around a point anywhere, cut off at the border; its area is the share. */
    private static Mixing cut(double share, ImageShape shape, UniformRandomProvider generator) {
        double side = Math.sqrt(1 - share);
        int halfHeight = (int) (shape.height() * side) / 2;
        int halfWidth = (int) (shape.width() * side) / 2;
        int y = generator.nextInt(shape.height());
        int x = generator.nextInt(shape.width());
        Box box = new Box(
                Math.max(0, y - halfHeight),
                Math.min(shape.height(), y + halfHeight),
                Math.max(0, x - halfWidth),
                Math.min(shape.width(), x + halfWidth));
        return new Mixing(1 - (double) box.area() / (shape.height() * shape.width()), box);
    }

    /** Whether images stay as they are. */
    boolean none() {
        return share == 1;
    }

    /** Mixes another image into one, both {@code [C, H, W]}. */
    void mix(float[] image, float[] other, ImageShape shape) {
        if (box == null) {
            for (int i = 0; i < image.length; i++) {
                image[i] = (float) (share * image[i] + (1 - share) * other[i]);
            }
            return;
        }
        for (int c = 0; c < shape.channels(); c++) {
            for (int row = box.top; row < box.bottom; row++) {
                int from = (c * shape.height() + row) * shape.width();
                System.arraycopy(other, from + box.left, image, from + box.left, box.right - box.left);
            }
        }
    }
}
