package org.ldae.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the file that a name stood for was changed.
 *
 * @param size bytes
 * @param modified when it was last written
 * @param key what the file system tells files apart by, null where it has no such thing
 */
record FileStamp(long size, FileTime modified, @Nullable Object key) {

    /** Passes a name that stands for another file by now, or for none: whoever has the first one open reads what it held. */
    void requireUnchanged(Path file) throws IOException {
        FileStamp now;
        try {
            now = of(file);
        } catch (NoSuchFileException e) {
            return;
        }
        if (Objects.equals(now.key, key) && !now.equals(this)) {
            throw new CheckpointException(
                    file,
                    "expected the file as it was when it was read, %s, got %s; read it again".formatted(this, now));
        }
    }

    static FileStamp of(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new FileStamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
}
