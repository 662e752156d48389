package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.ImageShape;

class FolderTest {

    private static final FolderOptions NATIVE = FolderOptions.nativeSize();

    @TempDir
    private Path dir;

    @Test
    void trainAndTestFoldersAreReadWithSortedClasses() throws IOException {
        image("train/zebra/a.png", 4, 6, 10);
        image("train/ant/deep/er/b.PNG", 4, 6, 20);
        image("train/ant/c.Jpeg", 4, 6, 30);
        image("test/zebra/d.gif", 4, 6, 40);
        image("test/ant/e.bmp", 4, 6, 50);
        write("train/ant/notes.txt");
        write("train/ant/.hidden.png");
        write("train/ant/.cache/f.png");
        write("train/.ipynb_checkpoints/g.png");
        Dataset data = Dataset.folder(dir, NATIVE);
        assertEquals(new ImageShape(3, 4, 6), data.train().shape());
        assertEquals(List.of("ant", "zebra"), data.train().classNames());
        assertEquals(Set.of("0:20", "0:30", "1:10"), content(data.train()));
        assertEquals(Set.of("0:50", "1:40"), content(data.test()));
    }

    @Test
    void picturesNeedNoClasses() throws IOException {
        for (int i = 0; i < 10; i++) {
            image(i % 2 == 0 ? i + ".png" : "deep/" + i + ".png", 2, 2, i);
        }
        FolderOptions options = NATIVE.withTestFraction(0.2, 1);
        Dataset data = Dataset.pictures(dir, options);
        assertEquals(8, data.train().size());
        assertEquals(2, data.test().size());
        assertEquals(List.of(), data.train().classNames());
        Set<String> names = new HashSet<>();
        for (ImageSource part : List.of(data.train(), data.test())) {
            for (int i = 0; i < part.size(); i++) {
                names.add(part.name(i));
            }
        }
        assertEquals(10, names.size());
        assertEquals(data.train().hash(), Dataset.pictures(dir, options).train().hash());
        assertNotEquals(
                data.train().hash(),
                Dataset.pictures(dir, NATIVE.withTestFraction(0.2, 2)).train().hash());
        assertFails(IllegalArgumentException.class, () -> Dataset.pictures(dir, NATIVE), "testFraction");
        assertFails(IOException.class, () -> Dataset.pictures(dir.resolve("no"), options), "no such folder");
        Files.createDirectories(dir.resolve("empty"));
        assertFails(IOException.class, () -> Dataset.pictures(dir.resolve("empty"), options), "at least two", "got 0");
    }

    @Test
    void valTakesTheRoleOfAMissingTest() throws IOException {
        image("train/a/1.png", 2, 2, 1);
        image("val/a/1.png", 2, 2, 2);
        assertEquals(Set.of("0:2"), content(Dataset.folder(dir, NATIVE).test()));
        image("test/a/1.png", 2, 2, 3);
        assertEquals(Set.of("0:3"), content(Dataset.folder(dir, NATIVE).test()));
    }

    @Test
    void splitHoldsOutTheSameShareOfEachClassBySeed() throws IOException {
        for (int i = 0; i < 20; i++) {
            image("a/" + i + ".png", 2, 2, i);
            image("b/" + i + ".png", 2, 2, 100 + i);
        }
        image("c/1.png", 2, 2, 201);
        image("c/2.png", 2, 2, 202);
        Dataset data = Dataset.folder(dir, NATIVE.withTestFraction(0.25, 1));
        assertArrayEquals(new long[] {5, 5, 1}, perClass(data.test()));
        assertArrayEquals(new long[] {15, 15, 1}, perClass(data.train()));
        Set<String> union = new HashSet<>(content(data.train()));
        union.addAll(content(data.test()));
        assertEquals(42, union.size());
        assertEquals(
                data.test().hash(),
                Dataset.folder(dir, NATIVE.withTestFraction(0.25, 1)).test().hash());
        assertNotEquals(
                content(data.test()),
                content(Dataset.folder(dir, NATIVE.withTestFraction(0.25, 2)).test()));
    }

