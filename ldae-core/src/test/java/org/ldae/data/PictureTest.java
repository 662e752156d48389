package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.data.decoding.PicturesTest;

/** Pictures of a caller's own: whatever they come in, their pixels are those that a folder gives. */
class PictureTest {

    private static final ImageShape SQUARE = new ImageShape(3, 12, 12);

    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"baseline444.jpg", "rgb_lzw.tif", "rgb8.png"})
    void filesAndTheirBytesGiveTheFoldersPixels(String name) throws IOException {
        Path file = PicturesTest.folder().resolve(name);
        Files.createDirectories(dir.resolve("train/a"));
        Files.copy(file, dir.resolve("train/a/" + name));
        Files.createDirectories(dir.resolve("test/a"));
        Files.copy(file, dir.resolve("test/a/" + name));
        ImageSource folder = Dataset.folder(dir, FolderOptions.square(12)).train();
        float[] expected = DataFiles.read(folder, 0);
        assertArrayEquals(expected, Picture.of(file).pixels(SQUARE));
        Picture bytes = Picture.of(Files.readAllBytes(file));
        assertArrayEquals(expected, bytes.pixels(SQUARE));
        assertArrayEquals(expected, bytes.pixels(SQUARE), "read a second time");
        float[] destination = new float[SQUARE.size() + 2];
        bytes.read(SQUARE, Decoding.colour(), destination, 2);
        assertEquals(0, destination[1]);
        assertEquals(expected[0], destination[2]);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_INT_ARGB_PRE,
                BufferedImage.TYPE_INT_BGR, BufferedImage.TYPE_3BYTE_BGR, BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_4BYTE_ABGR_PRE, BufferedImage.TYPE_USHORT_565_RGB, BufferedImage.TYPE_USHORT_555_RGB,
                BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_USHORT_GRAY, BufferedImage.TYPE_BYTE_BINARY,
                BufferedImage.TYPE_BYTE_INDEXED
            })
    void imagesOfEveryTypeGiveThePixelsOfTheirFile(int type) throws IOException {
        BufferedImage image = new BufferedImage(20, 14, type);
        for (int i = 0; i < 280; i++) {
            image.setRGB(i % 20, i / 20, (i % 3 == 0 ? 0xff000000 : 0x80000000) | i * 58_111);
        }
        // A part of a larger raster, too.
        for (BufferedImage each : List.of(image, image.getSubimage(3, 2, 14, 12))) {
            File file = dir.resolve("image.png").toFile();
            assertTrue(ImageIO.write(each, "png", file));
            float[] expected = Picture.of(file.toPath()).pixels(SQUARE);
            float[] actual = Picture.of(each).pixels(SQUARE);
            // Premultiplied colours were rounded twice on their way into the file.
            assertArrayEquals(expected, actual, image.isAlphaPremultiplied() ? 2.1f / 127.5f : 1e-6f);
        }
    }

    @Test
    void picturesBecomeASourceWithoutLabelsOrSplit() throws IOException {
        Path file = PicturesTest.folder().resolve("baseline444.jpg");
        BufferedImage image = new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB);
        ImageSource source = ImageSource.pictures(
                FolderOptions.square(12),
                List.of(
                        Picture.of(file),
                        Picture.of(image).named("black"),
                        Picture.of(Files.readAllBytes(file)).named("upload")));
        assertEquals(3, source.size());
        assertEquals(SQUARE, source.shape());
        assertEquals(List.of(), source.classNames());
        assertEquals(
                List.of(file.toString(), "black", "upload"), List.of(source.name(0), source.name(1), source.name(2)));
        assertArrayEquals(DataFiles.read(source, 0), DataFiles.read(source, 2));
        assertNotEquals(source.select(0).hash(), source.select(1).hash());
        assertEquals(source.hash(), source.packed(dir, Progress.none()).hash());
    }

    @Test
    void whatDoesNotFitIsSaid() throws IOException {
        Picture picture =
                Picture.of(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB)).named("nine by seven");
        assertEquals(3 * 7 * 9, picture.pixels(new ImageShape(3, 7, 9)).length);
        assertFails(
                IOException.class, () -> picture.pixels(new ImageShape(3, 9, 7)), "nine by seven", "9 x 7", "7 x 9");
        assertFails(
                IllegalArgumentException.class, () -> picture.pixels(new ImageShape(2, 4, 4)), "channels", "2", "3");
        assertFails(
                IOException.class, () -> Picture.of(new byte[3]).named("upload").pixels(SQUARE), "upload: ");
        assertFails(IOException.class, () -> Picture.of(dir.resolve("no.png")).pixels(SQUARE), "no.png: no such file");
        FolderOptions square = FolderOptions.square(4);
        assertFails(IllegalArgumentException.class, () -> ImageSource.pictures(square, List.of()), "at least one");
        assertFails(
                IllegalArgumentException.class,
                () -> ImageSource.pictures(square.withSkipping(1), List.of(picture)),
                "skip");
        assertFails(
                IOException.class,
                () -> ImageSource.pictures(
                        FolderOptions.nativeSize(),
                        List.of(picture, Picture.of(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB)))),
                "9",
                "4 x 4",
                "square");
        ImageSource broken =
                ImageSource.pictures(square, List.of(Picture.of(new byte[9]).named("upload")));
        assertFails(UncheckedIOException.class, () -> DataFiles.read(broken, 0), "upload");
    }
}
