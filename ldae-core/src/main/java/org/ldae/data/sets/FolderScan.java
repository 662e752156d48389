package org.ldae.data.sets;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/** Lists the image files below a folder, links followed; what can't be listed is noted as broken. */
final class FolderScan extends SimpleFileVisitor<Path> {

    /** Formats that need a plug-in: files of theirs must not be left out without a word. */
    private static final Set<String> PLUG_IN_FORMATS =
            Set.of("avif", "heic", "heif", "jp2", "jxl", "pbm", "pgm", "ppm", "pnm", "psd", "tga", "webp");

    private final Set<String> readable = Arrays.stream(ImageIO.getReaderFileSuffixes())
            .map(suffix -> suffix.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());

    private final Path folder;
    private final BrokenFiles broken;
    private final List<Path> images = new ArrayList<>();

    private FolderScan(Path folder, BrokenFiles broken) {
        this.folder = folder;
        this.broken = broken;
    }

    /** The images in the order of their paths. */
    static List<Path> images(Path folder, BrokenFiles broken) throws IOException {
        FolderScan scan = new FolderScan(folder, broken);
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, scan);
        // Paths that look alike, where the platform's encoding can't show their letters, differ in their bytes.
        scan.images.sort(Comparator.<Path, String>comparing(
                        file -> folder.relativize(file).toString().replace('\\', '/'))
                .thenComparing(Comparator.naturalOrder()));
        return scan.images;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path entry, BasicFileAttributes attributes) {
        return !entry.equals(folder) && hidden(entry) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (hidden(file)) {
            return FileVisitResult.CONTINUE;
        }
        String extension = extension(file);
        if (attributes.isSymbolicLink()) {
            // It leads nowhere: what it was can't be known.
            broken.add(file, new NoSuchFileException(file.toString()));
        } else if (attributes.isRegularFile() && readable.contains(extension)) {
            images.add(file);
        } else if (attributes.isRegularFile() && PLUG_IN_FORMATS.contains(extension)) {
            broken.add(file, new IOException("no Image I/O reader for this format on the class path; add a plug-in"));
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path entry, IOException failure) throws IOException {
        if (!hidden(entry)) {
            broken.add(entry, failure);
        }
        return FileVisitResult.CONTINUE;
    }

    static boolean hidden(Path path) {
        return name(path).startsWith(".");
    }

    static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static String extension(Path file) {
        String name = name(file);
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
