package org.ldae.figures;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.util.List;

/** What all charts share: letters, margins, the title above, and an axis and the legend below. */
final class Sheet {

    final ChartOptions options;
    final Lettering lettering;
    final int margin;
    private final Legend legend;
    private final List<String> title;

    Sheet(ChartOptions options, List<Legend.Key> keys) {
        this.options = options;
        lettering = Lettering.forWidth(options.width());
        margin = lettering.size();
        legend = new Legend(keys, lettering, textWidth());
        title = lettering.bold().fit(options.title(), textWidth());
    }

    /** The first pixel below the title. */
    int top() {
        return margin / 2 + title.size() * lettering.lineHeight();
    }

    /** Room for the name of an axis. */
    int nameHeight(String name) {
        return lettering.fit(name, textWidth()).size() * lettering.lineHeight();
    }

    /** Room for tick labels, the name of the axis and the legend. */
    int bottomHeight(String name) {
        return lettering.lineHeight() + nameHeight(name) + legend.height() + margin;
    }

    /** The height asked for, or what a plot of the given height needs with the rest. */
    int height(int plot, int least, int rest) {
        if (options.height() != 0 && options.height() - rest < least) {
            throw new IllegalArgumentException(
                    "height: expected at least %d pixels for what is drawn at width %d, got %d; leave it at 0 to fit"
                            .formatted(least + rest, options.width(), options.height()));
        }
        return options.height() != 0 ? options.height() : plot + rest;
    }

    /** The title, and below it the name of an axis. */
    void title(Graphics2D pen, String name) {
        lettering.bold().draw(pen, title, margin, margin / 2.0, 0);
        lettering.draw(pen, lettering.fit(name, textWidth()), margin, top(), 0);
    }

    /** Grid lines from top to bottom of a plot, labels and name of its horizontal axis, and the legend. */
    void below(Graphics2D pen, Axis axis, String name, double[] plot) {
        for (Ticks.Tick tick : axis.ticks()) {
            double x = axis.at(tick.value());
            line(pen, x, plot[0], x, plot[1]);
            double half = 0.5 * lettering.width(tick.label());
            double middle = Math.min(Math.max(x, half), options.width() - half);
            lettering.draw(pen, tick.label(), middle, plot[1] + 0.2 * margin, 0.5);
        }
        double y = plot[1] + 0.2 * margin + lettering.lineHeight();
        List<String> lines = lettering.fit(name, textWidth());
        double half = 0.5 * lettering.width(lines);
        double middle =
                Math.max(margin + half, Math.min(options.width() - margin - half, 0.5 * (axis.from() + axis.to())));
        lettering.draw(pen, lines, middle, y, 0.5);
        legend.draw(pen, margin, y + lines.size() * lettering.lineHeight() + 0.3 * margin);
    }

    /** A quiet grid line. */
    void line(Graphics2D pen, double x0, double y0, double x1, double y1) {
        pen.setColor(Palette.LINES);
        pen.setStroke(new BasicStroke(1));
        pen.draw(new Line2D.Double(x0, y0, x1, y1));
        pen.setColor(Palette.INK);
    }

    /** A stroke as thick as a share of the letters' size. */
    static BasicStroke stroke(double em, double share) {
        return new BasicStroke((float) Math.max(1, share * em), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
    }

    private int textWidth() {
        return options.width() - 2 * margin;
    }
}
