package org.ldae.data.sources;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;

/** All of an image source but its pixels; remembers the hash, since finding it reads every image. */
public abstract class LabelledImages implements ImageSource {

    private final ImageShape shape;
    private final int size;
    private final ImageLabels labels;
    private volatile @Nullable String hash;

    protected LabelledImages(ImageShape shape, int size, ImageLabels labels) {
        this(shape, size, labels, null);
    }

    /** With the hash, where it is known. */
    protected LabelledImages(ImageShape shape, int size, ImageLabels labels, @Nullable String hash) {
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

    @Override
    public String toString() {
        String classes = labels.names().isEmpty() ? "no labels" : labels.names().size() + " classes";
        return "ImageSource[%,d images %s, %s]".formatted(size, shape, classes);
    }

    /** What decides an image's pixels, as a hash: found without decoding where there is a shorter way. */
    public byte[] identity(int index) {
        return PackKey.ofPixels(this, index);
    }
}
