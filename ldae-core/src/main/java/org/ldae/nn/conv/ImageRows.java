package org.ldae.nn.conv;

import org.ldae.core.ImageShape;

/** Images of a pass as rows of pixels with a column a channel, {@code [n H W, C]}, as convolutions read them. */
public final class ImageRows {

    private final ImageShape shape;
    private final float[] rows;

    /**
     * Room for some images.
     *
     * @param shape of each
     * @param count n
     */
    public ImageRows(ImageShape shape, int count) {
        this.shape = shape;
        this.rows = new float[Math.multiplyExact(count, shape.size())];
    }

    /**
     * Puts an image into a slot.
     *
     * @param slot in [0, n)
     * @param image {@code [C, H, W]}
     */
    public void put(int slot, float[] image) {
        int pixels = shape.height() * shape.width();
        for (int c = 0; c < shape.channels(); c++) {
            int to = slot * image.length + c;
            for (int i = 0; i < pixels; i++) {
                rows[to + i * shape.channels()] = image[c * pixels + i];
            }
        }
    }

    /**
     * What the slots hold.
     *
     * @return the live array {@code [n H W, C]}, row by row
     */
    public float[] numbers() {
        return rows;
    }
}
