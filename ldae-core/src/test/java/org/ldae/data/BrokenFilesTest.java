package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.ldae.data.Failures.assertFails;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.data.decoding.PicturesTest;

/** What becomes of files that can't be read: an error that names them, or left out and listed. */
class BrokenFilesTest {

    private static final FolderOptions NATIVE = FolderOptions.nativeSize();
    private static final FolderOptions SPLIT = NATIVE.withTestFraction(0.25, 1);

    @TempDir
    private Path dir;

    private byte[] picture;

    @BeforeEach
    void classOfFourPictures() throws IOException {
        picture = Files.readAllBytes(PicturesTest.folder().resolve("baseline444.jpg"));
        for (int i = 0; i < 4; i++) {
            put("a/" + i + ".jpg", picture);
        }
    }

    @Test
    void brokenFilesFailByDefault() throws IOException {
        put("a/x.jpg", new byte[0]);
        assertFails(IOException.class, () -> Dataset.folder(dir, SPLIT), "x.jpg: empty, 0 bytes");
        put("a/x.jpg", Arrays.copyOf(picture, picture.length / 2));
        Dataset data = Dataset.folder(dir, SPLIT);
        assertEquals(List.of(), data.skipped());
        assertFails(
                UncheckedIOException.class,
                () -> {
                    readAll(data.train());
                    readAll(data.test());
                },
                "x.jpg");
    }

    @Test
    void skippedFilesAreListedWithTheirReasons() throws IOException {
        put("a/0 empty.png", new byte[0]);
        put("a/deep/1 text.gif", "no picture".getBytes(Charset.defaultCharset()));
        put("a/2 cut in its pixels.jpg", Arrays.copyOf(picture, picture.length * 3 / 4));
        put(
                "a/3 bomb.png",
                Bytes.of("rgb8.png")
                        .big(16, 4, 20_000)
                        .big(20, 4, 20_000)
                        .checked()
                        .content());
        put("a/4 no plug-in.heic", "....ftypheic".getBytes(Charset.defaultCharset()));
        Dataset data = Dataset.folder(dir, SPLIT.withSkipping(5));
        assertEquals(4, data.train().size() + data.test().size());
        readAll(data.train());
        readAll(data.test());
        assertEquals(
                List.of("0 empty.png", "2 cut in its pixels.jpg", "3 bomb.png", "4 no plug-in.heic", "1 text.gif"),
                data.skipped().stream().map(BrokenFilesTest::name).toList());
        List<String> reasons = List.of("empty", "truncated", "20000 x 20000", "plug-in", "not an image");
        for (int i = 0; i < reasons.size(); i++) {
            String reason = data.skipped().get(i).reason();
            assertTrue(reason.contains(reasons.get(i)) && !reason.contains(dir.toString()), reason);
        }
    }

    @Test
    void moreBrokenFilesThanAllowedAreAnError() throws IOException {
        for (int i = 0; i < 9; i++) {
            put("a/broken " + i + ".png", new byte[0]);
        }
        assertEquals(9, Dataset.folder(dir, SPLIT.withSkipping(9)).skipped().size());
        assertFails(
                IOException.class,
                () -> Dataset.folder(dir, SPLIT.withSkipping(8)),
                "than the 8 that may be skipped",
                "broken 0.png: empty",
                "broken 4.png",
                "...");
        assertFails(IllegalArgumentException.class, () -> NATIVE.withSkipping(-1), "mostSkipped", "got -1");
    }

    @Test
    void leavingOutFilesIsTheSameAsNotHavingThem() throws IOException {
        Dataset without = Dataset.folder(dir, SPLIT);
        put("a/2 broken.png", new byte[] {1, 2, 3});
        Dataset skipping = Dataset.folder(dir, SPLIT.withSkipping(1));
        assertEquals(without.train().hash(), skipping.train().hash());
        assertEquals(without.test().hash(), skipping.test().hash());
    }

    @Test
    void classWithoutAPictureThatCanBeReadIsAnError() throws IOException {
        put("b/1.png", new byte[0]);
        assertFails(
                IOException.class, () -> Dataset.folder(dir, SPLIT.withSkipping(9)), "b", "no image files that can be");
    }

    @Test
    void linksAreFollowedAndBrokenOnesNamed() throws IOException {
        put("elsewhere/5.jpg", picture);
        put("elsewhere/6.jpg", picture);
        Files.createSymbolicLink(dir.resolve("b"), dir.resolve("elsewhere"));
        Files.createSymbolicLink(dir.resolve("a/7.jpg"), dir.resolve("elsewhere/5.jpg"));
        Dataset whole = Dataset.folder(dir, SPLIT);
        assertEquals(List.of("a", "b", "elsewhere"), whole.train().classNames());
        assertEquals(9, whole.train().size() + whole.test().size());
        for (String[] link : new String[][] {
            {"a/loop", "a"},
            {"a/nothing.jpg", "no such place"},
            {"a/itself.png", "a/itself.png"},
            {"c", "no such class"}
        }) {
            Path broken = Files.createSymbolicLink(dir.resolve(link[0]), dir.resolve(link[1]));
            assertFails(IOException.class, () -> Dataset.folder(dir, SPLIT), broken + ": ", "a link");
            Dataset data = Dataset.folder(dir, SPLIT.withSkipping(1));
            assertEquals(broken, data.skipped().get(0).file());
            assertEquals(whole.train().hash(), data.train().hash());
            Files.delete(broken);
        }
    }

    @Test
    void unreadableFilesAndFoldersAreNamed() throws IOException {
        Path locked = dir.resolve("a/locked");
        put("a/locked/8.jpg", picture);
        put("a/shut.jpg", picture);
        assumeTrue(dir.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Files.setPosixFilePermissions(dir.resolve("a/shut.jpg"), Set.of());
        Files.setPosixFilePermissions(locked, Set.of());
        try {
            assumeFalse(Files.isReadable(locked), "the superuser reads everything");
            assertFails(IOException.class, () -> Dataset.folder(dir, SPLIT), "locked: access denied");
            Dataset data = Dataset.folder(dir, SPLIT.withSkipping(2));
            assertEquals(
                    List.of("access denied", "access denied"),
                    data.skipped().stream().map(SkippedFile::reason).toList());
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void namesMayBeInAnyScript() throws IOException {
        String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
        List<String> names = List.of("кошка", "猫", "قط", "बिल्ली", "고양이", "γάτα", "🐈", "čät", "a b'c&d");
        assumeTrue(names.stream().allMatch(Charset.forName(encoding).newEncoder()::canEncode), encoding);
        for (String name : names) {
            put(name + "/" + name + " 1.JPG", picture);
            put(name + "/" + name + " 2.jpg", picture);
        }
        Dataset data = Dataset.folder(dir, SPLIT);
        assertTrue(data.train().classNames().containsAll(names), data.train().classNames()::toString);
        assertEquals(22, data.train().size() + data.test().size());
        readAll(data.train());
        readAll(data.test());
    }

    private static String name(SkippedFile skipped) {
        return String.valueOf(skipped.file().getFileName());
    }

    private static void readAll(ImageSource source) {
        for (int i = 0; i < source.size(); i++) {
            DataFiles.read(source, i);
        }
    }

    private void put(String name, byte[] content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, content);
    }
}
