package org.ldae.baselines;

import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;

/** Reads augmented images of a batch as patches. Belongs to one thread. */
final class BatchReader {

    private final ImageSource images;
    private final Augmentation augmentation;
    private final Patches patches;
    private final float[] spare;
    private Rng step = Rng.of(0);
    private int[] batch = new int[0];

    BatchReader(ImageSource images, Augmentation augmentation, TokenGrid grid) {
        this.images = images;
        this.augmentation = augmentation;
        this.patches = Patches.of(grid);
        this.spare = new float[images.shape().size()];
    }

    /** Goes to a step's batch. */
    void start(Rng key, int[] images) {
        step = key;
        batch = images;
    }

    /** The image at a position of the batch, {@code [C, H, W]}; a function of step, batch and position. */
    void read(int position, float[] image) {
        images.read(batch[position], image, 0);
        augmentation.apply(image, 0, images.shape(), step.stream("augmentation").at(position), spare);
    }

    /** Cuts an image into patches {@code [L, P*P*C]} of a slot. */
    void cut(float[] image, float[] pixels, int slot) {
        patches.gather(image, 0, pixels, slot * image.length);
    }
}
