package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.figures.Look.refused;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChartTest {

    private static final ChartOptions PLAIN = ChartOptions.titled("");
    private static final double[] ONE_TO_THREE = {1, 2, 3};

    private static Series points(double... y) {
        return Series.ofSteps("", y).points();
    }

    private static BufferedImage lines(ChartOptions options, Series... series) {
        return Figures.lines(List.of(series), options);
    }

    /** The mark of each step from left to right. */
    private static Rectangle[] marks(BufferedImage picture, int count) {
        Rectangle all = Look.bounds(picture, Look.all(picture), Look.BLUE);
        double step = (all.width - 9.0) / (count - 1);
        return IntStream.range(0, count)
                .mapToObj(i -> Look.bounds(
                        picture, new Rectangle((int) (all.x + i * step - 4), 0, 20, picture.getHeight()), Look.BLUE))
                .toArray(Rectangle[]::new);
    }

    @Test
    void pointsLieWhereTheirNumbersSay() {
        Rectangle[] marks = marks(lines(PLAIN, points(0, 3, 4)), 3);

        assertEquals(
                4.0 / 3,
                (marks[0].getCenterY() - marks[2].getCenterY()) / (marks[0].getCenterY() - marks[1].getCenterY()),
                0.02);
        assertEquals(marks[1].getCenterX() - marks[0].getCenterX(), marks[2].getCenterX() - marks[1].getCenterX(), 1.5);
        assertTrue(marks[2].y < marks[0].y, "larger is higher");
    }

    @Test
    void logarithmicAxesSpaceFactorsEvenly() {
        BufferedImage picture = lines(
                PLAIN.withLogX().withLogY(),
                Series.of("", new double[] {1, 10, 100}, new double[] {2, 20, 200})
                        .points());

        Rectangle[] marks = marks(picture, 3);
        assertEquals(marks[0].getCenterY() - marks[1].getCenterY(), marks[1].getCenterY() - marks[2].getCenterY(), 1.5);
        assertEquals(marks[1].getCenterX() - marks[0].getCenterX(), marks[2].getCenterX() - marks[1].getCenterX(), 1.5);
    }

    @Test
    void wholePositionsHaveNoTicksBetweenThem() {
        // A grid line more would be at 1.5.
        Rectangle between = new Rectangle(250, 30, 60, 1);
        assertEquals(0, Look.inked(lines(PLAIN.withRange(9, 10), points(0, 0, 0)), between));
    }

    @Test
    void aRangeIsKeptAndWhatLiesOutsideIsCut() {
        Rectangle low = Look.bounds(lines(PLAIN.withRange(0, 100), points(50, 50)), new Rectangle(720, 400), Look.BLUE);
        BufferedImage cut = lines(PLAIN.withRange(0, 40), points(50, 20));

        assertEquals(24 + 360 / 2.0, low.getCenterY(), 2);
        Rectangle inside = Look.bounds(cut, Look.all(cut), Look.BLUE);
        assertTrue(inside.width < 20, "one of two points is seen");
    }

    @Test
    void bandsAndErrorBarsReachFromLowToHigh() {
        Series series = Series.of("", ONE_TO_THREE, new double[] {5, 5, 5});
        double[] low = {2, 2, 2};
        double[] high = {6, 6, 6};
        BufferedImage bars = lines(PLAIN.withRange(0, 10), series.withErrorBars(low, high));
        BufferedImage band = lines(PLAIN.withRange(0, 10), series.withBand(low, high));

        Rectangle line = Look.bounds(lines(PLAIN.withRange(0, 10), series), Look.all(bars), Look.BLUE);
        Rectangle spread = Look.bounds(bars, Look.all(bars), Look.BLUE);
        assertEquals(360 * 0.4, spread.height, 3);
        assertEquals(3.0, (spread.getMaxY() - line.getCenterY()) / (line.getCenterY() - spread.y), 0.1);
        int shade = Look.at(band, (int) line.getCenterX() + 20, (int) line.getCenterY() + 50);
        assertTrue((shade & 255) > 200 && shade >> 16 < 230 && shade != Look.WHITE, Integer.toHexString(shade));
        Rectangle shaded = Look.bounds(band, Look.all(band), shade);
        assertEquals(360 * 0.4, shaded.height, 3);
    }

    @Test
    void seriesDifferInColourAndAreNamedBelow() {
        double[] y = {1, 2};
        BufferedImage unnamed = lines(PLAIN, Series.ofSteps("", y), Series.ofSteps("", new double[] {2, 1}));
        BufferedImage named = lines(PLAIN, Series.ofSteps("rising", y), Series.ofSteps("falling", new double[] {2, 1}));

        assertTrue(Look.count(unnamed, Look.all(unnamed), pixel -> pixel == Look.BLUE) > 500);
        assertTrue(Look.count(unnamed, Look.all(unnamed), pixel -> pixel == Look.VERMILION) > 500);
        assertTrue(named.getHeight() > unnamed.getHeight());
        Rectangle legend = new Rectangle(0, unnamed.getHeight() - 8, 720, named.getHeight() - unnamed.getHeight());
        assertTrue(Look.count(named, legend, pixel -> pixel == Look.BLUE) > 50, "a sample of blue");
        assertTrue(Look.count(named, legend, pixel -> pixel == Look.VERMILION) > 50, "a sample of red");
        assertTrue(Look.count(named, legend, pixel -> pixel == 0x222222) > 50, "names");
    }

    @Test
    void titleAndAxesAreWritten() {
        BufferedImage bare = lines(PLAIN, points(1, 2));
        BufferedImage named = lines(ChartOptions.titled("Title").withAxes("across", "up"), points(1, 2));

        assertEquals(3 * 26, named.getHeight() - bare.getHeight(), "a line each");
        assertTrue(Look.count(named, new Rectangle(0, 0, 200, 36), pixel -> pixel == 0x222222) > 50, "title");
        assertTrue(Look.count(named, new Rectangle(0, 36, 200, 26), pixel -> pixel == 0x222222) > 20, "up");
    }

    @Test
    void longTextsAreBrokenInsideThePicture() {
        String text = "a long name that doesn't fit in a narrow chart ".repeat(3) + "unbreakable".repeat(20);
        ChartOptions options = ChartOptions.titled(text).withSize(300, 0).withAxes(text, text);
        for (BufferedImage picture : List.of(
                Figures.lines(List.of(Series.ofSteps(text, ONE_TO_THREE)), options),
                Figures.bars(Bars.of(text, text).with(Bars.bar(text, 3).against(2)), options))) {
            assertEquals(300, picture.getWidth());
            assertEquals(0, Look.inked(picture, new Rectangle(0, 0, 5, picture.getHeight())), "left edge");
            assertEquals(0, Look.inked(picture, new Rectangle(295, 0, 5, picture.getHeight())), "right edge");
        }
    }

    @Test
    void oddDataAreDrawn() {
        for (Series series : List.of(
                points(5),
                points(0),
                points(3, 3, 3),
                points(1e-300, 1e300),
                points(-1e300, 1e300),
                Series.of("", new double[] {2, 2}, new double[] {1, 1 + 1e-15}))) {
            BufferedImage picture = lines(PLAIN, series);
            assertTrue(Look.count(picture, Look.all(picture), pixel -> pixel == Look.BLUE) > 20);
        }
        BufferedImage one = lines(PLAIN.withLogX().withLogY(), points(5));
        assertTrue(Look.count(one, Look.all(one), pixel -> pixel == Look.BLUE) > 20);
    }

    @Test
    void lossesAreDrawnWithTheirMean() {
        double[] losses = IntStream.range(0, 500)
                .mapToDouble(i -> 0.1 + Math.exp(-i / 50.0))
                .toArray();

        BufferedImage picture = Figures.loss(losses);

        assertTrue(Look.count(picture, Look.all(picture), pixel -> pixel == Look.BLUE) > 500);
        losses[7] = -1;
        assertFalse(Look.same(picture, Figures.loss(losses)), "negative losses make the axis linear");
        losses[7] = Double.NaN;
        refused(() -> Figures.loss(losses), "each step: expected finite y, got NaN at 7");
    }

    @Test
    void runningMeansAreOfTheLastValues() {
        Series mean = Series.ofSteps("", new double[] {1, 3, 5, 7, 1}).runningMean("", 2);

        assertEquals(
                List.of(1.0, 2.0, 4.0, 6.0, 4.0),
                IntStream.range(0, 5).mapToObj(mean::y).toList());
        refused(() -> mean.runningMean("", 0), "window: expected at least 1, got 0");
    }

    @Test
    void seriesKeepNothingOfTheirArguments() {
        double[] y = {1, 2, 3};
        double[] low = {0, 1, 2};
        Series series = Series.of("", ONE_TO_THREE, y).withBand(low, y);
        Arrays.fill(y, 9);
        Arrays.fill(low, 9);

        assertEquals(2, series.y(1));
        assertEquals(1, series.low(1));
        assertEquals(2, series.high(1));
    }

    @Test
    void explainedVarianceSumsToOneHundred() {
        BufferedImage picture = Figures.explainedVariance(new double[] {6, 3, 1});

        // 360 pixels are 10 to 100% and 5% of that at both ends; marks are 10 pixels high.
        Rectangle plot = new Rectangle(0, 0, 720, 435);
        Rectangle together = Look.bounds(picture, plot, Look.BLUE);
        Rectangle each = Look.bounds(picture, plot, Look.VERMILION);
        double percent = 360 / (90 * 1.1);
        assertEquals(90 * percent + 10, each.getMaxY() - together.y, 2, "from 100% to 10%");
        assertEquals(50 * percent + 10, each.height, 2, "from 60% to 10%");
        refused(() -> Figures.explainedVariance(new double[] {1, 2}), "variances", "falling order, got 2.0 at 1");
        refused(() -> Figures.explainedVariance(new double[] {0, 0}), "variances: expected some variance");
        refused(() -> Figures.explainedVariance(new double[] {1, Double.NaN}), "got NaN at 1");
    }

    @Test
    void mapsColourPointsByClass() {
        float[] points = {0, 0, 1, 1, 0, 1};
        List<String> names = List.of("a", "b", "none");

        BufferedImage picture =
                Figures.map(Look.array(points, 3, 2), new int[] {0, 1, 0}, names, PLAIN.withSize(500, 500));

        Rectangle plot = new Rectangle(0, 0, 500, 450);
        Rectangle a = Look.bounds(picture, plot, Look.BLUE);
        Rectangle b = Look.bounds(picture, plot, Look.VERMILION);
        assertTrue(a.getMaxX() < b.x, "a is left of b");
        assertEquals(a.y, b.y, 3, "the upper a is as high as b");
        assertTrue(a.height > 300, "one a above the other");
        assertEquals(500, picture.getHeight());
        refused(
                () -> Figures.map(Look.array(points, 3, 2), new int[] {0, 1, 3}, names, PLAIN),
                "labels: expected classes 0 to 2 as there are names, got 3 at 2");
        refused(() -> Figures.map(Look.array(points, 2, 3), new int[] {0, 1}, names, PLAIN), "points", "[2, 2]");
        points[3] = Float.NaN;
        refused(
                () -> Figures.map(Look.array(points, 3, 2), new int[] {0, 1, 0}, names, PLAIN),
                "b: expected finite y, got NaN at 0");
    }

    @Test
    void badSeriesAndOptionsAreRefused() {
        double[] two = {1, 2};
        refused(() -> lines(PLAIN), "series: expected at least one");
        refused(() -> Series.of("s", ONE_TO_THREE, two), "s: expected as many x as y", "3 and 2");
        refused(() -> Series.ofSteps("s", new double[0]), "s: expected as many x as y and at least one");
        refused(() -> Series.ofSteps("s", two).withBand(two, ONE_TO_THREE), "s: expected 2 lower and upper ends");
        refused(
                () -> Series.ofSteps("s", two).withErrorBars(new double[] {0.5, 0.5}, new double[] {2, 1}),
                "s: expected low <= y <= high, got 0.5, 2.0, 1.0 at 1",
                "not their distances");
        refused(() -> lines(PLAIN.withLogY(), points(0, 1)), "y: expected positive numbers", "got 0.0", "linear");
        refused(() -> PLAIN.withRange(1, 1), "range: expected low < high, got 1.0 and 1.0");
        refused(() -> PLAIN.withLogY().withRange(0, 1), "range: expected low > 0 on a logarithmic axis, got 0.0");
        refused(() -> lines(PLAIN.withRange(Double.NEGATIVE_INFINITY, 0), points(5, 6)), "range: expected ends");
        refused(() -> PLAIN.withSize(100, 0), "width: expected 240 to 8192 pixels, got 100");
        refused(() -> PLAIN.withSize(500, 100), "height: expected 180 to 8192 pixels, or 0");
        refused(
                () -> lines(ChartOptions.titled("x ".repeat(400)).withSize(300, 200), points(1)),
                "height: expected at least",
                "got 200");
    }
}
