package org.ldae.data.sources;

import java.util.Objects;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images held in memory as floats. */
public final class ArrayImages extends LabelledImages {

    /** Of pixels of which none is negative. */
    private static final float CLEARLY_LEVELS = 2;

    private final float[] pixels;

    public ArrayImages(INDArray images, ImageLabels labels) {
        super(
                new ImageShape((int) images.size(1), (int) images.size(2), (int) images.size(3)),
                (int) images.size(0),
                labels);
        this.pixels = numbers(images);
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < pixels.length; i++) {
            least = Math.min(least, pixels[i]);
            most = Math.max(most, pixels[i]);
            if (!Float.isFinite(pixels[i])) {
                throw new IllegalArgumentException("images: expected finite numbers in [-1, 1], got %s in image %d"
                        .formatted(pixels[i], i / shape().size()));
            }
        }
        if (least >= 0 && most >= CLEARLY_LEVELS) {
            throw new IllegalArgumentException(
                    "images: expected pixels in [-1, 1], got %s to %s; take x / 127.5 - 1 of levels from 0 to 255"
                            .formatted(least, most));
        }
    }

    private static float[] numbers(INDArray images) {
        if (images.length() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "images: expected at most 2^31 - 9 numbers in one array, got %s; read them from files or as a source"
                            .formatted(images.length()));
        }
        return NdArrays.floats(images);
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        Objects.checkIndex(index, size());
        System.arraycopy(pixels, index * shape().size(), destination, offset, shape().size());
    }

    @Override
    public ImageSource cached() {
        return this;
    }
}
