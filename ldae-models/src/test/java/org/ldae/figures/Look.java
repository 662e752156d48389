package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.function.Executable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Looks at pictures. */
final class Look {

    static final int WHITE = 0xffffff;
    static final int BLUE = 0x0072b2;
    static final int VERMILION = 0xd55e00;

    private Look() {}

    static int at(BufferedImage picture, int x, int y) {
        return picture.getRGB(x, y) & 0xffffff;
    }

    /** Every pixel of a rectangle has the colour. */
    static void filled(int colour, BufferedImage picture, Rectangle area) {
        for (int y = area.y; y < area.y + area.height; y++) {
            for (int x = area.x; x < area.x + area.width; x++) {
                String place = "at " + x + ", " + y;
                assertEquals(Integer.toHexString(colour), Integer.toHexString(at(picture, x, y)), place);
            }
        }
    }

    /** How many pixels of a rectangle satisfy a condition. */
    static int count(BufferedImage picture, Rectangle area, IntPredicate condition) {
        int count = 0;
        for (int y = area.y; y < area.y + area.height; y++) {
            for (int x = area.x; x < area.x + area.width; x++) {
                count += condition.test(at(picture, x, y)) ? 1 : 0;
            }
        }
        return count;
    }

    static int inked(BufferedImage picture, Rectangle area) {
        return count(picture, area, pixel -> pixel != WHITE);
    }

    static Rectangle all(BufferedImage picture) {
        return new Rectangle(picture.getWidth(), picture.getHeight());
    }

    /** Blue, or blue and white where a line's edge is smooth. */
    static boolean bluish(int pixel) {
        return (pixel & 255) > (pixel >> 16) + 40;
    }

    /** The smallest rectangle around all pixels of a colour in an area. */
    static Rectangle bounds(BufferedImage picture, Rectangle area, int colour) {
        return bounds(picture, area, pixel -> pixel == colour);
    }

    static Rectangle bounds(BufferedImage picture, Rectangle area, IntPredicate wanted) {
        Rectangle bounds = new Rectangle(-1, -1);
        for (int y = area.y; y < area.y + area.height; y++) {
            for (int x = area.x; x < area.x + area.width; x++) {
                if (wanted.test(at(picture, x, y))) {
                    bounds = bounds.width < 0 ? new Rectangle(x, y, 1, 1) : bounds.union(new Rectangle(x, y, 1, 1));
                }
            }
        }
        assertTrue(bounds.width > 0, "no such pixel");
        return bounds;
    }

    static boolean same(BufferedImage a, BufferedImage b) {
        return all(a).equals(all(b))
                && java.util.Arrays.equals(
                        a.getRGB(0, 0, a.getWidth(), a.getHeight(), null, 0, a.getWidth()),
                        b.getRGB(0, 0, b.getWidth(), b.getHeight(), null, 0, b.getWidth()));
    }

    static INDArray array(float[] numbers, long... shape) {
        return Nd4j.create(numbers, shape, 'c');
    }

    static void refused(Executable call, String... parts) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, call).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
        }
    }
}
