package org.ldae.figures;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.ldae.figures.Bars.Bar;

/** Horizontal bars with intervals, reference marks and both numbers beside them: long names stay readable. */
final class BarChart {

    private final Bars bars;
    private final Sheet sheet;
    private final Lettering lettering;
    private final boolean compared;
    private final List<List<String>> labels;
    private final int decimals;
    private final int measuredRight;
    private final int referenceRight;
    private final int rowHeight;
    private final int height;
    private final Axis axis;

    private BarChart(Bars bars, ChartOptions options) {
        this.bars = bars;
        compared = bars.bars().stream().anyMatch(bar -> bar.reference().isPresent());
        sheet = new Sheet(options, keys());
        lettering = sheet.lettering;
        int most = (int) (0.4 * options.width());
        labels = bars.bars().stream()
                .map(bar -> lettering.fit(bar.label(), most))
                .toList();
        Range range = range(options);
        decimals = decimals(range.high() - range.low());
        referenceRight = options.width() - sheet.margin;
        int references = widest(bars.bars().stream().flatMapToDouble(bar -> bar.reference().stream()));
        measuredRight = referenceRight - (compared ? references + sheet.margin / 2 : 0);
        int values = widest(bars.bars().stream().mapToDouble(Bar::value));
        int lines = Math.max(1, labels.stream().mapToInt(List::size).max().orElse(1));
        int rest = plotTop() + sheet.bottomHeight(options.y());
        int needed = lines * lettering.lineHeight() + lettering.size() / 2;
        height = sheet.height(bars.bars().size() * needed, bars.bars().size() * needed, rest);
        rowHeight = (height - rest) / bars.bars().size();
        int left =
                sheet.margin + labels.stream().mapToInt(lettering::width).max().orElse(0) + sheet.margin / 2;
        axis = Axis.horizontal(range, left, measuredRight - values - sheet.margin / 2.0, lettering);
    }

    static BufferedImage draw(Bars bars, ChartOptions options) {
        if (bars.bars().isEmpty()) {
            throw new IllegalArgumentException("bars: expected at least one");
        }
        if (options.logX() || options.logY()) {
            throw new IllegalArgumentException(
                    "options: expected linear axes, since the length of a bar means nothing on a logarithmic one; draw points of a Series instead");
        }
        BarChart chart = new BarChart(bars, options);
        return Paper.draw(options.width(), chart.height, chart::paint);
    }

    /** From 0, so that lengths can be compared, unless the options say otherwise. */
    private Range range(ChartOptions options) {
        double[] ends = bars.bars().stream()
                .flatMapToDouble(
                        bar -> DoubleStream.concat(DoubleStream.of(0, bar.low(), bar.high()), bar.reference().stream()))
                .toArray();
        Range range = Range.of("bars", ends, false);
        Range open = range.low() == range.high() ? new Range(0, 1, false) : range;
        double space = 0.04 * (open.high() - open.low());
        return new Range(open.low() < 0 ? open.low() - space : 0, open.high() > 0 ? open.high() + space : 0, false)
                .between(options.low(), options.high());
    }

    private int widest(DoubleStream numbers) {
        return numbers.mapToObj(this::written).mapToInt(lettering::width).max().orElse(0);
    }

    private String written(double value) {
        return Ticks.written(value, decimals);
    }

    /** Enough for three digits of the largest numbers. */
    private static int decimals(double span) {
        return Math.max(span < 1000 ? 1 : 0, 2 - (int) Math.floor(Math.log10(span)));
    }

    private int plotTop() {
        return sheet.top() + sheet.nameHeight(sheet.options.x()) + sheet.margin / 4;
    }

    private void paint(Graphics2D pen) {
        sheet.title(pen, sheet.options.x());
        int bottom = plotTop() + rowHeight * labels.size();
        sheet.below(pen, axis, sheet.options.y(), new double[] {plotTop(), bottom});
        for (int i = 0; i < labels.size(); i++) {
            Bar bar = bars.bars().get(i);
            double middle = plotTop() + (i + 0.5) * rowHeight;
            double text = middle - 0.5 * lettering.lineHeight();
            List<String> label = labels.get(i);
            double top = middle - 0.5 * label.size() * lettering.lineHeight();
            lettering.draw(pen, label, axis.from() - sheet.margin / 2.0, top, 1);
            pen.setColor(Palette.BLUE);
            lettering.draw(pen, written(bar.value()), measuredRight, text, 1);
            pen.setColor(Palette.VERMILION);
            bar.reference().ifPresent(number -> lettering.draw(pen, written(number), referenceRight, text, 1));
            bar(pen, bar, middle);
            pen.setColor(Palette.INK);
        }
        pen.setStroke(Sheet.stroke(1, 1));
        pen.draw(new Line2D.Double(zero(), plotTop(), zero(), bottom));
    }

    /** The pixel where bars begin: 0, or the end of the axis nearest to it. */
    private double zero() {
        return axis.at(Math.min(Math.max(axis.range().low(), 0), axis.range().high()));
    }

    private void bar(Graphics2D pen, Bar bar, double middle) {
        double em = lettering.size();
        Shape whole = pen.getClip();
        pen.clip(new Rectangle2D.Double(axis.from(), 0, axis.to() - axis.from(), height));
        double zero = zero();
        double end = axis.at(bar.value());
        pen.setColor(Palette.BLUE);
        pen.fill(new Rectangle2D.Double(Math.min(zero, end), middle - 0.5 * em, Math.abs(end - zero), em));
        if (bar.low() < bar.high()) {
            interval(pen, new double[] {axis.at(bar.low()), axis.at(bar.high())}, middle, em);
        }
        bar.reference().ifPresent(number -> reference(pen, axis.at(number), middle, em));
        pen.setClip(whole);
    }

    /** Seen on the bar as well as beyond its end. */
    private static void interval(Graphics2D pen, double[] ends, double middle, double em) {
        double cap = 0.22 * em;
        for (boolean halo : new boolean[] {true, false}) {
            pen.setColor(halo ? Color.WHITE : Palette.INK);
            pen.setStroke(Sheet.stroke(em, halo ? 0.2 : 0.1));
            pen.draw(new Line2D.Double(ends[0], middle, ends[1], middle));
            for (double end : ends) {
                pen.draw(new Line2D.Double(end, middle - cap, end, middle + cap));
            }
        }
    }

    private static void reference(Graphics2D pen, double x, double middle, double em) {
        Shape mark = Palette.diamond(x, middle, 0.42 * em);
        pen.setColor(Color.WHITE);
        pen.setStroke(Sheet.stroke(em, 0.15));
        pen.draw(mark);
        pen.setColor(Palette.VERMILION);
        pen.fill(mark);
    }

    private List<Legend.Key> keys() {
        boolean intervals = bars.bars().stream().anyMatch(bar -> bar.low() < bar.high());
        List<Legend.Key> keys = new ArrayList<>();
        keys.add(new Legend.Key(bars.measured(), (pen, em) -> {
            pen.setColor(Palette.BLUE);
            pen.fill(new Rectangle2D.Double(-0.9 * em, -0.4 * em, 1.4 * em, 0.8 * em));
            if (intervals) {
                interval(pen, new double[] {0.1 * em, 0.9 * em}, 0, em);
            }
        }));
        if (compared) {
            keys.add(new Legend.Key(bars.reference(), (pen, em) -> reference(pen, 0, 0, em)));
        }
        return keys;
    }
}
