package org.ldae.figures;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.function.Consumer;

/** What stands below and above a picture. */
final class Footer {

    /** Narrow pictures are widened to this, so that text below them doesn't become a column of words. */
    private static final int NARROWEST = 320;

    private static final int SCALE_WIDTH = 160;

    private Footer() {}

    /** The picture with a text below it. */
    static BufferedImage note(BufferedImage picture, String text) {
        if (text.isEmpty()) {
            return picture;
        }
        Lettering lettering = Lettering.forImages(picture.getWidth());
        int margin = lettering.size() / 2;
        int most = Math.max(picture.getWidth(), NARROWEST) - 2 * margin;
        List<String> lines = lettering.wrap(text, most);
        int width = Math.max(picture.getWidth(), lettering.width(lines) + 2 * margin);
        int height = lines.size() * lettering.lineHeight() + margin;
        return below(picture, width, height, pen -> lettering.draw(pen, lines, margin, 0, 0));
    }

    /** The picture with a scale from black to white below it. */
    static BufferedImage scale(BufferedImage picture, String black, String white) {
        Lettering lettering = Lettering.forImages(picture.getWidth());
        int margin = lettering.size() / 2;
        int left = 2 * margin + lettering.width(black);
        int height = lettering.lineHeight() + margin;
        int width = Math.max(picture.getWidth(), left + SCALE_WIDTH + 2 * margin + lettering.width(white));
        return below(picture, width, height, pen -> {
            lettering.draw(pen, black, margin, 0, 0);
            pen.setPaint(new GradientPaint(left, 0, Color.BLACK, left + SCALE_WIDTH, 0, Color.WHITE));
            pen.fillRect(left, margin / 2, SCALE_WIDTH, lettering.size());
            pen.setColor(Palette.QUIET);
            pen.drawRect(left, margin / 2, SCALE_WIDTH, lettering.size());
            pen.setColor(Palette.INK);
            lettering.draw(pen, white, left + SCALE_WIDTH + margin, 0, 0);
        });
    }

    /** The picture with a title above it. */
    static BufferedImage titled(BufferedImage picture, String title) {
        Lettering lettering = Lettering.forImages(picture.getWidth()).bold();
        int margin = lettering.size() / 2;
        int width = Math.max(picture.getWidth(), NARROWEST);
        List<String> lines = lettering.wrap(title, width - 2 * margin);
        int top = lines.size() * lettering.lineHeight() + margin;
        return Paper.draw(width, picture.getHeight() + top, pen -> {
            lettering.draw(pen, lines, margin, margin / 2.0, 0);
            pen.drawImage(picture, 0, top, null);
        });
    }

    private static BufferedImage below(BufferedImage picture, int width, int height, Consumer<Graphics2D> strokes) {
        return Paper.draw(width, picture.getHeight() + height, pen -> {
            pen.drawImage(picture, 0, 0, null);
            pen.translate(0, picture.getHeight());
            strokes.accept(pen);
        });
    }
}
