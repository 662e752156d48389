package org.ldae.data.sources;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.ldae.data.ImageSource;
import org.ldae.data.decoding.EightBit;

/** Keeps each image of another source as bytes from its first reading on. */
public final class CachedImages extends DerivedImages {

    private final AtomicReferenceArray<byte[]> kept;

    public CachedImages(ImageSource source) {
        super(source, source.shape());
        this.kept = new AtomicReferenceArray<>(source.size());
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        byte[] image = kept.get(index);
        if (image == null) {
            source.read(index, destination, offset);
            image = EightBit.toBytes(destination, offset, shape().size());
            kept.set(index, image);
        }
        EightBit.toFloats(image, destination, offset);
    }

    @Override
    public ImageSource cached() {
        return this;
    }
}
