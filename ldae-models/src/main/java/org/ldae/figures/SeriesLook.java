package org.ldae.figures;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * A series and how it is drawn.
 *
 * @param series what is drawn
 * @param rank which colour and mark it has
 */
record SeriesLook(Series series, int rank) {

    /** Longer lines carry no marks at their points. */
    private static final int MARKED_POINTS = 40;

    /** Colours and marks go to the series that aren't faint, in their order. */
    static List<SeriesLook> of(List<Series> series) {
        List<SeriesLook> looks = new ArrayList<>();
        int rank = 0;
        for (Series each : series) {
            looks.add(new SeriesLook(each, each.style() == Series.Style.FAINT ? 0 : rank++));
        }
        return looks;
    }

    Color color() {
        return series.style() == Series.Style.FAINT ? Palette.FAINT : Palette.color(rank);
    }

    boolean hasLine() {
        return series.style() != Series.Style.POINTS;
    }

    boolean hasMarks() {
        return series.style() == Series.Style.POINTS
                || (series.style() == Series.Style.LINE && series.size() <= MARKED_POINTS);
    }

    void useBand(Graphics2D pen) {
        Color color = color();
        pen.setColor(new Color(color.getRed(), color.getGreen(), color.getBlue(), 60));
    }

    void useLine(Graphics2D pen, double em) {
        pen.setColor(color());
        pen.setStroke(Sheet.stroke(em, series.style() == Series.Style.FAINT ? 0.06 : 0.15));
    }

    void mark(Graphics2D pen, double x, double y, double em) {
        pen.setColor(color());
        Palette.mark(pen, rank, x, y, (series.size() > 100 ? 0.3 : 0.55) * em);
    }

    /** An error bar from pixel {@code low} up to pixel {@code high}. */
    void errorBar(Graphics2D pen, double x, double low, double high, double em) {
        pen.setColor(color());
        pen.setStroke(Sheet.stroke(em, 0.1));
        double cap = 0.25 * em;
        pen.draw(new Line2D.Double(x, low, x, high));
        pen.draw(new Line2D.Double(x - cap, low, x + cap, low));
        pen.draw(new Line2D.Double(x - cap, high, x + cap, high));
    }

    Legend.Key key() {
        return new Legend.Key(series.name(), this::sample);
    }

    private void sample(Graphics2D pen, double em) {
        double half = 0.5 * em * Legend.Sample.WIDTH_IN_EM;
        if (series.spread() == Series.Spread.BAND) {
            useBand(pen);
            pen.fill(new Rectangle2D.Double(-half, -0.35 * em, 2 * half, 0.7 * em));
        }
        if (hasLine()) {
            useLine(pen, em);
            pen.draw(new Line2D.Double(-half, 0, half, 0));
        }
        if (series.spread() == Series.Spread.BARS) {
            errorBar(pen, 0, 0.5 * em, -0.5 * em, em);
        }
        if (hasMarks()) {
            pen.setColor(color());
            Palette.mark(pen, rank, 0, 0, 0.55 * em);
        }
    }
}
