package org.ldae.data.sources;

import java.util.Arrays;
import java.util.Objects;
import org.ldae.data.ImageSource;

/** Some images of another source, by index. */
public final class SelectedImages extends LabelledImages {

    private final ImageSource source;
    private final int[] indices;

    public SelectedImages(ImageSource source, int[] indices) {
        super(source.shape(), indices.length, labels(source, indices));
        this.source = source;
        this.indices = indices.clone();
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        source.read(indices[index], destination, offset);
    }

    @Override
    public String name(int index) {
        return source.name(indices[index]);
    }

    @Override
    public byte[] identity(int index) {
        return PackKey.image(source, indices[index]);
    }

    private static ImageLabels labels(ImageSource source, int[] indices) {
        if (indices.length == 0) {
            throw new IllegalArgumentException("indices: expected at least one image, got none");
        }
        for (int index : indices) {
            Objects.checkIndex(index, source.size());
        }
        boolean labelled = !source.classNames().isEmpty();
        int[] chosen = labelled ? Arrays.stream(indices).map(source::label).toArray() : new int[0];
        return ImageLabels.of(chosen, source.classNames());
    }
}
