package org.ldae.data.sets;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ldae.data.Download;

/**
 * A file of a set, and what it becomes on disk.
 *
 * @param name below the mirror
 * @param checksum MD5 or SHA-256 in hexadecimal digits
 * @param contents files to take out of it; empty if it is kept as it is
 */
public record RemoteFile(String name, String checksum, List<String> contents) {

    public RemoteFile {
        Stream.concat(Stream.of(name), contents.stream()).forEach(file -> {
            if (file.isEmpty() || file.equals("..") || file.contains("/") || file.contains("\\")) {
                throw new IllegalArgumentException("file: expected a name without folders, got '%s'".formatted(file));
            }
        });
        if (!checksum.matches("([0-9a-f]{32}){1,2}")) {
            throw new IllegalArgumentException(
                    "checksum of %s: expected SHA-256 in 64, or MD5 in 32, small hexadecimal digits, got '%s'"
                            .formatted(name, checksum));
        }
    }

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
