package org.ldae.models;

import java.util.function.IntConsumer;
import org.ldae.data.ImageSource;
import org.ldae.testing.ForwardingImages;

/** Images that tell which of them are about to be read, from whatever thread reads them. */
record Watched(ImageSource source, IntConsumer reading) implements ForwardingImages {

    @Override
    public void read(int index, float[] destination, int offset) {
        reading.accept(index);
        source.read(index, destination, offset);
    }
}
