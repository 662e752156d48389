package org.ldae.figures;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;

/** Colours that readers with any colour vision tell apart (Okabe and Ito 2008), and marks that differ in shape as well. */
final class Palette {

    static final Color INK = new Color(0x222222);
    static final Color QUIET = new Color(0x6b6b6b);
    static final Color FAINT = new Color(0xa6a6a6);
    static final Color LINES = new Color(0xdddddd);
    static final Color BLUE = new Color(0x0072b2);
    static final Color VERMILION = new Color(0xd55e00);

    // Okabe and Ito's yellow can't be seen on white; grey stands in for it.
    private static final Color[] SERIES = {
        BLUE,
        VERMILION,
        new Color(0x009e73),
        new Color(0xcc79a7),
        new Color(0xe69f00),
        new Color(0x56b4e9),
        Color.BLACK,
        new Color(0x8c8c8c)
    };

    private static final int SHAPES = 5;

    private Palette() {}

    static Color color(int series) {
        return SERIES[series % SERIES.length];
    }

    /** Draws the mark of a series; colours and shapes repeat together only after 40 series. */
    static void mark(Graphics2D pen, int series, double x, double y, double size) {
        pen.fill(shape(series % SHAPES, x, y, size / 2));
    }

    private static Shape shape(int kind, double x, double y, double r) {
        return switch (kind) {
            case 0 -> new Ellipse2D.Double(x - r, y - r, 2 * r, 2 * r);
            case 1 -> new Rectangle2D.Double(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
            case 2 -> polygon(x, y - 1.2 * r, x + 1.15 * r, y + 0.9 * r, x - 1.15 * r, y + 0.9 * r);
            case 3 -> diamond(x, y, 1.25 * r);
            default -> polygon(x, y + 1.2 * r, x + 1.15 * r, y - 0.9 * r, x - 1.15 * r, y - 0.9 * r);
        };
    }

    static Shape diamond(double x, double y, double r) {
        return polygon(x, y - r, x + r, y, x, y + r, x - r, y);
    }

    private static Shape polygon(double... corners) {
        Path2D path = new Path2D.Double();
        path.moveTo(corners[0], corners[1]);
        for (int i = 2; i < corners.length; i += 2) {
            path.lineTo(corners[i], corners[i + 1]);
        }
        path.closePath();
        return path;
    }
}
