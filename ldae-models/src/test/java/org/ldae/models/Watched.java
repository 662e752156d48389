package org.ldae.models;

import java.util.List;
import java.util.function.IntConsumer;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;

/** Images that tell which of them are about to be read, from whatever thread reads them. */
record Watched(ImageSource source, IntConsumer reading) implements ImageSource {

    @Override
    public ImageShape shape() {
        return source.shape();
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public List<String> classNames() {
        return source.classNames();
    }

    @Override
    public int label(int index) {
        return source.label(index);
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        reading.accept(index);
        source.read(index, destination, offset);
    }

    @Override
    public String hash() {
        return source.hash();
    }
}
