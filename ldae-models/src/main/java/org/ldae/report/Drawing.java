package org.ldae.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A picture and what it shows for those who can't see it.
 *
 * @param picture any
 * @param alt its words
 */
record Drawing(BufferedImage picture, String alt) {

    private static final int GAP = 24;

    /** One below the other. */
    static Drawing stacked(List<Drawing> panels) {
        int width = panels.stream()
                .mapToInt(panel -> panel.picture().getWidth())
                .max()
                .orElseThrow();
        int height =
                panels.stream().mapToInt(panel -> panel.picture().getHeight()).sum() + GAP * (panels.size() - 1);
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = picture.createGraphics();
        try {
            pen.setColor(Color.WHITE);
            pen.fillRect(0, 0, width, height);
            int y = 0;
            for (Drawing panel : panels) {
                pen.drawImage(panel.picture(), 0, y, null);
                y += panel.picture().getHeight() + GAP;
            }
        } finally {
            pen.dispose();
        }
        return new Drawing(picture, panels.stream().map(Drawing::alt).collect(Collectors.joining(" ")));
    }
}
