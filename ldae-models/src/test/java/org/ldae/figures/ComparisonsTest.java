package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.figures.Look.refused;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ComparisonsTest {

    private static final int SIDE = 96;

    private static INDArray images(int count, int side) {
        float[] pixels = new float[count * side * side];
        Rng.of(side).normals(pixels, 0, pixels.length);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.tanh(pixels[i]);
        }
        return Nd4j.create(pixels, new long[] {count, 1, side, side}, 'c');
    }

    private static PatchPCA tokenizer(int side, int components) {
        return PatchPCA.fit(
                ImageSource.of(images(20, side), new int[0], List.of()),
                PatchPCA.patch(4).components(components));
    }

    /** The image in a row and column of a picture, counted from its lower right corner where nothing is written. */
    private static BufferedImage cell(BufferedImage picture, int fromRight, int fromBottom, int footer) {
        int x = picture.getWidth() - (fromRight + 1) * (SIDE + 4);
        int y = picture.getHeight() - footer - (fromBottom + 1) * (SIDE + 4);
        return picture.getSubimage(x, y, SIDE, SIDE);
    }

    private static boolean same(BufferedImage a, BufferedImage b) {
        return Look.same(a, b);
    }

    @Test
    void reconstructionsStandBesideTheOriginalOfEachImage() {
        PatchPCA all = tokenizer(8, 16);
        INDArray images = images(3, 8);

        BufferedImage picture =
                Figures.reconstructions(images, List.of(all.withComponents(1), all), GridOptions.plain());

        BufferedImage originals = Figures.grid(images, 1, GridOptions.plain());
        for (int row = 0; row < 3; row++) {
            BufferedImage original = cell(originals, 0, row, 0);
            assertTrue(same(original, cell(picture, 2, row, 0)), "original of row " + row);
            assertFalse(same(original, cell(picture, 1, row, 0)), "one component loses something");
            assertTrue(near(original, cell(picture, 0, row, 0)), "all components lose nothing");
        }
        assertTrue(picture.getHeight() > originals.getHeight(), "columns are named");
        refused(
                () -> Figures.reconstructions(
                        images, List.of(all), GridOptions.plain().withColumns(List.of("only one"))),
                "columns: expected 2 captions");
        refused(() -> Figures.reconstructions(images, List.of(), GridOptions.plain()), "tokenizers");
    }

    @Test
    void noiseIsOnPixelsInTheSecondColumnAndOnLatentsInTheThird() {
        List<Figures.Resolution> resolutions = List.of(
                new Figures.Resolution(images(1, 8), tokenizer(8, 16)),
                new Figures.Resolution(images(2, 16), tokenizer(16, 16)));

        BufferedImage none = Figures.noise(resolutions, 0, Rng.of(1));
        BufferedImage some = Figures.noise(resolutions, 0.5, Rng.of(1));

        // A line of captions of 14 pixels above, the note below.
        int note = none.getHeight() - (4 + 18 + 3 * (SIDE + 4));
        for (int row = 0; row < 3; row++) {
            assertTrue(same(cell(none, 2, row, note), cell(none, 1, row, note)), "no noise on pixels");
            assertTrue(near(cell(none, 2, row, note), cell(none, 0, row, note)), "no noise on latents");
            assertTrue(same(cell(none, 2, row, note), cell(some, 2, row, note)), "clean images");
            assertFalse(near(cell(some, 2, row, note), cell(some, 1, row, note)), "noise on pixels");
            assertFalse(near(cell(some, 2, row, note), cell(some, 0, row, note)), "noise on latents");
        }
        assertTrue(same(some, Figures.noise(resolutions, 0.5, Rng.of(1))), "a key gives one picture");
        assertFalse(same(some, Figures.noise(resolutions, 0.5, Rng.of(2))));
        refused(() -> Figures.noise(resolutions, -1, Rng.of(1)), "sigma: expected a finite number of at least 0");
        refused(() -> Figures.noise(List.of(), 1, Rng.of(1)), "rows: expected at least one");
    }

    @Test
    void tripletsAreThreeRowsOfOneShape() {
        INDArray clean = images(2, 8);
        INDArray noisy = images(2, 8).negi();

        BufferedImage picture = Figures.triplets(clean, noisy, clean);

        assertEquals(4 + 3 * (SIDE + 4), picture.getHeight());
        for (int column = 0; column < 2; column++) {
            assertTrue(same(cell(picture, column, 2, 0), cell(picture, column, 0, 0)));
            assertFalse(same(cell(picture, column, 2, 0), cell(picture, column, 1, 0)));
        }
        refused(() -> Figures.triplets(clean, images(3, 8), clean), "noisy", "[2, 1, 8, 8]", "[3, 1, 8, 8]");
        refused(() -> Figures.triplets(clean, noisy, images(2, 4)), "denoised", "[2, 1, 8, 8]", "[2, 1, 4, 4]");
    }

    @Test
    void neighboursAreFramedByWhetherTheyAreRight() {
        INDArray images = images(2, 8);
        boolean[][] right = {{true, false}, {false, false}};

        BufferedImage picture = Figures.neighbours(images, List.of(images, images), right);

        int pitch = SIDE + 15;
        int top = Look.bounds(picture, Look.all(picture), Look.BLUE).y;
        Rectangle frame = new Rectangle(15 + pitch - 5, top, SIDE + 10, SIDE + 10);
        assertEquals(frame, Look.bounds(picture, Look.all(picture), Look.BLUE));
        Look.filled(Look.BLUE, picture, new Rectangle(frame.x, frame.y, frame.width, 5));
        Look.filled(Look.BLUE, picture, new Rectangle(frame.x, frame.y, 5, frame.height));
        Rectangle wrong = new Rectangle(frame.x + pitch, frame.y, frame.width, 5);
        int dashes = Look.count(picture, wrong, pixel -> pixel == Look.VERMILION);
        assertTrue(dashes > 250 && dashes < 450, "dashed: " + dashes + " of " + wrong.width * 5);
        Rectangle query = new Rectangle(10, frame.y, SIDE + 10, 5);
        assertEquals(0, Look.inked(picture, query), "queries have no frame");
    }

    @Test
    void neighboursMustFitTheQueries() {
        INDArray images = images(2, 8);
        refused(
                () -> Figures.neighbours(images, List.of(images), new boolean[][] {{true, true}}),
                "neighbours: expected one array and one row of right for each of 2 queries, got 1 and 1");
        refused(
                () -> Figures.neighbours(images, List.of(images, images), new boolean[][] {{true, true}, {true}}),
                "neighbours: expected 2 for every query",
                "at 1");
    }

    /** Equal but for rounding. */
    private static boolean near(BufferedImage a, BufferedImage b) {
        for (int y = 0; y < a.getHeight(); y++) {
            for (int x = 0; x < a.getWidth(); x++) {
                if (Math.abs((Look.at(a, x, y) & 255) - (Look.at(b, x, y) & 255)) > 1) {
                    return false;
                }
            }
        }
        return true;
    }
}
