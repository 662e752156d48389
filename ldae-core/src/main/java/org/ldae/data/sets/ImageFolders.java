package org.ldae.data.sets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.data.decoding.FileNames;
import org.ldae.data.decoding.PictureContent;
import org.ldae.data.decoding.Planes;
import org.ldae.data.sources.ImageLabels;
import org.ldae.data.sources.PictureImages;

/** Finds the image files of the accepted folder layouts. */
public final class ImageFolders {

    private static final String LAYOUTS =
            "expected train/CLASS/*.png with test/CLASS/*.png or val/CLASS/*.png, or CLASS/*.png with a test fraction";

    private final FolderOptions options;
    private final BrokenFiles broken;

    private ImageFolders(FolderOptions options) {
        this.options = options;
        this.broken = new BrokenFiles(options.mostSkipped());
    }

    public static Dataset open(Path root, FolderOptions options) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + ": no such folder; " + LAYOUTS);
        }
        ImageFolders folders = new ImageFolders(options);
        Optional<Path> train = folder(root, "train");
        return train.isPresent() ? folders.separate(root, train.get()) : folders.split(root);
    }

    /** Every image below a folder, without labels. */
    public static Dataset pictures(Path root, FolderOptions options) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException(root + ": no such folder; expected one with image files in it or deeper");
        }
        return new ImageFolders(options).unlabelled(root);
    }

    private Dataset unlabelled(Path root) throws IOException {
        double fraction = options.testFraction()
                .orElseThrow(() -> new IllegalArgumentException(
                        "testFraction: expected a share of the pictures to hold out, got none; give"
                                + " FolderOptions.withTestFraction"));
        List<Path> files = readable(FolderScan.images(root, broken));
        if (files.size() < 2) {
            throw new IOException("%s: expected at least two image files that can be read in it or deeper, got %d"
                    .formatted(root, files.size()));
        }
        List<Path> shuffled = shuffled(files, Rng.of(options.seed()).stream("held out"));
        int held = held(fraction, files.size());
        List<PictureContent> pictures = contents(shuffled);
        ImageShape shape = PictureImages.shape(pictures, options);
        ImageLabels none = ImageLabels.of(new int[0], List.of());
        return new Dataset(
                new PictureImages(shape, pictures.subList(held, files.size()), none, options),
                new PictureImages(shape, pictures.subList(0, held), none, options),
                broken.skipped());
    }

    /** The folder of that name, in whatever capitals. */
    private static Optional<Path> folder(Path root, String name) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            List<Path> found = entries.filter(entry ->
                            name.equalsIgnoreCase(String.valueOf(entry.getFileName())) && Files.isDirectory(entry))
                    .toList();
            if (found.size() > 1) {
                throw new IOException("%s: expected one folder %s, got %s".formatted(root, name, found));
            }
            return found.stream().findFirst();
        }
    }

    private Dataset separate(Path root, Path learnt) throws IOException {
        Optional<Path> test = folder(root, "test");
        Path held = (test.isPresent() ? test : folder(root, "val"))
                .orElseThrow(() -> new IOException(
                        "%s: found %s but neither test nor val; add one, or open %s with a test fraction"
                                .formatted(root, learnt.getFileName(), learnt)));
        if (options.testFraction().isPresent()) {
            throw new IllegalArgumentException(
                    "testFraction: %s has its own test images in %s; leave the fraction out".formatted(root, held));
        }
        SortedMap<String, List<Path>> train = classes(learnt);
        SortedMap<String, List<Path>> tested = classes(held);
        if (!train.keySet().equals(tested.keySet())) {
            throw new IOException(
                    "%s: expected the classes of train %s, got %s".formatted(held, train.keySet(), tested.keySet()));
        }
        return dataset(train, tested);
    }

    private Dataset split(Path root) throws IOException {
        SortedMap<String, List<Path>> all = classes(root);
        double fraction = options.testFraction()
                .orElseThrow(() -> new IllegalArgumentException(
                        "testFraction: %s has no train folder; give FolderOptions.withTestFraction to hold out images"
                                .formatted(root)));
        SortedMap<String, List<Path>> train = new TreeMap<>();
        SortedMap<String, List<Path>> test = new TreeMap<>();
        for (Map.Entry<String, List<Path>> entry : all.entrySet()) {
            List<Path> files = entry.getValue();
            if (files.size() < 2) {
                throw new IOException("%s: expected at least two images to hold one out, got one"
                        .formatted(root.resolve(entry.getKey())));
            }
            List<Path> shuffled = shuffled(files, Rng.of(options.seed()).stream("held out").stream(entry.getKey()));
            int held = held(fraction, files.size());
            test.put(entry.getKey(), shuffled.subList(0, held));
            train.put(entry.getKey(), shuffled.subList(held, files.size()));
        }
        return dataset(train, test);
    }

    private Dataset dataset(SortedMap<String, List<Path>> train, SortedMap<String, List<Path>> test)
            throws IOException {
        List<Path> files = Stream.of(train, test)
                .flatMap(part -> part.values().stream().flatMap(List::stream))
                .toList();
        ImageShape shape = PictureImages.shape(contents(files), options);
        return new Dataset(source(shape, train), source(shape, test), broken.skipped());
    }

    /** At least one, at most all but one. */
    private static int held(double fraction, int files) {
        return (int) Math.max(1, Math.min(files - 1, Math.round(fraction * files)));
    }

    private static List<PictureContent> contents(List<Path> files) {
        return files.stream().map(PictureContent::of).toList();
    }

    private ImageSource source(ImageShape shape, SortedMap<String, List<Path>> classes) {
        List<Labelled> files = new ArrayList<>();
        List<String> names = List.copyOf(classes.keySet());
        for (int label = 0; label < names.size(); label++) {
            for (Path file : classes.getOrDefault(names.get(label), List.of())) {
                files.add(new Labelled(file, label));
            }
        }
        List<Labelled> order = shuffled(files, Rng.of(0).stream("folder order"));
        return new PictureImages(
                shape,
                contents(order.stream().map(Labelled::file).toList()),
                ImageLabels.of(order.stream().mapToInt(Labelled::label).toArray(), names),
                options);
    }

    private SortedMap<String, List<Path>> classes(Path folder) throws IOException {
        SortedMap<String, List<Path>> classes = new TreeMap<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry :
                    entries.filter(each -> !FolderScan.hidden(each)).sorted().toList()) {
                if (Files.isSymbolicLink(entry) && !Files.exists(entry)) {
                    broken.add(entry, new NoSuchFileException(entry.toString()));
                } else if (Files.isDirectory(entry)) {
                    // Two folders are one class if their names differ in how an accent was typed.
                    classes.merge(className(entry), images(entry), ImageFolders::joined);
                }
            }
        }
        if (classes.isEmpty()) {
            throw new IOException(folder + ": found no class folders; " + LAYOUTS);
        }
        return classes;
    }

    private static String className(Path folder) throws IOException {
        return FileNames.name(folder)
                .orElseThrow(() -> new IOException(
                        "%s: the name of this class folder is neither UTF-8 nor in the encoding %s of this Java; rename it"
                                .formatted(folder, System.getProperty("sun.jnu.encoding"))));
    }

    private static List<Path> joined(List<Path> some, List<Path> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private List<Path> images(Path folder) throws IOException {
        List<Path> images = readable(FolderScan.images(folder, broken));
        if (images.isEmpty()) {
            throw new IOException("%s: found no image files%s in this class folder; %s"
                    .formatted(folder, broken.skipped().isEmpty() ? "" : " that can be read", LAYOUTS));
        }
        return images;
    }

    /** Those that can be decoded, if others may be skipped; all of them otherwise, not looked into. */
    private List<Path> readable(List<Path> files) throws IOException {
        if (!broken.mayBeSkipped()) {
            return files;
        }
        List<Optional<IOException>> failures =
                files.parallelStream().map(this::failure).toList();
        List<Path> readable = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            if (failures.get(i).isPresent()) {
                broken.add(files.get(i), failures.get(i).get());
            } else {
                readable.add(files.get(i));
            }
        }
        return readable;
    }

    private Optional<IOException> failure(Path file) {
        try {
            Planes.read(file, options.decoding());
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    private static <T> List<T> shuffled(List<T> items, Rng rng) {
        return Arrays.stream(rng.permutation(items.size())).mapToObj(items::get).toList();
    }

    private record Labelled(Path file, int label) {}
}
