package org.ldae.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file beside a target, named after it, that is gone once it is closed unless it took the target's name.
 *
 * <p>Its writer holds a lock, which the system frees however the process ends; so the next writer of the same target knows
 * which files nobody writes any more, and removes them.
 */
final class TemporaryFile implements AutoCloseable {

    /** Leaves room for the rest within the 255 bytes that a name may have, four of which a character may take. */
    private static final int LONGEST_NAME = 50;

    /** Those of this process: on some systems, looking at their locks would free them. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;

    private TemporaryFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** A new, empty one for a target in an existing folder. */
    static TemporaryFile of(Path target) throws IOException {
        String name = String.valueOf(target.getFileName());
        String start = "." + name.substring(0, Math.min(name.length(), LONGEST_NAME)) + ".";
        Path folder = target.resolveSibling("");
        removeAbandoned(folder, start);
        while (true) {
            // Files.createTempFile would make it unreadable for everyone else.
            Path path = folder.resolve(start + UUID.randomUUID() + ".tmp");
            OPEN.add(path);
            TemporaryFile file = new TemporaryFile(path, open(path));
            lock(file.channel);
            if (Files.exists(path)) { // no other writer found it before it was locked
                return file;
            }
            file.close();
        }
    }

    private static FileChannel open(Path path) throws IOException {
        try {
            return FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            OPEN.remove(path);
            throw e;
        }
    }

    private static void removeAbandoned(Path folder, String start) throws IOException {
        DirectoryStream.Filter<Path> ours = path -> {
            String name = String.valueOf(path.getFileName());
            return name.startsWith(start) && name.endsWith(".tmp") && !OPEN.contains(path);
        };
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ours)) {
            for (Path file : files) {
                removeIfAbandoned(file);
            }
        }
    }

    private static void removeIfAbandoned(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            if (lock(channel).isPresent()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            return; // another writer was quicker, or it isn't ours to remove
        }
    }

    /** The lock, unless another process or thread has it or the file system knows none. */
    private static Optional<FileLock> lock(FileChannel channel) {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (IOException | OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    Path path() {
        return path;
    }

    FileChannel channel() {
        return channel;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(path);
        } finally {
            OPEN.remove(path);
        }
    }
}
