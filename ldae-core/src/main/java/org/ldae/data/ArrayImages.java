package org.ldae.data;

import java.util.List;
import org.ldae.core.ImageShape;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Images held in memory as floats. */
final class ArrayImages implements ImageSource {

    private final ImageShape shape;
    private final float[] pixels;
    private final int[] labels;
    private final int size;
    private final List<String> classNames;

    ArrayImages(INDArray images, int[] labels, List<String> classNames) {
        this.shape = new ImageShape((int) images.size(1), (int) images.size(2), (int) images.size(3));
        this.size = (int) images.size(0);
        this.pixels = images.dup('c').data().asFloat();
        this.labels = labels.clone();
        this.classNames = List.copyOf(classNames);
        if (labels.length != 0 && labels.length != size) {
            throw new IllegalArgumentException(
                    "labels: expected one an image, so %d, got %d".formatted(size, labels.length));
        }
        if ((labels.length == 0) != classNames.isEmpty()) {
            throw new IllegalArgumentException(
                    "classNames: expected names exactly when there are labels, got %d names and %d labels"
                            .formatted(classNames.size(), labels.length));
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException("labels: expected classes in [0, %d), got %d for image %d"
                        .formatted(classNames.size(), labels[i], i));
            }
        }
    }

    @Override
    public ImageShape shape() {
        return shape;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public int label(int index) {
        if (labels.length == 0) {
            throw new IllegalStateException("labels: these images carry none; give them to ImageSource.of");
        }
        return labels[index];
    }

    @Override
    public void read(int index, float[] destination, int offset) {
        System.arraycopy(pixels, Math.multiplyExact(index, shape.size()), destination, offset, shape.size());
    }

    @Override
    public String hash() {
        return ContentHash.of(this);
    }
}
