package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.figures.Look.refused;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class BarChartTest {

    private static final ChartOptions PLAIN = ChartOptions.titled("");
    /** Bars of one line each lie so far apart. */
    private static final int ROW = 36;

    private static final int TOP = 15;

    /** Left of the numbers if bars have references. */
    private static final int PLOT = 590;

    private static Rectangle row(int i) {
        return new Rectangle(0, TOP + i * ROW, PLOT, ROW);
    }

    /** The bar of a row, above the whisker. */
    private static Rectangle bar(BufferedImage picture, int i) {
        int y = TOP + i * ROW + ROW / 2 - 8;
        int from = 0;
        while (Look.at(picture, from, y) != Look.BLUE) {
            from++;
        }
        int to = from;
        while (Look.at(picture, to, y) == Look.BLUE) {
            to++;
        }
        return new Rectangle(from, y, to - from, 1);
    }

    @Test
    void barsBeginAtZeroAndAreAsLongAsTheirValues() {
        BufferedImage picture = Figures.bars(
                Bars.of("", "").with(Bars.bar("a", 20)).with(Bars.bar("b", 40)).with(Bars.bar("c", 30)), PLAIN);

        Rectangle a = bar(picture, 0);
        Rectangle b = bar(picture, 1);
        Rectangle c = bar(picture, 2);
        assertEquals(a.x, b.x);
        assertEquals(2.0, (double) b.width / a.width, 0.02);
        assertEquals(1.5, (double) c.width / a.width, 0.02);
    }

    @Test
    void referencesAndIntervalsAreOnTheAxisOfTheBars() {
        Bars bars = Bars.of("", "")
                .with(Bars.bar("long", 40))
                .with(Bars.bar("short", 20).against(40))
                .with(Bars.bar("sure", 20).within(10, 40));

        BufferedImage picture = Figures.bars(bars, PLAIN);

        Rectangle longest = bar(picture, 0);
        Rectangle mark = Look.bounds(picture, row(1), Look.VERMILION);
        assertEquals(longest.getMaxX(), mark.getCenterX(), 1.5);
        Rectangle whisker = Look.bounds(
                picture, new Rectangle(longest.x + 20, TOP + 2 * ROW, PLOT - longest.x - 20, ROW), 0x222222);
        assertEquals(longest.getMaxX(), whisker.getMaxX(), 2.5);
        assertEquals(longest.x + longest.width / 4.0, whisker.x, 2.5);
    }

    @Test
    void negativeBarsReachToTheLeftOfZero() {
        BufferedImage picture =
                Figures.bars(Bars.of("", "").with(Bars.bar("up", 2)).with(Bars.bar("down", -1)), PLAIN);

        Rectangle up = bar(picture, 0);
        Rectangle down = bar(picture, 1);
        assertEquals(up.x, down.getMaxX(), 2);
        assertEquals(2.0, (double) up.width / down.width, 0.03);
    }

    @Test
    void aRangeCutsTheBarsAtItsLowEnd() {
        BufferedImage picture =
                Figures.bars(Bars.of("", "").with(Bars.bar("a", 50)).with(Bars.bar("b", 60)), PLAIN.withRange(40, 70));

        assertEquals(2.0, (double) bar(picture, 1).width / bar(picture, 0).width, 0.03);
    }

    @Test
    void aRangeBelowZeroHasBarsFromItsUpperEnd() {
        BufferedImage picture = Figures.bars(
                Bars.of("", "").with(Bars.bar("a", -50)).with(Bars.bar("b", -60)), PLAIN.withRange(-70, -40));

        assertEquals(bar(picture, 0).getMaxX(), bar(picture, 1).getMaxX(), 1);
        assertEquals(2.0, (double) bar(picture, 1).width / bar(picture, 0).width, 0.03);
    }

    @Test
    void numbersNamesAndLegendAreWritten() {
        Bars unnamed = Bars.of("", "").with(Bars.bar("step", 20).against(30));
        Bars named = new Bars("here", "published", unnamed.bars());

        BufferedImage picture = Figures.bars(named, PLAIN);

        Rectangle right = new Rectangle(620, TOP, 100, ROW);
        assertTrue(Look.count(picture, right, pixel -> pixel == Look.BLUE) > 20, "the value");
        assertTrue(Look.count(picture, right, pixel -> pixel == Look.VERMILION) > 20, "the reference");
        assertTrue(Look.count(picture, new Rectangle(20, TOP, 45, ROW), pixel -> pixel == 0x222222) > 20, "the label");
        assertEquals(26, picture.getHeight() - Figures.bars(unnamed, PLAIN).getHeight());
    }

    @Test
    void longLabelsTakeSeveralLines() {
        Bars brief = Bars.of("", "").with(Bars.bar("label", 1));
        Bars wordy = Bars.of("", "").with(Bars.bar("a label of so many words that it doesn't fit", 1));

        assertTrue(Figures.bars(wordy, PLAIN).getHeight()
                >= 26 + Figures.bars(brief, PLAIN).getHeight());
    }

    @Test
    void badBarsAndOptionsAreRefused() {
        Bars one = Bars.of("", "").with(Bars.bar("a", 1));
        refused(() -> Figures.bars(Bars.of("", ""), PLAIN), "bars: expected at least one");
        refused(() -> Figures.bars(one, PLAIN.withLogY()), "options: expected linear axes", "Series");
        refused(() -> Bars.bar("a", Double.NaN), "a: expected finite numbers, got value NaN");
        refused(() -> Bars.bar("a", 1).against(Double.NaN), "a: expected finite numbers");
        refused(() -> Bars.bar("a", 1).within(0.5, 0.9), "a: expected an interval that holds the value 1.0, got 0.5");
        refused(() -> Figures.bars(one, PLAIN.withRange(3, Double.POSITIVE_INFINITY)), "range: expected ends");
        Bars many = one;
        for (int i = 0; i < 20; i++) {
            many = many.with(Bars.bar("b", 1));
        }
        Bars all = many;
        refused(() -> Figures.bars(all, PLAIN.withSize(720, 300)), "height: expected at least", "got 300");
    }
}
