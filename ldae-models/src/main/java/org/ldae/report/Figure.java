package org.ldae.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A figure of the report.
 *
 * @param file its name in the folder of figures
 * @param caption what stands below it
 * @param picture what is seen
 * @param alt what it shows for those who can't see it
 */
record Figure(String file, String caption, BufferedImage picture, String alt) {

    private static final int GAP = 24;

    /**
     * A part of a figure.
     *
     * @param picture what is seen
     * @param alt its words
     */
    record Panel(BufferedImage picture, String alt) {}

    /** The panels that are there, one below the other; no figure if none is. */
    static List<Figure> of(String file, String caption, List<Optional<Panel>> panels) {
        List<Panel> there = panels.stream().flatMap(Optional::stream).toList();
        String alt = there.stream().map(Panel::alt).collect(Collectors.joining(" "));
        return there.isEmpty() ? List.of() : List.of(new Figure(file, caption, stacked(there), alt));
    }

    private static BufferedImage stacked(List<Panel> panels) {
        List<BufferedImage> pictures = panels.stream().map(Panel::picture).toList();
        int width = pictures.stream().mapToInt(BufferedImage::getWidth).max().orElseThrow();
        int height = pictures.stream().mapToInt(BufferedImage::getHeight).sum() + GAP * (pictures.size() - 1);
        BufferedImage whole = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = whole.createGraphics();
        pen.setColor(Color.WHITE);
        pen.fillRect(0, 0, width, height);
        int y = 0;
        for (BufferedImage picture : pictures) {
            pen.drawImage(picture, 0, y, null);
            y += picture.getHeight() + GAP;
        }
        pen.dispose();
        return whole;
    }
}
