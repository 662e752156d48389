package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.figures.Look.array;
import static org.ldae.figures.Look.filled;
import static org.ldae.figures.Look.refused;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FiltersTest {

    /** Patches of 2 by 2 are drawn 96 pixels wide, 4 apart. */
    private static final int HALF = 48;

    private static final INDArray GREY = array(new float[] {0.5f, -0.5f, 0, 0.25f, 0, 0, 0, -0.125f}, 2, 4);

    private static Rectangle weight(int filter, int row, int column) {
        return new Rectangle(4 + filter * 100 + column * HALF, 4 + row * HALF, HALF, HALF);
    }

    @Test
    void middleGreyIsZeroAndEachFilterReachesItsEnd() {
        BufferedImage picture = Figures.filters(GREY, 2, FilterScale.PER_FILTER);

        filled(0xffffff, picture, weight(0, 0, 0));
        filled(0x000000, picture, weight(0, 0, 1));
        filled(0x808080, picture, weight(0, 1, 0));
        filled(0xbfbfbf, picture, weight(0, 1, 1));
        filled(0x808080, picture, weight(1, 0, 0));
        filled(0x000000, picture, weight(1, 1, 1));
    }

    @Test
    void aCommonScaleComparesFilters() {
        BufferedImage picture = Figures.filters(GREY, 2, FilterScale.COMMON);

        filled(0x000000, picture, weight(0, 0, 1));
        filled(0x606060, picture, weight(1, 1, 1));
    }

    @Test
    void aColourPatchIsRowColumnChannel() {
        float[] weights = new float[12];
        weights[3 * (2 * 0 + 1) + 2] = 0.3f; // row 0, column 1, blue
        weights[3 * (2 * 1 + 0) + 0] = -0.3f; // row 1, column 0, red

        BufferedImage picture = Figures.filters(array(weights, 1, 12), 1, FilterScale.PER_FILTER);

        filled(0x808080, picture, weight(0, 0, 0));
        filled(0x8080ff, picture, weight(0, 0, 1));
        filled(0x008080, picture, weight(0, 1, 0));
    }

    @Test
    void theScaleStandsBelowFromBlackToWhite() {
        BufferedImage picture = Figures.filters(GREY, 2, FilterScale.COMMON);

        Rectangle below = new Rectangle(0, 104, picture.getWidth(), picture.getHeight() - 104);
        assertTrue(Look.count(picture, below, pixel -> pixel == 0) > 5, "black end");
        for (int level = 16; level < 256; level += 32) {
            int grey = level * 0x010101;
            assertTrue(
                    Look.count(picture, below, pixel -> Math.abs((pixel & 255) - (grey & 255)) < 4) > 5,
                    "level " + level);
        }
    }

    @Test
    void tokenizersAreRowsAndViewsAreRead() {
        INDArray basis = array(new float[64], 8, 8);
        for (int i = 0; i < 64; i++) {
            basis.putScalar(i, Math.cos(i));
        }
        INDArray view = basis.get(NDArrayIndex.interval(2, 4), NDArrayIndex.interval(0, 4));
        GridOptions named = GridOptions.plain().withRows(List.of("PCA", "AE"));

        BufferedImage picture = Figures.filters(List.of(GREY, view), FilterScale.PER_FILTER, named);

        assertTrue(Look.same(picture, Figures.filters(List.of(GREY, view.dup('c')), FilterScale.PER_FILTER, named)));
        refused(() -> Figures.filters(List.of(GREY), FilterScale.COMMON, named), "rows: expected 1 captions");
    }

    @Test
    void aFilterOfZerosIsGrey() {
        filled(
                0x808080,
                Figures.filters(array(new float[4], 1, 4), 1, FilterScale.PER_FILTER),
                new Rectangle(4, 4, 96, 96));
    }

    @Test
    void rowsThatAreNoPatchesAreRefused() {
        refused(
                () -> Figures.filters(array(new float[10], 2, 5), 1, FilterScale.COMMON),
                "filters: expected [K, P*P*C]",
                "got rows of 5");
        refused(() -> Figures.filters(array(new float[4], 4), 1, FilterScale.COMMON), "filters", "K, P*P*C");
        refused(
                () -> Figures.filters(array(new float[] {0, 0, 0, 0, 0, Float.NaN, 0, 0}, 2, 4), 1, FilterScale.COMMON),
                "filters: expected finite weights, got NaN in row 1 at 1");
        assertEquals(2, FilterScale.values().length);
    }
}
