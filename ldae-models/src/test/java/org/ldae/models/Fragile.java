package org.ldae.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;

/** Images that can't be read while they are broken. */
record Fragile(ImageSource source, AtomicBoolean broken) implements ImageSource {

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
        if (broken.get()) {
            throw new UncheckedIOException(new IOException("broken"));
        }
        source.read(index, destination, offset);
    }

    @Override
    public String hash() {
        return source.hash();
    }
}
