package org.ldae.figures;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PngTest {

    @TempDir
    private Path folder;

    private static BufferedImage chart(double value) {
        return Figures.dots(
                Dots.measured("measured", List.of(Dots.row("a", value).within(0, 5))),
                ChartOptions.titled("Title").withAxes("step", "value"));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void everyPixelIsReadBack() throws IOException {
        Path file = folder.resolve("a.png");

        Figures.writePng(chart(3), file);
        assertTrue(Look.same(chart(3), ImageIO.read(file.toFile())));
        Figures.writePng(chart(4), file);
        assertTrue(Look.same(chart(4), ImageIO.read(file.toFile())));
        assertEquals(List.of(file), files());
    }

    @Test
    void theOldFileIsKeptWhenWritingFails() throws IOException {
        Path file = folder.resolve("a.png");
        Figures.writePng(chart(3), file);
        byte[] before = Files.readAllBytes(file);
        ComponentColorModel floats = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_GRAY), false, false, Transparency.OPAQUE, DataBuffer.TYPE_FLOAT);
        BufferedImage unwritable = new BufferedImage(floats, floats.createCompatibleWritableRaster(2, 2), false, null);

        IOException problem = assertThrows(IOException.class, () -> Figures.writePng(unwritable, file));

        assertTrue(String.valueOf(problem.getMessage()).contains("PNG"), problem::toString);
        assertArrayEquals(before, Files.readAllBytes(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void badPlacesAreNamedAndNothingIsWritten() throws IOException {
        Path none = folder.resolve("none").resolve("a.png");

        assertThrows(NoSuchFileException.class, () -> Figures.writePng(chart(3), none));
        assertThrows(FileSystemException.class, () -> Figures.writePng(chart(3), folder));
        assertEquals(List.of(), files());
    }

    @Test
    void nothingGlobalIsChanged() throws IOException {
        Properties before = (Properties) System.getProperties().clone();
        boolean cached = ImageIO.getUseCache();

        Figures.writePng(chart(3), folder.resolve("a.png"));

        assertEquals(before.getProperty("java.awt.headless"), System.getProperty("java.awt.headless"));
        assertEquals(cached, ImageIO.getUseCache());
    }

    @Test
    void headlessMachinesDrawTheSame() throws IOException, InterruptedException {
        Path file = folder.resolve("headless.png");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Headless.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();

        assertTrue(child.waitFor(60, TimeUnit.SECONDS), "still running");
        assertEquals(0, child.exitValue(), Files.readString(folder.resolve("log")));
        assertTrue(Look.same(chart(3), ImageIO.read(file.toFile())));
    }

    /** What runs without a display. */
    static final class Headless {

        private Headless() {}

        public static void main(String[] args) throws IOException {
            Figures.writePng(chart(3), Path.of(args[0]));
        }
    }
}
