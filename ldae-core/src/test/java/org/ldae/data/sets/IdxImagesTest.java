package org.ldae.data.sets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.ldae.data.Failures.assertFails;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.ImageShape;
import org.ldae.data.DataFiles;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;

class IdxImagesTest {

    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir
    private Path dir;

    private byte[] images = {};
    private byte[] labels = {};

    @BeforeEach
    void makeFiles() throws IOException {
        images = DataFiles.idxImages(4, 3, 5);
        labels = DataFiles.idxLabels(2, 0, 1, 2);
    }

    @Test
    void directoryIsReadWhetherFilesArePlainOrGzippedAndWhateverTheirSeparator() throws IOException {
        write("train-images-idx3-ubyte.gz", DataFiles.gzip(images));
        write("train-labels.idx1-ubyte", labels);
        write("t10k-images-idx3-ubyte", DataFiles.idxImages(2, 3, 5));
        write("t10k-labels-idx1-ubyte.gz", DataFiles.gzip(DataFiles.idxLabels(1, 3)));
        Dataset data = Dataset.idx(dir);
        assertEquals(new ImageShape(1, 3, 5), data.train().shape());
        assertEquals(4, data.train().size());
        assertEquals(2, data.test().size());
        assertArrayEquals(new int[] {2, 0, 1, 2}, data.train().labels());
        assertArrayEquals(new int[] {1, 3}, data.test().labels());
        assertEquals(List.of("0", "1", "2", "3"), data.train().classNames());
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(DataFiles.expected(i, 15), DataFiles.read(data.train(), i));
        }
    }

    @Test
    void streamsAreReadAndLeftOpen() throws IOException {
        boolean[] closed = new boolean[1];
        ByteArrayInputStream stream = new ByteArrayInputStream(DataFiles.gzip(images)) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        ImageSource source = IdxImages.read(stream, new ByteArrayInputStream(labels), NAMES);
        assertArrayEquals(DataFiles.expected(3, 15), DataFiles.read(source, 3));
        assertEquals(NAMES, source.classNames());
        assertEquals(false, closed[0]);
    }

    @Test
    void blackIsMinusOneAndWhiteIsOne() throws IOException {
        byte[] file = DataFiles.idxImages(1, 1, 2);
        file[16] = 0;
        file[17] = (byte) 255;
        assertArrayEquals(new float[] {-1, 1}, DataFiles.read(read(file, DataFiles.idxLabels(0)), 0));
    }

    @Test
    void missingFilesAreListed() {
        assertFails(
                IOException.class,
                () -> Dataset.idx(dir),
                dir.toString(),
                "train-images-idx3-ubyte",
                "train-images-idx3-ubyte.gz",
                "train-images.idx3");
    }

    @Test
    void swappedFilesAreNamed() {
        assertFails(IOException.class, () -> read(labels, images), "0x00000803", "0x00000801", "swapped");
    }

    @Test
    void foreignFilesAreRejected() {
        byte[] foreign = "not an IDX file".getBytes(StandardCharsets.UTF_8);
        assertFails(IOException.class, () -> read(foreign, labels), "image stream", "0x6e6f7420");
    }

    @Test
    void truncatedPlainFilesSayWhereTheyEnd() {
        assertTruncatedFails(images, 16 + 15 + 7, "4 images of 3 x 5", "end in", "image 1");
        assertTruncatedFails(images, 9, "truncated");
        assertTruncatedFails(images, 0, "truncated", "image stream");
        byte[] short1 = Arrays.copyOf(labels, 10);
        assertFails(IOException.class, () -> read(images, short1), "label stream", "4 labels, got 2");
    }

    @Test
    void truncatedAndDamagedGzipFilesAreRejected() throws IOException {
        byte[] packed = DataFiles.gzip(images);
        assertTruncatedFails(packed, packed.length - 12, "truncated");
        packed[packed.length - 6] ^= 1;
        assertFails(IOException.class, () -> read(packed, labels), "damaged gzip");
    }

    @Test
    void bytesAfterTheEndAreRejected() {
        assertTruncatedFails(images, images.length + 1, "more bytes");
    }

    @Test
    void damagedHeadersAreRejectedWithoutAllocatingWhatTheyAnnounce() {
        byte[] huge = images.clone();
        huge[4] = 0x7f;
        assertFails(IOException.class, () -> read(huge, labels), "truncated");
        byte[] wide = images.clone();
        wide[8] = 0x7f;
        assertFails(IOException.class, () -> read(wide, labels), "header");
        byte[] negative = images.clone();
        negative[4] = (byte) 0xff;
        assertFails(IOException.class, () -> read(negative, labels), "positive N, H, W");
    }

    @Test
    void countsThatDifferAreRejected() throws IOException {
        byte[] three = DataFiles.idxLabels(0, 1, 2);
        assertFails(IOException.class, () -> read(images, three), "4 images and 3 labels");
    }

    @Test
    void labelsWithoutANameAreRejected() throws IOException {
        byte[] far = DataFiles.idxLabels(0, 1, 200, 2);
        assertFails(IOException.class, () -> read(images, far), "[0, 3)", "got 200 for image 2");
    }

    @Test
    void trainAndTestOfDifferentSizesAreRejected() throws IOException {
        write("train-images-idx3-ubyte", images);
        write("train-labels-idx1-ubyte", labels);
        write("t10k-images-idx3-ubyte", DataFiles.idxImages(1, 5, 3));
        write("t10k-labels-idx1-ubyte", DataFiles.idxLabels(0));
        assertFails(IOException.class, () -> Dataset.idx(dir), "t10k-images-idx3-ubyte", "[1, 3, 5]", "[1, 5, 3]");
    }

    private void assertTruncatedFails(byte[] file, int length, String... parts) {
        assertFails(IOException.class, () -> read(Arrays.copyOf(file, length), labels), parts);
    }

    private static ImageSource read(byte[] images, byte[] labels) throws IOException {
        return IdxImages.read(new ByteArrayInputStream(images), new ByteArrayInputStream(labels), NAMES);
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(dir.resolve(name), content);
    }
}
