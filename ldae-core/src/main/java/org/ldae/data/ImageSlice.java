package org.ldae.data;

import org.ldae.core.ImageShape;

/** One image {@code [C, H, W]} within an array. */
final class ImageSlice {

    final float[] values;
    /** Index of its first number. */
    final int offset;

    final ImageShape shape;

    ImageSlice(float[] values, int offset, ImageShape shape) {
        this.values = values;
        this.offset = offset;
        this.shape = shape;
    }

    /** One past its last number. */
    int end() {
        return offset + shape.size();
    }

    /** Numbers of a channel. */
    int plane() {
        return shape.height() * shape.width();
    }
}
