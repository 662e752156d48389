package org.ldae.data;

import java.util.List;
import org.ldae.core.ImageShape;

/** Images held in memory as one byte a pixel and channel, channel planes one after the other. */
final class ByteImages extends LabelledImages {

    private final byte[][] images;

    ByteImages(ImageShape shape, List<byte[]> images, Labels labels) {
        super(shape, images.size(), labels);
        this.images = images.toArray(byte[][]::new);
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        EightBit.toFloats(images[index], destination, offset);
    }

    @Override
    public ImageSource cached() {
        return this;
    }
}
