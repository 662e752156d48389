package org.ldae.data.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.compute.Allocation;
import org.ldae.data.Bytes;
import org.ldae.data.Decoding;

/** Small files that announce more than they hold are refused before memory or time is taken. */
class BombsTest {

    private static final int HUGE = 100_000;
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int BITS = 258;
    private static final long MOST_BYTES = 16 << 20;

    @TempDir
    private Path dir;

    /** The largest sides that each format has room for, up to 100,000. */
    @ParameterizedTest
    @CsvSource({
        "png, 100000",
        "jpg, 65500",
        "gif, 65535",
        "bmp, 40000",
        "tif, 100000",
        "tiled.tif, 100000",
        "big.tif, 100000",
        "lossy.webp, 16383",
        "lossless.webp, 16384",
        "canvas.webp, 100000",
        "p1.pbm, 100000",
        "p5.pgm, 100000",
        "p6.ppm, 100000",
        "p7.pam, 100000"
    })
    void hugePicturesAreRefusedBeforeMemoryIsTaken(String name, int side) throws IOException {
        Path file = write(name, bomb(name));
        String sides = side + " x " + side;
        long before = Allocation.ofThread();
        assertFails(
                IOException.class,
                () -> Planes.read(file, Decoding.colour()),
                file + ": ",
                sides + " pixels",
                "89478485",
                "withMaxPixels");
        assertFails(IOException.class, () -> ImageFile.size(file, 1 << 20), sides, "1048576");
        assertTrue(Allocation.ofThread() - before < MOST_BYTES, file + " took memory");
    }

    private static byte[] bomb(String name) throws IOException {
        return switch (name) {
            case "png" ->
                Bytes.of("rgb8.png").big(16, 4, HUGE).big(20, 4, HUGE).checked().content();
            case "jpg" -> {
                Bytes jpeg = Bytes.of("baseline444.jpg");
                int frame = jpeg.find(0xff, 0xc0);
                yield jpeg.big(frame + 5, 2, 65500).big(frame + 7, 2, 65500).content();
            }
            case "gif" -> {
                Bytes gif = Bytes.of("palette.gif");
                int frame = gif.find(0x2c, 0, 0, 0, 0, 24, 0);
                yield gif.little(frame + 5, 4, 0xffff_ffffL).content();
            }
            // Run lengths: its reader refuses others without as many bytes as pixels, and 2^31 pixels.
            case "bmp" ->
                Bytes.of("grey.bmp")
                        .little(18, 4, 40_000)
                        .little(22, 4, 40_000)
                        .little(30, 4, 1)
                        .content();
            case "tif" ->
                Bytes.of("rgb_raw.tif").tiff(WIDTH, HUGE).tiff(HEIGHT, HUGE).content();
            case "tiled.tif" ->
                Bytes.of("tiled.tif").tiff(322, HUGE).tiff(323, HUGE).content();
            case "big.tif" ->
                Bytes.of("bigtiff.tif").tiff(WIDTH, HUGE).tiff(HEIGHT, HUGE).content();
            case "lossy.webp" -> lossy().content();
            case "lossless.webp" ->
                Bytes.of("lossless.webp").little(21, 4, 0x0fff_ffff).content();
            case "canvas.webp" -> Bytes.of("lossless.webp").canvas(HUGE, HUGE).content();
            case "p7.pam" ->
                "P7\nWIDTH 100000\nHEIGHT 100000\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n"
                        .getBytes(StandardCharsets.US_ASCII);
            default -> {
                String letters = name.substring(0, 2).replace('p', 'P') + "\n100000 100000\n"
                        + (name.equals("p1.pbm") ? "" : "255\n") + "0 0 0";
                yield letters.getBytes(StandardCharsets.US_ASCII);
            }
        };
    }

    private static Bytes lossy() throws IOException {
        Bytes webP = Bytes.of("lossy.webp");
        int code = webP.find(0x9d, 0x01, 0x2a);
        return webP.little(code + 3, 2, 0x3fff).little(code + 5, 2, 0x3fff);
    }

