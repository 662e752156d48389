package org.ldae.core;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder that one run writes to, and no other meanwhile. The lock is the system's: it is free again however the process ends.
 */
public final class FolderLock {

    /** Those of this process: on some systems, opening their files again would free them. */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private FolderLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * What is done while the folder is taken.
     *
     * @param <T> what it returns
     */
    @FunctionalInterface
    public interface Work<T> {

        /**
         * Does it.
         *
         * @return its result
         * @throws IOException if that fails
         */
        T run() throws IOException;
    }

    /**
     * Does some work while no other run can take the folder.
     *
     * @param folder where the work writes; made if it is missing
     * @param work what to do
     * @param <T> what it returns
     * @return its result
     * @throws IOException if the work fails, the folder can't be written, or another run writes to it
     */
    public static <T> T holding(Path folder, Work<T> work) throws IOException {
        FolderLock lock = of(folder);
        try {
            return work.run();
        } finally {
            lock.free();
        }
    }

    private static FolderLock of(Path folder) throws IOException {
        Path file = Files.createDirectories(folder).toRealPath().resolve(".lock");
        while (OPEN.add(file)) {
            FolderLock lock = open(file);
            if (!lock.isTaken()) {
                lock.channel.close();
                OPEN.remove(file);
                break;
            }
            if (Files.exists(file)) { // another run didn't remove it before it was locked
                return lock;
            }
            lock.free();
        }
        throw new IOException("%s: another run is writing to this folder; wait until it ends, or choose another folder"
                .formatted(folder));
    }

    private static FolderLock open(Path file) throws IOException {
        try {
            return new FolderLock(file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        } catch (IOException e) {
            OPEN.remove(file);
            throw e;
        }
    }

    /** True too where the file system knows no locks. */
    private boolean isTaken() {
        try {
            @Nullable FileLock lock = channel.tryLock();
            return lock != null;
        } catch (IOException e) {
            return true;
        }
    }

    private void free() throws IOException {
        try (channel) {
            Files.deleteIfExists(file);
        } finally {
            OPEN.remove(file);
        }
    }
}
