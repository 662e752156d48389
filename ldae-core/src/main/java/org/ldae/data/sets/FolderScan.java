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
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ldae.data.decoding.FileNames;
import org.ldae.data.decoding.PictureFormats;

/** Lists the image files below a folder, links followed; what can't be listed is noted as broken. */
final class FolderScan extends SimpleFileVisitor<Path> {

    /** Copies that macOS and Synology's disks put beside pictures. */
    private static final Set<String> FOLDERS_OF_SYSTEMS = Set.of("__MACOSX", "@eaDir");

    private final Path folder;
    private final BrokenFiles broken;
    private final PictureFormats formats = new PictureFormats();
    private final List<Path> images = new ArrayList<>();

    private FolderScan(Path folder, BrokenFiles broken) {
        this.folder = folder;
        this.broken = broken;
    }

    /** The images in the order of their paths. */
    static List<Path> images(Path folder, BrokenFiles broken) throws IOException {
        FolderScan scan = new FolderScan(folder, broken);
        Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, scan);
        Map<Path, String> names = new HashMap<>();
        scan.images.forEach(file -> names.put(file, FileNames.text(folder.relativize(file))));
        // Names that look alike, as their letters can't be known, differ in their bytes.
        scan.images.sort(Comparator.<Path, String>comparing(names::get).thenComparing(Comparator.naturalOrder()));
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
        try {
            if (attributes.isSymbolicLink()) {
                // It leads nowhere: what it was can't be known.
                throw new NoSuchFileException(file.toString());
            } else if (attributes.isRegularFile() && formats.isPicture(file)) {
                formats.requireReader(file);
                images.add(file);
            }
        } catch (IOException e) {
            broken.add(file, e);
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
        String name = String.valueOf(path.getFileName());
        return name.startsWith(".") || FOLDERS_OF_SYSTEMS.contains(name);
    }
}
