package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.figures.Look.array;
import static org.ldae.figures.Look.at;
import static org.ldae.figures.Look.filled;
import static org.ldae.figures.Look.inked;
import static org.ldae.figures.Look.refused;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ImageGridTest {

    /** Two pixels to four, three white pixels between images. */
    private static final GridOptions FOUR = GridOptions.plain().withSide(8).withGap(3);

    private static INDArray grey(float... pixels) {
        return array(pixels, pixels.length / 4, 1, 2, 2);
    }

    private static INDArray black(long... shape) {
        return Nd4j.valueArrayOf(shape, -1, DataType.FLOAT);
    }

    @Test
    void pixelsRunFromBlackToWhiteAndAreClipped() {
        BufferedImage picture = Figures.grid(grey(-1, 0, 1, 0.5f, -9, 9, -0.5f, -1), 2, FOUR);

        assertEquals(3 + 2 * 11, picture.getWidth());
        assertEquals(3 + 11, picture.getHeight());
        filled(0x000000, picture, new Rectangle(3, 3, 4, 4));
        filled(0x808080, picture, new Rectangle(7, 3, 4, 4));
        filled(0xffffff, picture, new Rectangle(3, 7, 4, 4));
        filled(0xbfbfbf, picture, new Rectangle(7, 7, 4, 4));
        filled(0x000000, picture, new Rectangle(14, 3, 4, 4));
        filled(0xffffff, picture, new Rectangle(18, 3, 4, 4));
        filled(0x404040, picture, new Rectangle(14, 7, 4, 4));
        filled(Look.WHITE, picture, new Rectangle(0, 0, picture.getWidth(), 3));
        filled(Look.WHITE, picture, new Rectangle(11, 0, 3, 14));
    }

    @Test
    void threeChannelsAreRedGreenAndBlue() {
        BufferedImage picture = Figures.grid(array(new float[] {1, -1, 0, 1, -1, 1}, 1, 3, 1, 2), 1, FOUR);

        filled(0xff80_00, picture, new Rectangle(3, 3, 4, 4));
        filled(0x00ffff, picture, new Rectangle(7, 3, 4, 4));
    }

    @Test
    void imagesWrapAfterTheColumnsAndTheLastRowMayBeShort() {
        BufferedImage picture = Figures.grid(black(5, 1, 2, 2), 3, FOUR);

        assertEquals(3 + 3 * 11, picture.getWidth());
        assertEquals(3 + 2 * 11, picture.getHeight());
        assertEquals(5 * 64, inked(picture, Look.all(picture)));
        filled(Look.WHITE, picture, new Rectangle(25, 14, 11, 11));
    }

    @Test
    void enlargesByWholeFactorsOnlyAndNeverShrinks() {
        assertEquals(
                3 + 8 + 3, Figures.grid(black(1, 1, 2, 2), 1, FOUR.withSide(9)).getWidth());
        assertEquals(3 + 6 + 3, Figures.grid(black(1, 1, 6, 6), 1, FOUR).getWidth());
        assertEquals(3 + 20 + 3, Figures.grid(black(1, 1, 20, 20), 1, FOUR).getWidth());
    }

    @Test
    void rowsOfSeveralSizesAreDrawnAtOneSize() {
        BufferedImage picture = Figures.grid(List.of(black(1, 1, 2, 2), black(1, 3, 4, 4), black(1, 1, 3, 3)), FOUR);

        filled(0x000000, picture, new Rectangle(3, 3, 8, 8));
        filled(0x000000, picture, new Rectangle(3, 14, 8, 8));
        filled(0x000000, picture, new Rectangle(4, 26, 6, 6));
        assertEquals(64 + 64 + 36, inked(picture, Look.all(picture)));
    }

    @Test
    void viewsWithOddStridesGiveTheSamePicture() {
        INDArray images = array(new float[96], 4, 1, 4, 6);
        for (int i = 0; i < 96; i++) {
            images.putScalar(i, Math.sin(i));
        }
        INDArray view = images.get(
                        NDArrayIndex.interval(0, 2, 4),
                        NDArrayIndex.all(),
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(1, 5))
                .permute(0, 1, 3, 2);

        assertTrue(Look.same(Figures.grid(view.dup('c'), 2, FOUR), Figures.grid(view, 2, FOUR)));
    }

    @Test
    void captionsStandBesideTheImagesAndLeaveThemAsTheyAre() {
        INDArray images = black(2, 1, 2, 2);
        BufferedImage plain = Figures.grid(images, 2, FOUR);
        BufferedImage named =
                Figures.grid(images, 2, FOUR.withRows(List.of("row")).withColumns(List.of("left", "incomprehensible")));

        int left = named.getWidth() - 2 * (named.getWidth() - plain.getWidth());
        assertTrue(left < plain.getWidth(), "wide captions widen the columns");
        int top = named.getHeight() - 11;
        assertTrue(inked(named, new Rectangle(0, 0, named.getWidth(), top)) > 30, "captions above");
        assertTrue(inked(named, new Rectangle(0, top, 30, 8)) > 5, "a caption on the left");
        assertEquals(2 * 64, Look.count(named, new Rectangle(0, top, named.getWidth(), 8), pixel -> pixel == 0));
    }

    @Test
    void aNoteIsWrappedBelow() {
        BufferedImage plain = Figures.grid(black(1, 1, 2, 2), 1, FOUR);
        BufferedImage one = Figures.grid(black(1, 1, 2, 2), 1, FOUR.withNote("short"));
        BufferedImage two = Figures.grid(black(1, 1, 2, 2), 1, FOUR.withNote("many words ".repeat(12)));

        assertTrue(two.getHeight() > one.getHeight());
        assertTrue(two.getWidth() <= 330, "wrapped");
        Rectangle below = new Rectangle(0, plain.getHeight(), one.getWidth(), one.getHeight() - plain.getHeight());
        assertTrue(inked(one, below) > 20, "a note");
        assertEquals(0, at(one, 3, 3), "the image stays where it was");
    }

    @Test
    void pixelsThatAreNotFiniteAreNamed() {
        refused(
                () -> Figures.grid(grey(0, 0, 0, 0, 0, 0, Float.NaN, 0), 2, FOUR),
                "images: expected finite pixels, got NaN at [n, c, y, x] = [1, 0, 1, 0]");
        refused(
                () -> Figures.grid(array(new float[] {0, 0, Float.POSITIVE_INFINITY}, 1, 3, 1, 1), 1, FOUR),
                "got Infinity at [n, c, y, x] = [0, 2, 0, 0]");
    }

    @Test
    void otherShapesAreRefused() {
        refused(() -> Figures.grid(black(2, 2, 2, 2), 1, FOUR), "images", "C = 1 (grey) or 3", "got C = 2", "choose");
        refused(() -> Figures.grid(black(2, 2, 2), 1, FOUR), "images: expected float32 [N, C, H, W]", "[2, 2, 2]");
        refused(
                () -> Figures.grid(black(1, 1, 2, 2).castTo(DataType.DOUBLE), 1, FOUR),
                "images",
                "DOUBLE",
                "castTo(DataType.FLOAT)");
        refused(() -> Figures.grid(Nd4j.create(DataType.FLOAT, 0, 1, 2, 2), 1, FOUR), "images: expected at least one");
        refused(() -> Figures.grid(List.of(), FOUR), "rows: expected at least one");
        refused(() -> Figures.grid(black(1, 1, 2, 2), 0, FOUR), "columns: expected at least 1, got 0");
    }

    @Test
    void captionsMustBeAsManyAsRowsAndColumns() {
        INDArray images = black(4, 1, 2, 2);
        refused(
                () -> Figures.grid(images, 2, FOUR.withRows(List.of("a"))),
                "rows: expected 2 captions, one for each of the rows, or none, got 1: [a]");
        refused(() -> Figures.grid(images, 4, FOUR.withColumns(List.of("a", "b"))), "columns: expected 4 captions");
    }

    @Test
    void optionsPrintWhatTheyRefuse() {
        refused(() -> FOUR.withSide(0), "side: expected 1 to 4096 pixels, got 0");
        refused(() -> FOUR.withGap(-1), "gap: expected 0 to 4096 pixels, got -1");
        refused(() -> Figures.grid(black(200, 1, 2, 2), 1, FOUR.withSide(4096)), "size: expected at most", "fewer");
    }
}
