package org.ldae.data;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ldae.data.sets.RemoteFile;

/**
 * An image set that lies on a server: where, which files, and their checksums. {@link NamedSet} has such descriptions of
 * known sets; this is how to describe one's own.
 *
 * <pre>{@code
 * ImageSet set = ImageSet.at(URI.create("https://example.org/sets/")).
 *         withArchive("leaves.tar.gz", sha256, "train.bin", "test.bin");
 * Path folder = set.fetch(Path.of("data/leaves"), Download.official());
 * Dataset leaves = Dataset.cifar100(folder);
 * }</pre>
 */
public final class ImageSet {

    private final URI address;
    private final List<RemoteFile> files;

    private ImageSet(URI address, List<RemoteFile> files) {
        this.address = address;
        this.files = files;
    }

    /**
     * A set without files yet.
     *
     * @param folder what the files' names are resolved against: http or https, ending in a slash
     * @return the description
     */
    public static ImageSet at(URI folder) {
        return new ImageSet(Download.requireFolder(folder), List.of());
    }

    /**
     * One more file that is kept as it is.
     *
     * @param name its name on the server and on disk
     * @param checksum SHA-256 in 64 hexadecimal digits; MD5 in 32 tells damage alone, not malice
     * @return a changed copy
     */
    public ImageSet withFile(String name, String checksum) {
        return with(RemoteFile.plain(name, checksum));
    }

    /**
     * One more archive, of which files are taken out.
     *
     * @param name the name of a gzipped tar archive on the server
     * @param checksum SHA-256 in 64 hexadecimal digits; MD5 in 32 tells damage alone, not malice
     * @param contents names of the files to take out, without the folders they lie in; at least one
     * @return a changed copy
     */
    public ImageSet withArchive(String name, String checksum, String... contents) {
        if (contents.length == 0) {
            throw new IllegalArgumentException("contents: expected the names of files to take out of " + name);
        }
        return with(RemoteFile.archive(name, checksum, contents));
    }

    private ImageSet with(RemoteFile file) {
        return new ImageSet(
                address, Stream.concat(files.stream(), Stream.of(file)).toList());
    }

    /**
     * Fetches what is missing. A file appears in the folder when it is complete and has its checksum; what an interrupted
     * call left is gone on with.
     *
     * @param folder where the files are kept; created if it is missing
     * @param how from where, if not from this address, and how patiently
     * @return the folder
     * @throws IOException if a file can't be fetched, has another checksum, or can't be written
     */
    public Path fetch(Path folder, Download how) throws IOException {
        for (RemoteFile file : files) {
            file.provide(how.mirror().orElse(address), folder, how);
        }
        return folder;
    }

    /**
     * Where the files lie.
     *
     * @return what their names are resolved against
     */
    public URI address() {
        return address;
    }

    @Override
    public String toString() {
        return "ImageSet[%s %s]"
                .formatted(address, files.stream().map(RemoteFile::name).toList());
    }
}
