package org.ldae.figures;

import java.awt.Color;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

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

    private static final Marker[] MARKS = {
        SeriesMarkers.CIRCLE,
        SeriesMarkers.SQUARE,
        SeriesMarkers.TRIANGLE_UP,
        SeriesMarkers.DIAMOND,
        SeriesMarkers.TRIANGLE_DOWN
    };

    private Palette() {}

    static Color color(int series) {
        return SERIES[series % SERIES.length];
    }

    /** Colours and marks repeat together only after 40 series. */
    static Marker mark(int series) {
        return MARKS[series % MARKS.length];
    }
}
