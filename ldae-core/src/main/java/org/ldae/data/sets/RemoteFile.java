package org.ldae.data.sets;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.ldae.data.Download;

/**
 * A file of a set, and what it becomes on disk.
 *
 * @param name below the mirror
 * @param checksum MD5 or SHA-256 in hexadecimal digits
 * @param contents files to take out of it; empty if it is kept as it is
 */
public record RemoteFile(String name, String checksum, List<String> contents) {

    public static RemoteFile plain(String name, String checksum) {
        return new RemoteFile(name, checksum, List.of());
    }

    public static RemoteFile archive(String name, String checksum, String... contents) {
        return new RemoteFile(name, checksum, List.of(contents));
    }

    /** Fetches it if it, or something taken out of it, is missing. */
    public void provide(URI mirror, Path folder, Download how) throws IOException {
        List<String> wanted = contents.isEmpty() ? List.of(name) : contents;
        if (wanted.stream().allMatch(file -> Files.isRegularFile(folder.resolve(file)))) {
            return;
        }
        Files.createDirectories(folder);
        Path file = folder.resolve(name);
        if (Files.notExists(file)) {
            new Downloader(mirror.resolve(name), how).fetch(file, checksum);
        }
        if (!contents.isEmpty()) {
            TarGz.unpack(file, contents, folder);
            Files.delete(file);
        }
    }
}
