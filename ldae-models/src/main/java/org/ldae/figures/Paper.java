package org.ldae.figures;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.function.Consumer;

/** White opaque pictures. */
final class Paper {

    /** More than any screen or page shows, and 1 GiB of memory. */
    private static final long MOST_PIXELS = 1L << 28;

    private Paper() {}

    /** A picture of a size in pixels, drawn by the given strokes with smooth edges. */
    static BufferedImage draw(int width, int height, Consumer<Graphics2D> strokes) {
        if ((long) width * height > MOST_PIXELS) {
            throw new IllegalArgumentException(
                    "size: expected at most %d pixels in a picture, got %d x %d; draw fewer images or smaller ones"
                            .formatted(MOST_PIXELS, width, height));
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        try {
            pen.setColor(Color.WHITE);
            pen.fillRect(0, 0, width, height);
            pen.setColor(Palette.INK);
            pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            pen.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            pen.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            pen.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
            strokes.accept(pen);
        } finally {
            pen.dispose();
        }
        return image;
    }
}
