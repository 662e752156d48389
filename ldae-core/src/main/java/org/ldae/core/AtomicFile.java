package org.ldae.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Replaces a file as a whole: whoever opens it, or loses power meanwhile, finds the old content or the new one. */
public final class AtomicFile {

    private AtomicFile() {}

    /** What goes into the file. */
    @FunctionalInterface
    public interface Content {

        /**
         * Writes all of it.
         *
         * @param channel an empty file
         * @throws IOException if that fails
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    /** How a file takes another one's name. */
    @FunctionalInterface
    interface Move {
        void move(Path from, Path to, CopyOption... options) throws IOException;
    }

    /**
     * Writes a temporary file in the same folder, syncs it and moves it; removes it if any of that fails. What a writer of the
     * same file that was killed left behind goes too.
     *
     * @param target the file to create or replace; of a link, what it points at
     * @param content what goes into it
     * @throws IOException if the folder is missing or not writable, or the content can't be written; the old file is
     *     then still there, and the message names it
     */
    public static void write(Path target, Content content) throws IOException {
        write(target, content, Files::move);
    }

    /**
     * As {@link #write(Path, Content)}, for a content that is there as a whole.
     *
     * @param target the file to create or replace; of a link, what it points at
     * @param content what goes into it
     * @throws IOException if it can't be written
     */
    public static void write(Path target, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        write(target, channel -> {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        });
    }

    static void write(Path target, Content content, Move move) throws IOException {
        // A link stays a link: what it points at is replaced.
        Path file = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        Path folder = folder(file);
        try (TemporaryFile temporary = TemporaryFile.of(file)) {
            content.writeTo(temporary.channel());
            temporary.channel().force(true);
            replace(temporary.path(), file, move);
        } catch (IOException e) {
            throw e.getClass() == IOException.class ? named(file, e) : e;
        }
        sync(folder);
    }

    /** "No space left on device" and its like come without a name. */
    private static IOException named(Path file, IOException problem) {
        FileSystemException named = new FileSystemException(file.toString(), null, problem.getMessage());
        named.initCause(problem);
        return named;
    }

    private static Path folder(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "expected a file, got a folder");
        }
        Path folder = file.getParent();
        if (folder == null || Files.notExists(folder)) {
            throw new NoSuchFileException(String.valueOf(folder), null, "the folder must exist");
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        if (!Files.isWritable(folder)) {
            throw new AccessDeniedException(folder.toString(), null, "the folder must be writable");
        }
        return folder;
    }

    private static void replace(Path temporary, Path file, Move move) throws IOException {
        try {
            move.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            move.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Makes the new name survive a loss of power. */
    private static void sync(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems, Windows among them, can't sync a folder; the content itself is synced and in place.
            return;
        }
    }
}
