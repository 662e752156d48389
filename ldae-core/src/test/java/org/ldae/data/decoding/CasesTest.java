package org.ldae.data.decoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.data.Decoding;
import org.ldae.data.ValueRange;

/** Kinds of pictures that other readers of Java get wrong: one small file each, with its right levels. */
class CasesTest {

    private final Path cases = PicturesTest.folder().resolveSibling("cases");

    /** Means of red, green and blue by Pillow 9.4 (libwebp, libjpeg-turbo, libtiff), over white. */
    @ParameterizedTest
    @CsvSource({
        "webp-lossy-darkened-radial-224-q75.webp, 159.697, 159.686, 159.697, 0.5",
        "webp-lossless-one-colour-refused.webp, 1.000, 2.000, 3.000, 0.01",
        "webp-lossless-sparse-dots-default-refused.webp, 249.658, 249.658, 249.658, 0.01",
        "jpeg-ycc444-jfif-and-adobe-transform0.jpg, 131.283, 136.246, 123.061, 0.01",
        "jpeg-ycc444-ids012-no-jfif.jpg, 131.283, 136.246, 123.061, 0.01",
        "jpeg-icc-empty-refused.jpg, 131.228, 136.264, 123.056, 0.01",
        "icc-p3.jpg, 131.228, 136.264, 123.056, 0.01",
        "tiff-rps-2147483647.tif, 131.281, 136.250, 123.106, 0.01",
        "png-xmp-orientation-not-turned.png, 193.800, 193.800, 193.800, 0.01",
        "tiff-f32-deflate-pred3.tif, 131.281, 131.281, 131.281, 0.01",
        "tiff-jpeg-photometric-rgb-ids012.tif, 61.681, 84.552, 77.376, 0.5",
        "tiff-f16.tif, 131.281, 131.281, 131.281, 0.2"
    })
    void levelsAreThoseOfTheFormatsOwnLibraries(String name, double red, double green, double blue, double tolerance)
            throws IOException {
        Planes planes = read(name);
        assertEquals(red, PicturesTest.mean(planes.values[0]), tolerance);
        assertEquals(green, PicturesTest.mean(planes.values[1]), tolerance);
        assertEquals(blue, PicturesTest.mean(planes.values[2]), tolerance);
    }

    @ParameterizedTest
    @CsvSource({
        "webp-lossy-alpha-uncompressed-am0.webp, webp-lossy-alpha-uncompressed-am0.reference.png, 2",
        "icc-p3.jpg, jpeg-icc-tiff.reference.png, 2",
        "icc-p3.png, jpeg-icc-tiff.reference.png, 0",
        "tiff-one-lsb-packbits.tif, tiff-one-lsb-packbits.reference.tif, 0",
        "tiff-sparse-uncompressed-tiles-gdal.tif, tiff-sparse-uncompressed-tiles-gdal.reference.tif, 0"
    })
    void levelsAreThoseOfTheReference(String name, String reference, double meanDifference) throws IOException {
        Planes actual = read(name);
        Planes expected = read(reference);
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            for (int i = 0; i < expected.values[c].length; i++) {
                sum += Math.abs((expected.values[c][i] & 0xff) - (actual.values[c][i] & 0xff));
            }
            assertTrue(
                    sum / expected.values[c].length <= meanDifference,
                    "mean difference " + sum / expected.values[c].length);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gif-frame-64x48-at-10-5-in-screen-80x60.gif, 5, 10",
        "webp-animated-first-frame-10-6-of-80x60.webp, 6, 10"
    })
    void firstFramesLieInTheirPlaceOnTheWholeCanvas(String name, int top, int left) throws IOException {
        Planes planes = read(name);
        assertEquals("60 x 80", planes.height + " x " + planes.width);
        assertEquals("60 x 80", ImageFile.size(cases.resolve(name), 1 << 20).toString());
        assertEquals((byte) 255, planes.values[0][0]);
        assertEquals((byte) 255, planes.values[1][(top - 1) * 80 + left]);
        assertTrue(
                planes.values[1][(top + 1) * 80 + left + 1] != -1 || planes.values[0][(top + 1) * 80 + left + 1] != -1);
    }

    @Test
    void sparseFilesAreBlack() throws IOException {
        Planes planes = read("tiff-sparse-all-gdal-error.tif");
        assertArrayEquals(new byte[planes.height * planes.width], planes.values[0]);
    }

    @Test
    void coloursThatAreNoRgbAreRefusedByKind() {
        assertFails(IOException.class, () -> read("tiff-lab8.tif"), "CIELab");
    }

    @Test
    void bytesAreReadAsTheFileIs() throws IOException {
        byte[] content = Files.readAllBytes(cases.resolve("icc-p3.jpg"));
        byte[] before = content.clone();
        assertArrayEquals(read("icc-p3.jpg").values, Planes.read("upload", content, Decoding.colour()).values);
        assertArrayEquals(before, content);
        assertFails(IOException.class, () -> Planes.read("upload", new byte[0], Decoding.colour()), "upload", "empty");
    }

    @Test
    void halfFloatsHaveRangesToo() throws IOException {
        Planes unit = read("tiff-f16.tif");
        Planes half =
                Planes.read(cases.resolve("tiff-f16.tif"), Decoding.colour().withRange(ValueRange.fixed(0, 2)));
        for (int i = 0; i < unit.values[0].length; i++) {
            assertEquals((unit.values[0][i] & 0xff) / 2.0, half.values[0][i] & 0xff, 0.8);
        }
    }

    /** As cwebp -lossless writes it; fewer than a byte for 2,048 of the picture. */
    @Test
    void aLargePictureOfOneColourTakesAFewBytes() throws IOException {
        byte[] file = HexFormat.of()
                .parseHex("524946462e000000574542505650384c210000002ff3c17c0007508a2ad4"
                        + "a3ff010149d2ffff6444ff33fef39ffffce73ffff97fc400");
        Planes planes = Planes.read("one colour", file, Decoding.colour());
        assertEquals("500 x 500", planes.height + " x " + planes.width);
        assertEquals(10, PicturesTest.mean(planes.values[0]));
        assertEquals(30, PicturesTest.mean(planes.values[2]));
    }

    private Planes read(String name) throws IOException {
        return Planes.read(cases.resolve(name), Decoding.colour());
    }
}
