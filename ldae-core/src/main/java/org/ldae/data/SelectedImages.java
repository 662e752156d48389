package org.ldae.data;

import java.util.List;
import java.util.Objects;
import org.ldae.core.ImageShape;

/** Some images of another source, by index. */
final class SelectedImages implements ImageSource {

    private final ImageSource source;
    private final int[] indices;

    SelectedImages(ImageSource source, int[] indices) {
        this.source = source;
        this.indices = indices.clone();
        for (int index : indices) {
            Objects.checkIndex(index, source.size());
        }
    }

    @Override
    public ImageShape shape() {
        return source.shape();
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public List<String> classNames() {
        return source.classNames();
    }

    @Override
    public int label(int index) {
        return source.label(indices[index]);
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        source.read(indices[index], destination, offset);
    }

    @Override
    public String hash() {
        return ContentHash.of(this);
    }
}
