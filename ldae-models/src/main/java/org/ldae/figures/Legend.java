package org.ldae.figures;

import java.awt.Graphics2D;
import java.util.ArrayList;
import java.util.List;

/** Names beside samples of what they stand for, in as many lines as the width takes. */
final class Legend {

    /** Draws a sample around the origin, no wider than its width; {@code em} is the letters' size. */
    @FunctionalInterface
    interface Sample {
        double WIDTH_IN_EM = 1.8;

        void draw(Graphics2D pen, double em);
    }

    /** A name and its sample. */
    record Key(String name, Sample sample) {}

    /** A key at its place, the name broken into lines. */
    private record Entry(Sample sample, List<String> name, double x, double y) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Lettering lettering;
    private final int height;

    /** Keys without a name are left out. */
    Legend(List<Key> keys, Lettering lettering, int width) {
        this.lettering = lettering;
        double sample = (Sample.WIDTH_IN_EM + 0.4) * lettering.size();
        double x = 0;
        int y = 0;
        int lines = 0;
        for (Key key : keys) {
            if (key.name().isEmpty()) {
                continue;
            }
            List<String> name = lettering.fit(key.name(), width - (int) sample);
            double needed = sample + lettering.width(name);
            if (x > 0 && x + needed > width) {
                x = 0;
                y += lines * lettering.lineHeight();
                lines = 0;
            }
            entries.add(new Entry(key.sample(), name, x, y));
            lines = Math.max(lines, name.size());
            x += needed + lettering.size();
        }
        height = y + lines * lettering.lineHeight();
    }

    int height() {
        return height;
    }

    void draw(Graphics2D pen, double left, double top) {
        double width = Sample.WIDTH_IN_EM * lettering.size();
        for (Entry entry : entries) {
            double x = left + entry.x();
            double y = top + entry.y();
            Graphics2D sample = (Graphics2D) pen.create();
            sample.translate(x + 0.5 * width, y + 0.5 * lettering.lineHeight());
            entry.sample().draw(sample, lettering.size());
            sample.dispose();
            lettering.draw(pen, entry.name(), x + width + 0.4 * lettering.size(), y, 0);
        }
    }
}
