package org.ldae.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.ldae.core.AtomicFile;

/** Takes named files out of a gzipped tar archive; folders in their names don't count, so that none can lead elsewhere. */
final class TarGz {

    private static final int BLOCK = 512;
    private static final int NAME_LENGTH = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int TYPE_AT = 156;

    private final Path archive;
    private final InputStream in;

    private TarGz(Path archive, InputStream in) {
        this.archive = archive;
        this.in = in;
    }

    /**
     * Writes those files into the folder, each as a whole.
     *
     * @throws IOException if the archive is damaged or lacks one of them
     */
    static void unpack(Path archive, List<String> names, Path folder) throws IOException {
        Set<String> missing = new HashSet<>(names);
        try (InputStream in = new BufferedInputStream(new GZIPInputStream(Files.newInputStream(archive)), 1 << 16)) {
            new TarGz(archive, in).unpack(missing, folder);
        }
        if (!missing.isEmpty()) {
            throw new IOException("%s: expected the files %s in it, found no %s".formatted(archive, names, missing));
        }
    }

    private void unpack(Set<String> missing, Path folder) throws IOException {
        while (!missing.isEmpty()) {
            byte[] header = in.readNBytes(BLOCK);
            if (header.length < BLOCK || header[0] == 0) {
                return;
            }
            String path = text(header, 0, NAME_LENGTH);
            long size = size(header);
            String name = path.substring(path.lastIndexOf('/') + 1);
            boolean file = header[TYPE_AT] == '0' || header[TYPE_AT] == 0;
            if (file && missing.remove(name)) {
                AtomicFile.write(folder.resolve(name), channel -> copy(size, channel));
            } else {
                in.skipNBytes(size);
            }
            in.skipNBytes((BLOCK - size % BLOCK) % BLOCK);
        }
    }

    private void copy(long size, FileChannel channel) throws IOException {
        byte[] part = new byte[1 << 16];
        for (long left = size; left > 0; ) {
            int count = in.read(part, 0, (int) Math.min(left, part.length));
            if (count < 0) {
                throw new EOFException(archive + ": truncated");
            }
            ByteBuffer bytes = ByteBuffer.wrap(part, 0, count);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            left -= count;
        }
    }

    private long size(byte[] header) throws IOException {
        String octal = text(header, SIZE_AT, SIZE_LENGTH).strip();
        if (!octal.matches("[0-7]{1,11}")) {
            throw new IOException("%s: not a tar archive, or damaged: expected a size in octal digits, got '%s'"
                    .formatted(archive, octal));
        }
        return Long.parseLong(octal, 8);
    }

    private static String text(byte[] header, int from, int most) {
        int end = from;
        while (end < from + most && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }
}
