package org.ldae.data.sources;

import java.util.List;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;
import org.ldae.data.decoding.EightBit;

/** Images held in memory as one byte a pixel and channel, channel planes one after the other. */
public final class ByteImages extends LabelledImages {

    private final byte[][] images;

    public ByteImages(ImageShape shape, List<byte[]> images, ImageLabels labels) {
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