    @Test
    void firstImagesAreAFairSampleOfTheClasses() throws IOException {
        for (int i = 0; i < 100; i++) {
            image("train/" + (i < 50 ? "a/" : "b/") + i + ".png", 1, 1, i);
            image("test/" + (i < 50 ? "a/" : "b/") + i + ".png", 1, 1, i);
        }
        ImageSource train = Dataset.folder(dir, NATIVE).train();
        long second =
                Arrays.stream(train.limit(40).labels()).filter(k -> k == 1).count();
        assertTrue(second > 10 && second < 30, "of the second class: " + second);
        assertEquals(train.hash(), Dataset.folder(dir, NATIVE).train().hash());
    }

    @Test
    void squareResizesAndCutsTheCentre() throws IOException {
        BufferedImage wide = new BufferedImage(20, 8, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 20; x++) {
            for (int y = 0; y < 8; y++) {
                wide.setRGB(x, y, x < 6 || x >= 14 ? 0xff0000 : 0x00ff00);
            }
        }
        save("train/a/wide.png", wide);
        image("train/a/tall.png", 30, 5, 70);
        image("test/a/1.png", 4, 4, 80);
        Dataset data = Dataset.folder(dir, FolderOptions.square(4));
        assertEquals(new ImageShape(3, 4, 4), data.train().shape());
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 2; i++) {
            float[] image = DataFiles.read(data.train(), i);
            seen.add(Math.round((image[5] + 1) * 127.5) + "," + Math.round((image[21] + 1) * 127.5));
        }
        assertEquals(Set.of("0,255", "70,70"), seen);
    }

    @Test
    void greyscaleGivesOneChannel() throws IOException {
        BufferedImage green = new BufferedImage(2, 2, BufferedImage.TYPE_INT_RGB);
        green.setRGB(0, 0, 0x00ff00);
        save("train/a/1.png", green);
        save("test/a/1.png", green);
        ImageSource train =
                Dataset.folder(dir, NATIVE.withDecoding(Decoding.grey())).train();
        assertEquals(new ImageShape(1, 2, 2), train.shape());
        assertArrayEquals(new float[] {(float) (150 / 127.5 - 1), -1, -1, -1}, DataFiles.read(train, 0));
    }

    @Test
    void cachedImagesAreThoseOfTheFilesAndNeedThemOnce() throws IOException {
        image("train/a/1.png", 9, 7, 33);
        image("test/a/1.jpg", 9, 7, 44);
        Dataset data = Dataset.folder(dir, FolderOptions.square(5));
        ImageSource cached = data.train().cached();
        assertEquals(data.train().hash(), cached.hash());
        Files.delete(dir.resolve("train/a/1.png"));
        assertEquals(Set.of("0:33"), content(cached));
        assertFails(UncheckedIOException.class, () -> DataFiles.read(data.train(), 0), "1.png");
    }

    @Test
    void sizesThatDifferAreNamedWithAHint() throws IOException {
        image("train/a/1.png", 4, 6, 1);
        image("train/a/2.png", 4, 6, 1);
        image("train/b/3.png", 5, 6, 1);
        image("test/a/1.png", 4, 6, 1);
        image("test/b/1.png", 4, 6, 1);
        assertFails(IOException.class, () -> Dataset.folder(dir, NATIVE), "3.png", "4 x 6", "5 x 6", "square");
    }

    @Test
    void truncatedFilesAreNamedWhenRead() throws IOException {
        image("test/a/1.png", 40, 40, 1);
        for (String name : new String[] {"t.png", "t.jpg", "t.gif", "t.bmp"}) {
            BufferedImage texture = new BufferedImage(40, 40, BufferedImage.TYPE_3BYTE_BGR);
            for (int i = 0; i < 1600; i++) {
                texture.setRGB(i % 40, i / 40, i * i * 7919);
            }
            Path file = save("train/a/" + name, texture);
            byte[] content = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(content, content.length * 9 / 10));
            ImageSource train = Dataset.folder(dir, FolderOptions.square(8)).train();
            assertFails(UncheckedIOException.class, () -> DataFiles.read(train, 0), name, "truncated");
            Files.delete(file);
        }
    }

    @Test
    void filesThatAreNoImagesAreNamed() throws IOException {
        write("train/a/1.png");
        image("test/a/1.png", 4, 4, 1);
        assertFails(IOException.class, () -> Dataset.folder(dir, NATIVE), "1.png", "not an image");
        ImageSource train = Dataset.folder(dir, FolderOptions.square(4)).train();
        assertFails(UncheckedIOException.class, () -> DataFiles.read(train, 0), "1.png", "not an image");
    }

    @Test
    void formatsWithoutAReaderAreNotLeftOutSilently() throws IOException {
        image("train/a/1.png", 4, 4, 1);
        write("train/a/2.HEIC");
        image("test/a/1.png", 4, 4, 1);
        assertFails(IOException.class, () -> Dataset.folder(dir, NATIVE), "2.HEIC", "plug-in");
    }

    @Test
    void otherLayoutsAreAnsweredWithTheAcceptedOnes() throws IOException {
        FolderOptions split = NATIVE.withTestFraction(0.5, 1);
        String layouts = "train/CLASS/*.png";
        assertFails(IOException.class, () -> Dataset.folder(dir.resolve("nowhere"), split), "nowhere", layouts);
        assertFails(IOException.class, () -> Dataset.folder(dir, split), "no class folders", layouts);
        image("flat.png", 4, 4, 1);
        assertFails(IOException.class, () -> Dataset.folder(dir, split), "no class folders", layouts);
        image("a/1.png", 4, 4, 1);
        assertFails(IOException.class, () -> Dataset.folder(dir, split), "a", "at least two images");
        assertFails(IllegalArgumentException.class, () -> Dataset.folder(dir, NATIVE), "withTestFraction");
        Files.createDirectory(dir.resolve("empty"));
        assertFails(IOException.class, () -> Dataset.folder(dir, split), "empty", "no image files");
    }

    @Test
    void trainFoldersMustHaveTheirTestFolderWithTheSameClasses() throws IOException {
        image("train/a/1.png", 4, 4, 1);
        assertFails(IOException.class, () -> Dataset.folder(dir, NATIVE), "neither test nor val");
        image("test/b/1.png", 4, 4, 1);
        assertFails(IOException.class, () -> Dataset.folder(dir, NATIVE), "[a]", "[b]");
        FolderOptions split = NATIVE.withTestFraction(0.5, 1);
        assertFails(IllegalArgumentException.class, () -> Dataset.folder(dir, split), "leave the fraction out");
    }

    @Test
    void impossibleOptionsAreRejected() {
        assertFails(IllegalArgumentException.class, () -> FolderOptions.square(0), "side", "got 0");
        assertFails(IllegalArgumentException.class, () -> NATIVE.withTestFraction(1, 0), "(0, 1)", "got 1.0");
        assertFails(IllegalArgumentException.class, () -> NATIVE.withTestFraction(Double.NaN, 0), "got NaN");
        assertFails(
                IllegalArgumentException.class,
                () -> new Decoding(4, List.of(), ValueRange.bitDepth(), OptionalInt.empty(), 1),
                "got 4");
    }

    /** Label and grey level of each image. */
    private static Set<String> content(ImageSource source) {
        Set<String> content = new HashSet<>();
        for (int i = 0; i < source.size(); i++) {
            content.add(source.label(i) + ":" + Math.round((DataFiles.read(source, i)[0] + 1) * 127.5));
        }
        return content;
    }

    private static long[] perClass(ImageSource source) {
        long[] counts = new long[source.classNames().size()];
        for (int label : source.labels()) {
            counts[label]++;
        }
        return counts;
    }

    private Path image(String name, int height, int width, int grey) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, grey * 0x010101);
            }
        }
        return save(name, image);
    }

    private Path save(String name, BufferedImage image) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        String format = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        assertTrue(ImageIO.write(image, format, file.toFile()));
        return file;
    }

    private void write(String name) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, "not an image");
    }
}
