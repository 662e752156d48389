package org.ldae.data.sets;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.ldae.core.AtomicFile;

/** Takes named files out of a gzipped tar archive; folders in their names don't count, so that none can lead elsewhere. */
final class TarGz {

    private TarGz() {}

    /**
     * Writes those files into the folder, each as a whole.
     *
     * @throws IOException if the archive is damaged or lacks one of them
     */
    static void unpack(Path archive, List<String> names, Path folder) throws IOException {
        Set<String> missing = new HashSet<>(names);
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new BufferedInputStream(new GZIPInputStream(Files.newInputStream(archive)), 1 << 16))) {
            TarArchiveEntry entry = tar.getNextEntry();
            while (entry != null && !missing.isEmpty()) {
                String path = entry.getName();
                String name = path.substring(path.lastIndexOf('/') + 1);
                if (entry.isFile() && missing.remove(name)) {
                    long size = entry.getSize();
                    AtomicFile.write(folder.resolve(name), channel -> copy(tar, size, channel));
                }
                entry = tar.getNextEntry();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("%s: not a tar archive, or damaged (%s)".formatted(archive, e.getMessage()), e);
        }
        if (!missing.isEmpty()) {
            throw new IOException("%s: expected the files %s in it, found no %s".formatted(archive, names, missing));
        }
    }

    private static void copy(InputStream in, long size, FileChannel channel) throws IOException {
        byte[] part = new byte[1 << 16];
        long copied = 0;
        for (int count = in.read(part); count >= 0; count = in.read(part)) {
            ByteBuffer bytes = ByteBuffer.wrap(part, 0, count);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            copied += count;
        }
        if (copied != size) {
            throw new EOFException("truncated");
        }
    }
}
