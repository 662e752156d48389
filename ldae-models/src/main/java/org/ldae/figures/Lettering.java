package org.ldae.figures;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.util.ArrayList;
import java.util.List;

/** Text in one font: how much room it takes, where its lines break, and drawing it. */
final class Lettering {

    private static final FontRenderContext SMOOTH = new FontRenderContext(null, true, true);

    private final Font font;

    private Lettering(Font font) {
        this.font = font;
    }

    static Lettering plain(int pixels) {
        return new Lettering(new Font(Font.SANS_SERIF, Font.PLAIN, pixels));
    }

    /** Still legible when a picture of this width is shrunk to a phone's. */
    static Lettering forWidth(int width) {
        return plain(Math.max(14, width / 36));
    }

    /** As {@link #forWidth}, but never so large beside small images as to spread them. */
    static Lettering forImages(int width) {
        return plain(Math.max(14, Math.min(24, width / 36)));
    }

    Lettering bold() {
        return new Lettering(font.deriveFont(Font.BOLD));
    }

    Font font() {
        return font;
    }

    int size() {
        return font.getSize();
    }

    int lineHeight() {
        return Math.round(1.3f * size());
    }

    /** Width of the longest line. */
    int width(Iterable<String> lines) {
        int widest = 0;
        for (String line : lines) {
            widest = Math.max(widest, width(line));
        }
        return widest;
    }

    int width(String line) {
        return (int) Math.ceil(font.getStringBounds(line, SMOOTH).getWidth());
    }

    /** Lines no wider than {@code width} where words allow it; line feeds stay. No line for an empty text. */
    List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        if (text.isEmpty()) {
            return lines;
        }
        text.lines().forEach(paragraph -> {
            String line = "";
            for (String word : paragraph.split(" ", -1)) {
                String longer = line.isEmpty() ? word : line + " " + word;
                if (!line.isEmpty() && width(longer) > width) {
                    lines.add(line);
                    line = word;
                } else {
                    line = longer;
                }
            }
            lines.add(line);
        });
        return lines;
    }

    /** As {@link #wrap}, but words that are too long are broken anywhere. */
    List<String> fit(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String line : wrap(text, width)) {
            int from = 0;
            for (int to = 1; to <= line.length(); to++) {
                if (to - from > 1 && width(line.substring(from, to)) > width) {
                    lines.add(line.substring(from, to - 1));
                    from = to - 1;
                }
            }
            lines.add(line.substring(from));
        }
        return lines;
    }

    /** The text, or its beginning and an ellipsis where it is too long. */
    String cut(String text, int width) {
        if (width(text) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 1 && width(text.substring(0, end) + "\u2026") > width) {
            end--;
        }
        return text.substring(0, end).stripTrailing() + "\u2026";
    }

    /** Draws lines below each other, aligned at {@code x}: its left (0), middle (0.5) or right end (1). */
    void draw(Graphics2D pen, List<String> lines, double x, double top, double alignment) {
        pen.setFont(font);
        double baseline = top + 0.5 * (lineHeight() - size()) + 0.8 * size();
        for (String line : lines) {
            pen.drawString(line, (float) (x - alignment * width(line)), (float) baseline);
            baseline += lineHeight();
        }
    }

    void draw(Graphics2D pen, String line, double x, double top, double alignment) {
        draw(pen, List.of(line), x, top, alignment);
    }
}
