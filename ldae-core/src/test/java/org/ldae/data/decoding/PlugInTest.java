package org.ldae.data.decoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import it.geosolutions.imageioimpl.plugins.tiff.StandInReaderSpi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.data.DataFiles;
import org.ldae.data.Dataset;
import org.ldae.data.Decoding;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;

/** Readers on the class path are used like the built-in ones, in an order of this library's own. */
class PlugInTest {

    private final Path pictures = PicturesTest.folder();

    @TempDir
    private Path dir;

    @Test
    void registeredReadersBringTheirFormats() throws Throwable {
        for (String part : new String[] {"train", "test"}) {
            Files.createDirectories(dir.resolve(part).resolve("a"));
            Files.write(dir.resolve(part).resolve("a").resolve("1.one"), new byte[] {'O', 'N', 'E'});
        }
        FolderOptions options = FolderOptions.nativeSize().withDecoding(Decoding.grey());
        assertFails(IOException.class, () -> Dataset.folder(dir, options), "no image files");
        OnePixelReaderSpi.with(new OnePixelReaderSpi("one", new byte[] {'O', 'N', 'E'}, 51), () -> {
            ImageSource train = Dataset.folder(dir, options).train();
            assertEquals(1, train.size());
            assertArrayEquals(new float[] {(float) (51 / 127.5 - 1)}, DataFiles.read(train, 0));
        });
    }

    @Test
    void imageIoExtIsPreferredToThePlatformAndThePlatformToOthers() throws Throwable {
        Path tiff = pictures.resolve("rgb_lzw.tif");
        Planes usual = Planes.read(tiff, Decoding.colour());
        OnePixelReaderSpi.with(new OnePixelReaderSpi("tiff", new byte[] {'I', 'I', 42, 0}, 3), () -> {
            assertArrayEquals(usual.values, Planes.read(tiff, Decoding.colour()).values);
        });
        OnePixelReaderSpi.with(new StandInReaderSpi(), () -> {
            assertArrayEquals(new byte[] {77}, Planes.read(tiff, Decoding.grey()).values[0]);
        });
        assertArrayEquals(usual.values, Planes.read(tiff, Decoding.colour()).values);
    }

    @Test
    void orderOfTheRegistryThatOthersShareStaysAsItIs() throws Throwable {
        OnePixelReaderSpi.with(new StandInReaderSpi(), () -> {
            List<String> before = tiffReaders();
            assertTrue(before.contains(StandInReaderSpi.class.getName()), before::toString);
            Planes.read(pictures.resolve("rgb_lzw.tif"), Decoding.grey());
            assertEquals(before, tiffReaders());
        });
    }

    @Test
    void anotherReaderIsTriedWhereThePreferredOneFails() throws Throwable {
        Path file = dir.resolve("odd.png");
        byte[] content = Files.readAllBytes(pictures.resolve("rgb8.png"));
        content[content.length / 2] ^= 0x55;
        Files.write(file, content);
        assertFails(IOException.class, () -> Planes.read(file, Decoding.grey()), "odd.png", "damaged");
        OnePixelReaderSpi.with(new OnePixelReaderSpi("png", new byte[] {(byte) 0x89, 'P', 'N', 'G'}, 5), () -> {
            assertArrayEquals(new byte[] {5}, Planes.read(file, Decoding.grey()).values[0]);
        });
    }

    private static List<String> tiffReaders() {
        List<String> names = new ArrayList<>();
        for (Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("tiff"); readers.hasNext(); ) {
            names.add(readers.next().getOriginatingProvider().getClass().getName());
        }
        return names;
    }
}
