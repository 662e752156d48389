package org.ldae.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    @TempDir
    Path folder;

    private static AtomicFile.Content text(String text) {
        return channel -> put(channel, text);
    }

    private static void put(FileChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void createsAndReplaces() throws IOException {
        Path file = folder.resolve("a");

        AtomicFile.write(file, text("old and longer"));
        AtomicFile.write(file, "new".getBytes(UTF_8));

        assertEquals("new", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void keepsTheOldFileWhenTheContentFails() throws IOException {
        Path file = folder.resolve("a");
        AtomicFile.write(file, text("old"));
        IllegalStateException failure = new IllegalStateException("half-way");

        assertSame(
                failure,
                assertThrows(
                        IllegalStateException.class,
                        () -> AtomicFile.write(file, channel -> {
                            put(channel, "half");
                            assertEquals(2, files().size(), "the temporary file is in the same folder");
                            throw failure;
                        })));

        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void keepsTheOldFileWhenTheMoveFails() throws IOException {
        Path file = folder.resolve("a");
        AtomicFile.write(file, text("old"));

        assertThrows(
                FileSystemException.class,
                () -> AtomicFile.write(file, text("new"), (from, to, options) -> {
                    throw new FileSystemException("refused");
                }));

        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void movesPlainlyWhereAtomicMovesAreNotSupported() throws IOException {
        Path file = folder.resolve("a");
        AtomicFile.write(file, text("old"));
        List<Object> asked = new ArrayList<>();

        AtomicFile.write(file, text("new"), (from, to, options) -> {
            asked.addAll(List.of(options));
            if (List.of(options).contains(StandardCopyOption.ATOMIC_MOVE)) {
                throw new AtomicMoveNotSupportedException(from.toString(), to.toString(), "no");
            }
            Files.move(from, to, options);
        });

        assertEquals(List.of(StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING), asked);
        assertEquals("new", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void replacesWhatALinkPointsAt() throws IOException {
        Path file = folder.resolve("a");
        Path link = folder.resolve("latest");
        AtomicFile.write(file, text("old"));
        try {
            Files.createSymbolicLink(link, file);
        } catch (UnsupportedOperationException | IOException e) {
            assumeTrue(false, "no symbolic links here: " + e);
        }

        AtomicFile.write(link, text("new"));

        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new", Files.readString(file));
    }

    @Test
    void givesTheFileTheUsualPermissions() throws IOException {
        assumeTrue(folder.getFileSystem().supportedFileAttributeViews().contains("posix"));
        Path usual = Files.createFile(folder.resolve("usual"));

        AtomicFile.write(folder.resolve("a"), text("x"));

        assertEquals(Files.getPosixFilePermissions(usual), Files.getPosixFilePermissions(folder.resolve("a")));
    }

    @Test
    void saysThatTheFolderIsMissing() {
        Path file = folder.resolve("none").resolve("a");

        Throwable problem = assertThrows(NoSuchFileException.class, () -> AtomicFile.write(file, text("x")));

        assertEquals(folder.resolve("none") + ": the folder must exist", problem.getMessage());
    }

    @Test
    void saysThatTheFolderIsAFileOrTheFileAFolder() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "old");

        assertThrows(NotDirectoryException.class, () -> AtomicFile.write(file.resolve("b"), text("x")));
        Throwable problem = assertThrows(FileSystemException.class, () -> AtomicFile.write(folder, text("x")));

        assertEquals(folder + ": expected a file, got a folder", problem.getMessage());
        assertEquals("old", Files.readString(file));
    }

    @Test
    void saysThatTheFolderIsReadOnly() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        assumeTrue(closed.toFile().setWritable(false));
        assumeFalse(Files.isWritable(closed), "this user may write everywhere");

        Throwable problem = assertThrows(IOException.class, () -> AtomicFile.write(closed.resolve("a"), text("x")));

        assertEquals(closed + ": the folder must be writable", problem.getMessage());
    }

    @Test
    void removesWhatAKilledWriterOfTheSameFileLeft() throws IOException {
        Path file = folder.resolve("a");
        Path left = Files.writeString(folder.resolve(".a.0123.tmp"), "half");
        Path other = Files.writeString(folder.resolve(".b.0123.tmp"), "half");

        AtomicFile.write(file, text("new"));

        assertFalse(Files.exists(left));
        assertEquals(Set.of(file, other), Set.copyOf(files()));
    }

    @Test
    void writersOfOneFileLeaveEachOtherAlone() throws IOException {
        Path file = folder.resolve("a");

        AtomicFile.write(file, channel -> {
            put(channel, "outer");
            AtomicFile.write(file, text("inner"));
            assertEquals("inner", Files.readString(file));
        });

        assertEquals("outer", Files.readString(file));
        assertEquals(List.of(file), files());
    }

    @Test
    void aProcessThatIsAliveKeepsItsFile() throws IOException {
        Path left = Files.writeString(folder.resolve(".a.0123.tmp"), "half");
        try (FileChannel channel = FileChannel.open(left, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertTrue(lock.isValid());

            AtomicFile.write(folder.resolve("a"), text("new"));

            assertTrue(Files.exists(left));
        }
    }

    @Test
    void aProblemWithoutANameGetsOne() throws IOException {
        Path file = folder.resolve("a");
        AtomicFile.write(file, text("old"));

        IOException problem = assertThrows(
                IOException.class,
                () -> AtomicFile.write(file, channel -> {
                    throw new IOException("No space left on device");
                }));

        assertEquals(file.toRealPath() + ": No space left on device", problem.getMessage());
        assertEquals("old", Files.readString(file));
    }
}
