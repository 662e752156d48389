package org.ldae.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;

/** All of an image source but its pixels; remembers the hash, since finding it reads every image. */
abstract class LabelledImages implements ImageSource {

    private final ImageShape shape;
    private final int size;
    private final Labels labels;
    private volatile @Nullable String hash;

    LabelledImages(ImageShape shape, int size, Labels labels) {
        this(shape, size, labels, null);
    }

    /** With the hash, where it is known. */
    LabelledImages(ImageShape shape, int size, Labels labels, @Nullable String hash) {
        labels.requireOneFor(size);
        this.hash = hash;
        this.shape = shape;
        this.size = size;
        this.labels = labels;
    }

    @Override
    public final ImageShape shape() {
        return shape;
    }

    @Override
    public final int size() {
        return size;
    }

    @Override
    public final List<String> classNames() {
        return labels.names();
    }

    @Override
    public final int label(int index) {
        return labels.get(index);
    }

    @Override
    public final String hash() {
        String known = hash;
        if (known == null) {
            known = ContentHash.of(this);
            hash = known;
        }
        return known;
    }

    /** What decides an image's pixels, as a hash: found without decoding where there is a shorter way. */
    byte[] identity(int index) {
        return PackKey.ofPixels(this, index);
    }
}
