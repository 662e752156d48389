package org.ldae.baselines;

import org.ldae.core.Rng;
import org.ldae.data.Augmentation;
import org.ldae.data.ImageSource;
import org.ldae.training.ImagePart;

/** The images of one batch as a feed would give them, each time in an array of its own. */
final class Augmented implements ImagePart.Images {

    private final ImageSource source;
    private final Augmentation augmentation;
    private final Rng key;
    private final int[] batch;

    Augmented(ImageSource source, Augmentation augmentation, Rng key, int... batch) {
        this.source = source;
        this.augmentation = augmentation;
        this.key = key;
        this.batch = batch;
    }

    @Override
    public float[] image(int step, int position) {
        float[] image = new float[source.shape().size()];
        source.read(batch[position], image, 0);
        Rng own = key.stream("augmentation").at(position);
        augmentation.apply(image, 0, source.shape(), own, new float[augmentation.scratch(source.shape())]);
        return image;
    }
}
