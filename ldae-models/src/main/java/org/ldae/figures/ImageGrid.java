package org.ldae.figures;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.Stream;

/** Rows of images on white, each enlarged by a whole factor, with captions and a note. */
final class ImageGrid {

    /** Draws what surrounds the image of a row and column, given the place of its upper left corner and its size. */
    @FunctionalInterface
    interface Frame {
        void draw(Graphics2D pen, Place place);
    }

    /** Where an image is: its row and column, and its rectangle in pixels. */
    record Place(int row, int column, int x, int y, int width, int height) {}

    private final List<List<BufferedImage>> rows;
    private final GridOptions options;
    private final Frame frame;
    private final int columns;
    private final int side;
    private final int cellWidth;
    private final int cellHeight;
    private final Lettering lettering;
    private final List<List<String>> headings;
    private final int pitch;
    private final int left;
    private final int top;

    private ImageGrid(List<List<BufferedImage>> rows, GridOptions options, Frame frame) {
        this.rows = rows;
        this.options = options;
        this.frame = frame;
        columns = rows.stream().mapToInt(List::size).max().orElse(0);
        requireCaptions("rows", options.rows(), rows.size());
        requireCaptions("columns", options.columns(), columns);
        side = tiles().mapToInt(tile -> Math.max(tile.getWidth(), tile.getHeight()))
                .reduce(options.side(), Math::max);
        cellWidth = tiles().mapToInt(tile -> tile.getWidth() * zoom(tile)).max().orElse(0);
        cellHeight =
                tiles().mapToInt(tile -> tile.getHeight() * zoom(tile)).max().orElse(0);
        int gap = options.gap();
        lettering = Lettering.forImages(Math.multiplyExact(columns, cellWidth + gap));
        headings = options.columns().stream()
                .map(caption -> lettering.wrap(caption, cellWidth))
                .toList();
        int widest = headings.stream().mapToInt(lettering::width).max().orElse(0);
        // A caption's longest word decides how near the columns come, so that captions never run into each other.
        pitch = gap + Math.max(cellWidth, widest + (widest > cellWidth ? lettering.size() / 2 : 0));
        left = gap
                + options.rows().stream()
                        .mapToInt(caption -> lettering.width(caption.lines().toList()) + lettering.size() / 2)
                        .max()
                        .orElse(0);
        top = gap
                + lettering.lineHeight()
                        * headings.stream().mapToInt(List::size).max().orElse(0);
    }

    static BufferedImage draw(List<List<BufferedImage>> rows, GridOptions options) {
        return draw(rows, options, (pen, place) -> {});
    }

    static BufferedImage draw(List<List<BufferedImage>> rows, GridOptions options, Frame frame) {
        if (rows.isEmpty() || rows.stream().anyMatch(List::isEmpty)) {
            throw new IllegalArgumentException("rows: expected at least one row, and at least one image in each");
        }
        ImageGrid grid = new ImageGrid(rows, options, frame);
        int width = Math.addExact(grid.left, Math.multiplyExact(grid.columns, grid.pitch));
        int height = Math.addExact(grid.top, Math.multiplyExact(rows.size(), grid.cellHeight + options.gap()));
        return Footer.note(Paper.draw(width, height, grid::paint), options.note());
    }

    private Stream<BufferedImage> tiles() {
        return rows.stream().flatMap(List::stream);
    }

    private int zoom(BufferedImage tile) {
        return Math.max(1, side / Math.max(tile.getWidth(), tile.getHeight()));
    }

    private void paint(Graphics2D pen) {
        for (int c = 0; c < headings.size(); c++) {
            List<String> lines = headings.get(c);
            double middle = left + c * pitch + 0.5 * (pitch - options.gap());
            lettering.draw(pen, lines, middle, top - options.gap() - lines.size() * lettering.lineHeight(), 0.5);
        }
        for (int r = 0; r < rows.size(); r++) {
            int y = top + r * (cellHeight + options.gap());
            if (!options.rows().isEmpty()) {
                List<String> lines = options.rows().get(r).lines().toList();
                double text = y + 0.5 * (cellHeight - lines.size() * lettering.lineHeight());
                lettering.draw(pen, lines, left - 0.5 * lettering.size(), text, 1);
            }
            for (int c = 0; c < rows.get(r).size(); c++) {
                paint(pen, r, c, y);
            }
        }
    }

    private void paint(Graphics2D pen, int row, int column, int y) {
        BufferedImage tile = rows.get(row).get(column);
        int width = tile.getWidth() * zoom(tile);
        int height = tile.getHeight() * zoom(tile);
        int cell = left + column * pitch + (pitch - options.gap() - cellWidth) / 2;
        Place place =
                new Place(row, column, cell + (cellWidth - width) / 2, y + (cellHeight - height) / 2, width, height);
        frame.draw(pen, place);
        pen.drawImage(tile, place.x(), place.y(), width, height, null);
    }

    private static void requireCaptions(String name, List<String> captions, int expected) {
        if (!captions.isEmpty() && captions.size() != expected) {
            throw new IllegalArgumentException("%s: expected %d captions, one for each of the %s, or none, got %d: %s"
                    .formatted(name, expected, name, captions.size(), captions));
        }
    }
}
