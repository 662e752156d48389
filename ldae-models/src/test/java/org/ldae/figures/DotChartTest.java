package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.figures.Look.refused;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DotChartTest {

    private static final ChartOptions PLAIN = ChartOptions.titled("");

    private static BufferedImage draw(Dots.Row... rows) {
        return Figures.dots(Dots.measured("", List.of(rows)), PLAIN);
    }

    /** What is blue in a row, from left to right: rows are apart. */
    private static Rectangle bounds(BufferedImage picture, int row) {
        int found = -1;
        boolean inked = false;
        for (int y = 0; y < picture.getHeight(); y++) {
            boolean now = Look.count(picture, new Rectangle(0, y, 720, 1), pixel -> pixel == Look.BLUE) > 0;
            found += now && !inked ? 1 : 0;
            if (found == row && now) {
                return Look.bounds(picture, new Rectangle(0, y, 720, 15), Look.BLUE);
            }
            inked = now;
        }
        throw new AssertionError("no row " + row);
    }

    @Test
    void dotsLieWhereTheirNumbersSayOnAnAxisCutToThem() {
        BufferedImage picture = draw(Dots.row("a", 80), Dots.row("b", 82), Dots.row("c", 81));

        double a = bounds(picture, 0).getCenterX();
        double b = bounds(picture, 1).getCenterX();
        double c = bounds(picture, 2).getCenterX();
        assertEquals(2.0, (b - a) / (c - a), 0.03);
        assertTrue(b - a > 300, "two points fill the axis: it doesn't begin at 0");
    }

    @Test
    void intervalsReachFromLowToHighAndEverySeedHasADot() {
        BufferedImage picture = draw(
                Dots.row("narrow", 50).within(49, 51), Dots.row("wide", 50).within(45, 55), Dots.row("two", 45, 55));

        Rectangle narrow = bounds(picture, 0);
        Rectangle wide = bounds(picture, 1);
        assertEquals(5.0, (double) wide.width / narrow.width, 0.3);
        Rectangle two = bounds(picture, 2);
        assertEquals(wide.getCenterX(), two.getCenterX(), 2);
        assertEquals(wide.width, two.width, 16);
    }

    @Test
    void publishedNumbersHaveAnotherColour() {
        List<Dots.Row> rows = List.of(Dots.row("a", 1), Dots.row("b", 2));
        IntPredicate blue = pixel -> pixel == Look.BLUE;
        IntPredicate red = pixel -> pixel == Look.VERMILION;
        BufferedImage here = Figures.dots(Dots.measured("here", rows), PLAIN);
        BufferedImage there = Figures.dots(Dots.published("published", rows), PLAIN);
        assertTrue(Look.count(here, Look.all(here), blue) > 50);
        assertEquals(0, Look.count(here, Look.all(here), red));
        assertTrue(Look.count(there, Look.all(there), red) > 50);
        assertEquals(0, Look.count(there, Look.all(there), blue));
    }

    @Test
    void everyRowHasItsNameHoweverManyThereAre() {
        for (int count : new int[] {1, 2, 5, 14, 40}) {
            BufferedImage picture = draw(IntStream.range(0, count)
                    .mapToObj(i -> Dots.row("name", 1 + i))
                    .toArray(Dots.Row[]::new));
            int lines = 0;
            boolean inked = false;
            for (int y = 0; y < picture.getHeight() - 40; y++) {
                boolean now = Look.count(picture, new Rectangle(10, y, 50, 1), pixel -> pixel == 0x222222) > 0;
                lines += now && !inked ? 1 : 0;
                inked = now;
            }
            assertEquals(count, lines, "names of " + count + " rows");
        }
    }

    @Test
    void badRowsAndOptionsAreRefused() {
        Dots one = Dots.measured("", List.of(Dots.row("a", 1)));
        refused(() -> Dots.measured("", List.of()), "dots: expected at least one row");
        refused(() -> Figures.dots(one, PLAIN.withLogY()), "options: expected linear axes", "Series");
        refused(() -> Dots.row("a", Double.NaN), "a: expected values in an interval, got [NaN]");
        refused(() -> Dots.row("a"), "a: expected values");
        refused(() -> Dots.row("a", Double.POSITIVE_INFINITY), "a: expected finite numbers");
        refused(() -> Dots.row("a", 1).within(0.5, 0.9), "a: expected values in an interval, got [1.0] and 0.5 to 0.9");
    }
}
