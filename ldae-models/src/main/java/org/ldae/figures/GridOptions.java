package org.ldae.figures;

import java.util.List;

/**
 * How a grid of images looks.
 *
 * @param rows captions left of the rows, one each, or none
 * @param columns captions above the columns, one each, or none
 * @param side images are enlarged by the largest whole factor that keeps their longer side within so many pixels; larger
 *     images are shown as they are
 * @param gap white pixels between images, at least 0
 * @param note text below the grid, empty for none
 */
public record GridOptions(List<String> rows, List<String> columns, int side, int gap, String note) {

    /**
     * Copies the captions and checks the sizes.
     *
     * @param rows captions left of the rows, one each, or none
     * @param columns captions above the columns, one each, or none
     * @param side pixels, from 1 to 4096
     * @param gap pixels, from 0 to 4096
     * @param note text below the grid, empty for none
     */
    public GridOptions {
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
        if (side < 1 || side > 4096) {
            throw new IllegalArgumentException("side: expected 1 to 4096 pixels, got " + side);
        }
        if (gap < 0 || gap > 4096) {
            throw new IllegalArgumentException("gap: expected 0 to 4096 pixels, got " + gap);
        }
    }

    /**
     * No captions, images of about 96 pixels, 4 pixels apart.
     *
     * @return options
     */
    public static GridOptions plain() {
        return new GridOptions(List.of(), List.of(), 96, 4, "");
    }

    /**
     * Sets the captions left of the rows.
     *
     * @param captions one a row
     * @return a copy
     */
    public GridOptions withRows(List<String> captions) {
        return new GridOptions(captions, columns, side, gap, note);
    }

    /**
     * Sets the captions above the columns.
     *
     * @param captions one a column
     * @return a copy
     */
    public GridOptions withColumns(List<String> captions) {
        return new GridOptions(rows, captions, side, gap, note);
    }

    /**
     * Sets how far images are enlarged.
     *
     * @param pixels the longer side of an enlarged image at most, from 1 to 4096
     * @return a copy
     */
    public GridOptions withSide(int pixels) {
        return new GridOptions(rows, columns, pixels, gap, note);
    }

    /**
     * Sets the space between images.
     *
     * @param pixels from 0 to 4096
     * @return a copy
     */
    public GridOptions withGap(int pixels) {
        return new GridOptions(rows, columns, side, pixels, note);
    }

    /**
     * Sets the text below the grid.
     *
     * @param text wrapped to the grid's width
     * @return a copy
     */
    public GridOptions withNote(String text) {
        return new GridOptions(rows, columns, side, gap, text);
    }
}
