package org.ldae.figures;

import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Lines and points over two axes, with intervals. */
final class LineChart {

    /** With no more different positions, a logarithmic axis is labelled at these. */
    private static final int LABELLED_POSITIONS = 12;

    private final List<SeriesLook> looks;
    private final Sheet sheet;
    private final Axis x;
    private final Axis y;

    private LineChart(List<SeriesLook> looks, Sheet sheet, int height) {
        this.looks = looks;
        this.sheet = sheet;
        ChartOptions options = sheet.options;
        Lettering lettering = sheet.lettering;
        Range values = Range.of("y", numbers(LineChart::ends), options.logY())
                .padded(0.05)
                .between(options.low(), options.high());
        y = Axis.vertical(values, height - sheet.bottomHeight(options.x()), plotTop(sheet), lettering);
        int labels = lettering.width(y.ticks().stream().map(Ticks.Tick::label).toList());
        double[] positions = numbers(each -> IntStream.range(0, each.size()).mapToDouble(each::x));
        Range places = Range.of("x", positions, options.logX()).padded(0.02);
        double left = sheet.margin + labels + 0.4 * sheet.margin;
        Axis even = Axis.horizontal(places, left, options.width() - sheet.margin, lettering);
        Axis round = Arrays.stream(positions).allMatch(Axis::whole) ? even.withWholeTicks() : even;
        double[] distinct = Arrays.stream(positions).distinct().sorted().toArray();
        x = options.logX() && distinct.length <= LABELLED_POSITIONS ? round.withTicksAt(distinct, lettering) : round;
    }

    static BufferedImage draw(List<Series> series, ChartOptions options) {
        if (series.isEmpty()) {
            throw new IllegalArgumentException("series: expected at least one");
        }
        List<SeriesLook> looks = SeriesLook.of(series);
        Sheet sheet = new Sheet(options, looks.stream().map(SeriesLook::key).toList());
        int rest = plotTop(sheet) + sheet.bottomHeight(options.x());
        int height = sheet.height(options.width() / 2, 3 * sheet.lettering.lineHeight(), rest);
        return Paper.draw(options.width(), height, new LineChart(looks, sheet, height)::paint);
    }

    private static int plotTop(Sheet sheet) {
        return sheet.top() + sheet.nameHeight(sheet.options.y()) + (int) (0.7 * sheet.margin);
    }

    private static DoubleStream ends(Series series) {
        return IntStream.range(0, series.size())
                .boxed()
                .flatMapToDouble(i -> DoubleStream.of(series.low(i), series.high(i)));
    }

    private double[] numbers(Function<Series, DoubleStream> read) {
        return looks.stream().flatMapToDouble(look -> read.apply(look.series())).toArray();
    }

    private void paint(Graphics2D pen) {
        sheet.title(pen, sheet.options.y());
        for (Ticks.Tick tick : y.ticks()) {
            double at = y.at(tick.value());
            sheet.line(pen, x.from(), at, x.to(), at);
            double top = at - 0.5 * sheet.lettering.lineHeight();
            sheet.lettering.draw(pen, tick.label(), x.from() - 0.4 * sheet.margin, top, 1);
        }
        sheet.below(pen, x, sheet.options.x(), new double[] {y.to(), y.from()});
        Shape whole = pen.getClip();
        pen.clip(new Rectangle2D.Double(x.from(), y.to(), x.to() - x.from(), y.from() - y.to()));
        looks.forEach(look -> band(pen, look));
        looks.forEach(look -> line(pen, look));
        looks.forEach(look -> errorBars(pen, look));
        marks(pen);
        pen.setClip(whole);
    }

    private void band(Graphics2D pen, SeriesLook look) {
        Series series = look.series();
        if (series.spread() != Series.Spread.BAND) {
            return;
        }
        Path2D path = new Path2D.Double();
        path.moveTo(x.at(series.x(0)), y.at(series.high(0)));
        for (int i = 1; i < series.size(); i++) {
            path.lineTo(x.at(series.x(i)), y.at(series.high(i)));
        }
        for (int i = series.size() - 1; i >= 0; i--) {
            path.lineTo(x.at(series.x(i)), y.at(series.low(i)));
        }
        path.closePath();
        look.useBand(pen);
        pen.fill(path);
    }

    private void line(Graphics2D pen, SeriesLook look) {
        if (!look.hasLine()) {
            return;
        }
        Series series = look.series();
        Path2D path = new Path2D.Double();
        path.moveTo(x.at(series.x(0)), y.at(series.y(0)));
        for (int i = 1; i < series.size(); i++) {
            path.lineTo(x.at(series.x(i)), y.at(series.y(i)));
        }
        look.useLine(pen, sheet.lettering.size());
        pen.draw(path);
    }

    private void errorBars(Graphics2D pen, SeriesLook look) {
        Series series = look.series();
        if (series.spread() != Series.Spread.BARS) {
            return;
        }
        for (int i = 0; i < series.size(); i++) {
            look.errorBar(pen, x.at(series.x(i)), y.at(series.low(i)), y.at(series.high(i)), sheet.lettering.size());
        }
    }

    /** The marks of all series in turn, so that in a crowd the last series doesn't hide the others. */
    private void marks(Graphics2D pen) {
        int longest = looks.stream()
                .filter(SeriesLook::hasMarks)
                .mapToInt(look -> look.series().size())
                .max()
                .orElse(0);
        for (int i = 0; i < longest; i++) {
            for (SeriesLook look : looks) {
                Series series = look.series();
                if (i < series.size() && look.hasMarks()) {
                    look.mark(pen, x.at(series.x(i)), y.at(series.y(i)), sheet.lettering.size());
                }
            }
        }
    }
}
