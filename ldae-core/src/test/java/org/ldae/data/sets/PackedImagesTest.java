package org.ldae.data.sets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.data.JpegFolder;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class PackedImagesTest {

    @TempDir
    private Path dir;

    private ImageSource folder(int side) throws IOException {
        if (Files.notExists(dir.resolve("data"))) {
            JpegFolder.write(dir.resolve("data"), 12, 40, 30);
        }
        return Dataset.folder(dir.resolve("data"), FolderOptions.square(side)).train();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> inside = Files.list(dir.resolve("packed"))) {
            return inside.toList();
        }
    }

    private ImageSource packed(ImageSource source) throws IOException {
        return source.packed(dir.resolve("packed"), Progress.none());
    }

    private static void assertSame(ImageSource expected, ImageSource found) {
        assertEquals(expected.shape(), found.shape());
        assertEquals(expected.classNames(), found.classNames());
        assertArrayEquals(expected.labels(), found.labels());
        int size = expected.shape().size();
        float[] a = new float[size];
        float[] b = new float[size + 3];
        for (int i = 0; i < expected.size(); i++) {
            expected.read(i, a, 0);
            found.read(i, b, 3);
            assertArrayEquals(a, java.util.Arrays.copyOfRange(b, 3, size + 3));
            assertEquals(expected.name(i), found.name(i));
        }
        assertEquals(expected.hash(), found.hash());
    }

    @Test
    void holdsTheSameImagesInOneByteAPixel() throws IOException {
        ImageSource source = folder(24);
        List<Long> steps = new ArrayList<>();
        ImageSource packed =
                source.packed(dir.resolve("packed"), event -> steps.add(event.done() + 1000 * event.total()));
        assertSame(source, packed);
        assertEquals(IntStream.rangeClosed(1, 12).mapToObj(i -> 12000L + i).toList(), steps);
        assertEquals(1024 + 12 * 3 * 24 * 24, Files.size(files().get(0)));
    }

    @Test
    void isWrittenOncePerContentAndTransform() throws IOException {
        packed(folder(24));
        Path file = files().get(0);
        Object written = Files.getLastModifiedTime(file);
        packed(folder(24)).packed(dir.resolve("packed"), event -> {
            throw new AssertionError("packed again");
        });
        assertEquals(List.of(file), files());
        assertEquals(written, Files.getLastModifiedTime(file));
        packed(folder(16));
        packed(folder(24).limit(5));
        assertEquals(3, files().size());
        Path changed = Path.of(folder(24).name(3));
        byte[] other = Files.readAllBytes(Path.of(folder(24).name(4)));
        Files.write(changed, other);
        ImageSource again = packed(folder(24));
        assertEquals(4, files().size());
        assertSame(folder(24), again);
    }

    @Test
    void otherNumbersThanLevelsAreKeptAsFloats() throws IOException {
        float[] numbers = new float[5 * 2 * 3 * 4];
        Rng.of(1).normals(numbers, 0, numbers.length);
        // The first images are levels: that the others aren't shows late.
        java.util.Arrays.fill(numbers, 0, 3 * 24, 1);
        ImageSource source = ImageSource.of(
                Nd4j.createFromArray(numbers).reshape('c', 5, 2, 3, 4), new int[] {0, 1, 0, 1, 1}, List.of("a", "b"));
        assertSame(source, packed(source));
        assertEquals(1024 + 4 * numbers.length, Files.size(files().get(0)));
    }

    @Test
    void isASafetensorsFile() throws IOException {
        ImageSource source = folder(8);
        packed(source);
        Safetensors file = Safetensors.read(files().get(0));
        assertEquals(source.hash(), file.metadata().get("hash"));
        INDArray images = file.tensor("images").castTo(DataType.FLOAT);
        assertArrayEquals(new long[] {12, 3, 8, 8}, images.shape());
        float[] third = new float[3 * 8 * 8];
        source.read(2, third, 0);
        for (int i = 0; i < third.length; i++) {
            assertEquals(third[i], images.getFloat(2 * third.length + i) / 127.5f - 1, 1e-6);
        }
    }

    /** Files that an earlier version wrote are still found and read. */
    @Test
    void theHeaderIsThatOfEarlierVersions() throws IOException {
        ImageSource source = folder(8);
        packed(source);
        String header = new String(Files.readAllBytes(files().get(0)), 8, 1016, StandardCharsets.US_ASCII);
        assertEquals(
                ("{\"__metadata__\":{\"hash\":\"%s\"},\"images\":{\"dtype\":\"U8\",\"shape\":[12,3,8,8],"
                                + "\"data_offsets\":[0,2304]}}")
                        .formatted(source.hash()),
                header.strip());
    }

    @Test
    void whatAKilledRunLeftIsClearedByTheNext() throws IOException {
        packed(folder(8));
        Path file = files().get(0);
        Files.delete(file);
        Path left = file.resolveSibling("." + String.valueOf(file.getFileName()).substring(0, 50) + ".killed.tmp");
        Files.write(left, new byte[10]);
        packed(folder(8));
        assertEquals(List.of(file), files());
    }

    @Test
    void aRunThatFailsLeavesNothing() throws IOException {
        ImageSource source = folder(24);
        Files.write(Path.of(source.name(11)), new byte[] {1, 2, 3});
        assertThrows(UncheckedIOException.class, () -> packed(source));
        assertEquals(List.of(), files());
        ImageSource whole = source.limit(10);
        assertThrows(
                IllegalStateException.class,
                () -> whole.packed(dir.resolve("packed"), event -> {
                    throw new IllegalStateException("stopped");
                }));
        assertEquals(List.of(), files());
    }

    @Test
    void aFileThatIsNotWholeIsRefused() throws IOException {
        packed(folder(24));
        Path file = files().get(0);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertFails(IOException.class, () -> packed(folder(24)), file.toString(), "delete the file");
        Files.write(file, new byte[0]);
        assertFails(IOException.class, () -> packed(folder(24)), "delete the file");
        bytes[20] ^= 1;
        Files.write(file, bytes);
        assertFails(IOException.class, () -> packed(folder(24)), "delete the file");
    }

    @Test
    void namesAreFilesWhereThereAreSome() throws IOException {
        ImageSource source = folder(8);
        for (int i = 0; i < source.size(); i++) {
            assertTrue(Files.isRegularFile(Path.of(source.name(i))));
        }
        assertNotEquals(source.name(0), source.name(1));
        assertEquals(source.name(7), source.select(3, 7).cached().name(1));
        ImageSource made = ImageSource.of(Nd4j.zeros(2, 1, 1, 1), new int[0], List.of());
        assertEquals("1", made.name(1));
        assertFails(IndexOutOfBoundsException.class, () -> made.name(2));
    }
}
