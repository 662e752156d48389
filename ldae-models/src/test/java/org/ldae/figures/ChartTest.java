package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.figures.Look.refused;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
    void aRangeIsKept() {
        Rectangle wide = marks(lines(PLAIN.withRange(0, 100), points(50, 60)), 2)[1];
        Rectangle narrow = marks(lines(PLAIN.withRange(50, 60), points(50, 60)), 2)[1];
        assertTrue(wide.y > narrow.y + 50, "a tenth of the axis below its end");
    }

    @Test
    void errorBarsReachFromLowToHigh() {
        Series series = Series.of("", ONE_TO_THREE, new double[] {5, 5, 5});
        BufferedImage bars = lines(PLAIN.withRange(0, 10), series.withErrorBars(new double[] {2, 2, 2}));
        BufferedImage line = lines(PLAIN.withRange(0, 10), series);

        Rectangle spread = Look.bounds(bars, Look.all(bars), Look::bluish);
        Rectangle marks = Look.bounds(line, Look.all(line), Look::bluish);
        BufferedImage full = lines(PLAIN.withRange(0, 10), points(0, 10, 0));
        double axis = Look.bounds(full, Look.all(full), Look::bluish).height - marks.height;
        assertEquals(0.4 * axis, spread.height, 8);
        assertEquals(marks.getCenterY(), spread.getCenterY(), 3);
    }

    @Test
    void seriesDifferInColourAndAreNamedBelow() {
        double[] y = {1, 2};
        BufferedImage unnamed = lines(PLAIN, Series.ofSteps("", y), Series.ofSteps("", new double[] {2, 1}));
        BufferedImage named = lines(PLAIN, Series.ofSteps("rising", y), Series.ofSteps("falling", new double[] {2, 1}));

        assertTrue(Look.count(unnamed, Look.all(unnamed), pixel -> pixel == Look.BLUE) > 500);
        assertTrue(Look.count(unnamed, Look.all(unnamed), pixel -> pixel == Look.VERMILION) > 500);
        assertTrue(named.getHeight() > unnamed.getHeight());
        Rectangle legend = new Rectangle(0, named.getHeight() - 45, 720, 45);
        assertTrue(Look.count(named, legend, pixel -> pixel == Look.BLUE) > 20, "a sample of blue");
        assertTrue(Look.count(named, legend, pixel -> pixel == Look.VERMILION) > 20, "a sample of red");
        assertTrue(Look.count(named, legend, pixel -> pixel == 0x222222) > 50, "names");
    }

    @Test
    void longTitlesBreakAndNothingTouchesTheEdges() {
        String text = "a long name that doesn't fit in a narrow chart ".repeat(3);
        ChartOptions options = ChartOptions.titled(text).withSize(400, 0).withAxes(text, text);
        for (BufferedImage picture : List.of(
                Figures.lines(List.of(Series.ofSteps("steps", ONE_TO_THREE)), options),
                Figures.dots(Dots.measured("dots", List.of(Dots.row(text, 3))), options))) {
            assertEquals(400, picture.getWidth());
            assertTrue(picture.getHeight() > 150);
            assertEquals(0, Look.inked(picture, new Rectangle(0, 0, 3, picture.getHeight())), "left edge");
            assertEquals(0, Look.inked(picture, new Rectangle(397, 0, 3, picture.getHeight())), "right edge");
            assertTrue(Look.count(picture, new Rectangle(0, 0, 400, 80), pixel -> pixel == 0x222222) > 300, "title");
        }
    }

    @Test
    void numbersAreWrittenBriefly() {
        for (var each : Map.of(
                        8.0, "8", 0.5, "0.5", 12_345_678.0, "1.23e+07", 1500.0, "1500", 0.0, "0", 0.3333333, "0.3333")
                .entrySet()) {
            assertEquals(each.getValue(), Chart.brief(each.getKey()));
        }
    }

    @Test
    void lossesAreDrawnWithTheirMeanOnceThereAreEnough() {
        double[] losses = IntStream.range(0, 500)
                .mapToDouble(i -> 0.1 + Math.exp(-i / 50.0))
                .toArray();

        BufferedImage picture = Figures.loss(losses);

        assertTrue(Look.count(picture, Look.all(picture), Look::bluish) > 500, "the mean");
        assertTrue(
                Look.count(picture, Look.all(picture), pixel -> (pixel & 255) == pixel >> 16 && pixel != Look.WHITE)
                        > 500,
                "the steps");
        BufferedImage few = Figures.loss(Arrays.copyOf(losses, 12));
        assertTrue(Look.count(few, Look.all(few), Look::bluish) > 500, "the steps themselves");
        losses[7] = -1;
        assertFalse(Look.same(picture, Figures.loss(losses)), "negative losses make the axis linear");
        losses[7] = Double.NaN;
        refused(() -> Figures.loss(losses), "each step: expected finite y, got NaN at 7");
    }

    @Test
    void runningMeansAreOfWholeWindows() {
        Series mean = Series.ofSteps("", new double[] {1, 3, 5, 7, 1}).runningMean("", 2);

        assertArrayEquals(new double[] {2, 4, 6, 4}, mean.y());
        assertArrayEquals(new double[] {2, 3, 4, 5}, mean.x());
        refused(() -> mean.runningMean("", 0), "window: expected 1 to 4, got 0");
        refused(() -> mean.runningMean("", 5), "window: expected 1 to 4, got 5");
    }

    @Test
    void seriesKeepNothingOfTheirArguments() {
        double[] y = {1, 2, 3};
        double[] halves = {0, 1, 2};
        Series series = Series.of("", ONE_TO_THREE, y).withErrorBars(halves);
        Arrays.fill(y, 9);
        Arrays.fill(halves, 9);

        assertEquals(2, series.y()[1]);
        assertEquals(1, series.errors()[1]);
    }

    @Test
    void explainedVarianceIsCheckedAndDrawn() {
        BufferedImage picture = Figures.explainedVariance(new double[] {6, 3, 1});

        Rectangle together = Look.bounds(picture, new Rectangle(0, 0, 720, 320), Look.BLUE);
        Rectangle each = Look.bounds(picture, new Rectangle(0, 0, 720, 400), Look.VERMILION);
        assertTrue(together.y < each.y, "100% lies above 60%");
        refused(() -> Figures.explainedVariance(new double[] {1, 2}), "variances", "falling order, got 2.0 at 1");
        refused(() -> Figures.explainedVariance(new double[] {0, 0}), "variances: expected some variance");
        refused(() -> Figures.explainedVariance(new double[] {1, Double.NaN}), "got NaN at 1");
    }

    @Test
    void oddDataAreDrawn() {
        for (Series series : List.of(
                points(5), points(0), points(3, 3, 3), Series.of("", new double[] {2, 2}, new double[] {1, 1 + 1e-15
                }))) {
            BufferedImage picture = lines(PLAIN, series);
            assertTrue(Look.count(picture, Look.all(picture), pixel -> pixel == Look.BLUE) > 20);
        }
        BufferedImage one = lines(PLAIN.withLogX().withLogY(), points(5));
        assertTrue(Look.count(one, Look.all(one), pixel -> pixel == Look.BLUE) > 20);
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
        refused(() -> Series.ofSteps("s", two).withErrorBars(ONE_TO_THREE), "s: expected 2 finite lengths");
        refused(() -> Series.ofSteps("s", two).withErrorBars(new double[] {1, -1}), "at least 0, one a point");
        refused(() -> lines(PLAIN.withLogY(), points(0, 1)), "y: expected positive numbers", "got 0.0", "linear");
        refused(() -> PLAIN.withRange(1, 1), "range: expected low < high, got 1.0 and 1.0");
        refused(() -> PLAIN.withLogY().withRange(0, 1), "range: expected low > 0 on a logarithmic axis, got 0.0");
        refused(() -> PLAIN.withSize(100, 0), "width: expected 240 to 8192 pixels, got 100");
        refused(() -> PLAIN.withSize(500, 100), "height: expected 180 to 8192 pixels, or 0");
        refused(
                () -> lines(ChartOptions.titled("x ".repeat(400)).withSize(300, 200), points(1)),
                "height: expected at least",
                "got 200");
    }
}
