package org.ldae.models;

import java.util.List;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;

/** Images that write down which of them are read. */
record Watched(ImageSource source, List<Integer> read) implements ImageSource {

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
        synchronized (read) {
            read.add(index);
        }
        source.read(index, destination, offset);
    }

    @Override
    public String hash() {
        return source.hash();
    }
}
