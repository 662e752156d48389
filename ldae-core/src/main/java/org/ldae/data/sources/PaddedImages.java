package org.ldae.data.sources;

import java.util.Arrays;
import org.ldae.core.ImageShape;
import org.ldae.data.ImageSource;

/** Another source's images with a border of one value around them. */
public final class PaddedImages extends DerivedImages {

    private final int border;
    private final float value;

    public PaddedImages(ImageSource source, int border, float value) {
        super(source, padded(source.shape(), border));
        if (!(value >= -1 && value <= 1)) {
            throw new IllegalArgumentException("padding: expected a pixel value in [-1, 1], got " + value);
        }
        this.border = border;
        this.value = value;
    }

    private static ImageShape padded(ImageShape shape, int border) {
        if (border < 1) {
            throw new IllegalArgumentException("padding: expected a border of at least 1 pixel, got " + border);
        }
        return new ImageShape(shape.channels(), shape.height() + 2 * border, shape.width() + 2 * border);
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        ImageShape inner = source.shape();
        int width = shape().width();
        // The image is read to the end of its place and its rows moved up to theirs, first to last.
        int start = offset + shape().size() - inner.size();
        source.read(index, destination, start);
        int to = offset;
        int from = start;
        for (int c = 0; c < inner.channels(); c++) {
            to = fill(destination, to, border * width);
            for (int y = 0; y < inner.height(); y++) {
                to = fill(destination, to, border);
                System.arraycopy(destination, from, destination, to, inner.width());
                to += inner.width();
                from += inner.width();
                to = fill(destination, to, border);
            }
            to = fill(destination, to, border * width);
        }
    }

    private int fill(float[] destination, int from, int count) {
        Arrays.fill(destination, from, from + count, value);
        return from + count;
    }
}
