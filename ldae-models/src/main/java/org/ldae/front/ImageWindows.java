package org.ldae.front;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

/** Windows of images, of which filters are made. */
public final class ImageWindows {

    private ImageWindows() {}

    /**
     * Windows at random places of random images.
     *
     * @param images at least one, no smaller than a window
     * @param side S of a window in pixels
     * @param count how many
     * @param rng key of the draws
     * @return {@code [count, S, S, C]}
     * @throws IllegalArgumentException if the images are smaller than a window or there are none
     */
    public static float[] draw(ImageSource images, int side, int count, Rng rng) {
        ImageShape shape = images.shape();
        if (images.size() == 0 || Math.min(shape.height(), shape.width()) < side) {
            throw new IllegalArgumentException(
                    "images: expected at least one, no smaller than a window of side %d, got %d of [C, H, W] = %s"
                            .formatted(side, images.size(), shape));
        }
        UniformRandomProvider random = rng.generator();
        int[] chosen = new int[count];
        Arrays.setAll(chosen, i -> random.nextInt(images.size()));
        float[] windows = new float[Math.multiplyExact(count, side * side * shape.channels())];
        float[] image = new float[shape.size()];
        int to = 0;
        for (int index : chosen) {
            images.readFinite(index, image, 0);
            int top = random.nextInt(shape.height() - side + 1);
            int left = random.nextInt(shape.width() - side + 1);
            for (int p = top; p < top + side; p++) {
                for (int q = left; q < left + side; q++) {
                    for (int c = 0; c < shape.channels(); c++) {
                        windows[to++] = image[(c * shape.height() + p) * shape.width() + q];
                    }
                }
            }
        }
        return windows;
    }
}