    @Test
    void limitIsAnOption() throws IOException {
        Path picture = PicturesTest.folder().resolve("rgb8.png");
        assertEquals(16, Planes.read(picture, Decoding.colour().withMaxPixels(16 * 24)).height);
        assertFails(
                IOException.class,
                () -> Planes.read(picture, Decoding.colour().withMaxPixels(16 * 24 - 1)),
                "16 x 24 pixels are more than the limit of 383");
    }

    @Test
    void framesLargerThanTheirWebPAreRefused() throws IOException {
        assertCheaplyRefused(write("a.webp", lossy().canvas(8, 8).content()), "within 8 x 8 pixels, got 16383 x 16383");
        assertCheaplyRefused(
                write("b.webp", Bytes.of("lossless.webp").canvas(8, 8).content()), "within 8 x 8 pixels, got 16 x 24");
    }

    /** Its reader takes the end of the data for zeros, and took minutes over them. */
    @Test
    void webPsWithoutTheirPixelsAreRefused() throws IOException {
        Bytes webP = Bytes.of("lossless.webp").little(21, 4, 0x00ff_c3ff);
        assertCheaplyRefused(write("a.webp", webP.content()), "truncated");
        byte[] whole = Bytes.of("lossless.webp").content();
        assertCheaplyRefused(
                write("b.webp", Arrays.copyOf(whole, whole.length - 2)), "truncated: expected 86 bytes, got 84");
    }

    /** A progressive one made its decoder take gigabytes that Java doesn't see. */
    @Test
    void jpegsLargerThanTheirStripAreRefused() throws IOException {
        Bytes tiff = Bytes.of("rgb_jpeg.tif");
        int frame = tiff.find(0xff, 0xc0);
        assertCheaplyRefused(
                write("a.tif", tiff.big(frame + 5, 2, 20_000).content()),
                "strips or tiles of 16 x 24 pixels, got 20000 x 24");
    }

    /** The platform's reader made a table of 2^30 numbers, and of as many bytes as the bitmap announced. */
    @Test
    void tablesAreNotMadeAsLargeAsAFileSays() throws IOException {
        assertCheaplyRefused(
                write("a.tif", Bytes.of("grey16.tif").tiff(BITS, 30).content()), "1 to 16, 32 or 64 bits, got 30");
        Bytes printed = Bytes.of("rgb.bmp").little(30, 4, 4).little(34, 4, 1 << 30);
        assertCheaplyRefused(write("a.bmp", printed.content()), "only printers");
    }

    @Test
    void impossibleSizesAreRefused() throws IOException {
        assertCheaplyRefused(
                write("a.bmp", Bytes.of("rgb.bmp").little(18, 4, -24).content()), "a.bmp: ");
        assertCheaplyRefused(
                write("b.bmp", Bytes.of("rgb.bmp").little(18, 8, -1).content()), "b.bmp: ");
        Bytes huge =
                Bytes.of("grey.bmp").little(18, 4, HUGE).little(22, 4, HUGE).little(30, 4, 1);
        assertCheaplyRefused(write("d.bmp", huge.content()), "d.bmp: ");
        huge = Bytes.of("rgb.bmp").little(18, 4, 20_000).little(22, 4, -20_000).little(34, 4, 0);
        assertCheaplyRefused(write("c.bmp", huge.content()), "c.bmp: ");
        assertCheaplyRefused(
                write("a.tif", Bytes.of("rgb_raw.tif").tiff(WIDTH, 0).content()), "at least one pixel", "16 x 0");
    }

    private void assertCheaplyRefused(Path file, String... parts) {
        long before = Allocation.ofThread();
        assertFails(IOException.class, () -> Planes.read(file, Decoding.colour()), parts);
        assertTrue(Allocation.ofThread() - before < MOST_BYTES, file + " took memory");
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(dir.resolve(name.contains(".") ? name : "bomb." + name), content);
    }
}
