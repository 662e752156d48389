package org.ldae.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.ldae.core.Progress;
import org.ldae.data.Dataset;
import org.ldae.data.Download;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.data.NamedSet;
import picocli.CommandLine;

/** The data an example runs on, as named on the command line. */
record ImageData(String name, Dataset images) {

    /** Fails before hours of training rather than after, if probes could not be fitted and scored on the labels. */
    ImageData requireProbeable() {
        if (images.train().classNames().isEmpty()) {
            throw new IllegalArgumentException("--data: expected images with classes to probe, got " + name
                    + "; give folder:DIR with a folder a class, or run PretrainOnYourPictures");
        }
        int[] labels = images.train().labels();
        long classes = Arrays.stream(labels).distinct().count();
        if (classes < 2 || classes == labels.length) {
            throw new IllegalArgumentException(
                    "--data: expected training images of at least two classes, more than one of some, got %d images of %d; give"
                                    .formatted(labels.length, classes)
                            + " more images, or a larger --limit");
        }
        return this;
    }

    private static final Map<String, NamedSet> NAMED = new TreeMap<>(Map.of(
            "mnist", NamedSet.MNIST,
            "fashion-mnist", NamedSet.FASHION_MNIST,
            "cifar10", NamedSet.CIFAR10,
            "cifar100", NamedSet.CIFAR100));

    /** Folders that official archives make, where they aren't called as the set. */
    private static final Map<String, String> USUAL =
            Map.of("cifar10", "cifar-10-batches-bin", "cifar100", "cifar-100-binary");

    /** The {@code --data} option, shared by the examples. */
    static final class Option {

        @CommandLine.Option(
                names = "--data",
                defaultValue = "sample",
                paramLabel = "SET",
                description = {
                    "sample, mnist:DIR, fashion-mnist:DIR, cifar10:DIR, cifar100:DIR, idx:DIR, folder:DIR or"
                            + " pictures:DIR (default: ${DEFAULT-VALUE}).",
                    "sample: 12,000 + 6,000 Fashion-MNIST images of the artefact ldae-sample.",
                    "folder: a folder a class, or train and test (or val) folders of them.",
                    "pictures: whatever image files lie below, without classes.",
                    "DIR may be relative to the folder in the LDAE_DATA variable; cifar10: alone takes its"
                            + " cifar-10-batches-bin."
                })
        private String data = "sample";

        @CommandLine.Option(
                names = "--side",
                paramLabel = "PIXELS",
                description =
                        "Resize and crop the images of a folder to a square of this side (pictures: 64 by default).")
        private int side;

        @CommandLine.Option(
                names = "--held-out",
                paramLabel = "SHARE",
                description = "Share of a folder without test images that is held out (default: ${DEFAULT-VALUE}).")
        private double heldOut = 0.1;

        @CommandLine.Option(
                names = "--skip",
                paramLabel = "N",
                description =
                        "Leave out at most N files of a folder that can't be read, and name them (default: none).")
        private int skip;

        @CommandLine.Option(
                names = "--packed",
                paramLabel = "DIR",
                description = "Keep decoded images in a file in this folder, for sets that exceed the memory.")
        private @Nullable Path packed;

        @CommandLine.Option(
                names = "--download",
                description = "Fetch what is missing of a set with a name into its DIR.")
        private boolean download;

        @CommandLine.Option(
                names = "--limit",
                paramLabel = "N",
                description = "Use at most N training and N test images.")
        private int limit;

        /** Reads the images, bytes in memory. */
        ImageData load() throws IOException {
            return load(Integer.MAX_VALUE);
        }

        /** Reads the images, at most so many of each split unless the user says how many. */
        ImageData load(int usual) throws IOException {
            if (limit < 0) {
                throw new IllegalArgumentException("--limit: expected at least 1 image, got " + limit);
            }
            int most = limit == 0 ? usual : limit;
            Dataset all = read();
            all.skipped().forEach(file -> System.out.printf("left out %s: %s%n", file.file(), file.reason()));
            ImageSource test = kept(all.test().limit(most));
            // A broken test picture is found now, not after training; training pictures are read first of all.
            float[] pixels = new float[test.shape().size()];
            for (int i = 0; i < test.size(); i++) {
                test.read(i, pixels, 0);
            }
            return new ImageData(data, new Dataset(kept(all.train().limit(most)), test, all.skipped()));
        }

        private ImageSource kept(ImageSource images) throws IOException {
            return packed == null ? images.cached() : images.packed(packed, Progress.console());
        }

        private Dataset read() throws IOException {
            int colon = data.indexOf(':');
            String kind = colon < 0 ? data : data.substring(0, colon);
            String directory = colon < 0 ? "" : data.substring(colon + 1);
            boolean folder = kind.equals("folder") || kind.equals("pictures");
            if ((side != 0 || skip != 0) && !folder) {
                throw new IllegalArgumentException("--side, --skip: only for folders of images, got --data " + data);
            }
            NamedSet named = NAMED.get(kind);
            if (download && named == null) {
                throw new IllegalArgumentException(
                        "--download: expected --data with one of the sets %s, got %s".formatted(NAMED.keySet(), data));
            }
            if (named != null) {
                Path where = locate(directory, USUAL.getOrDefault(kind, kind));
                return download
                        ? named.download(where, Download.official().withProgress(Progress.console()))
                        : opened(named, where);
            }
            return switch (kind) {
                case "sample" -> NamedSet.FASHION_MNIST.sample();
                case "idx" -> Dataset.idx(locate(directory, "fashion-mnist"));
                case "folder" -> folder(locate(directory, ""));
                case "pictures" ->
                    Dataset.pictures(
                            locate(directory, ""), square(side == 0 ? 64 : side).withTestFraction(heldOut, 0));
                default ->
                    throw new IllegalArgumentException(
                            "--data: expected sample, idx:DIR, folder:DIR, pictures:DIR or one of %s with :DIR, got %s"
                                    .formatted(NAMED.keySet(), data));
            };
        }

        private static Dataset opened(NamedSet set, Path where) throws IOException {
            try {
                return set.open(where);
            } catch (IOException missing) {
                throw new IOException(missing.getMessage() + "; --download fetches what is missing", missing);
            }
        }

        private Dataset folder(Path where) throws IOException {
            FolderOptions options = side == 0 ? FolderOptions.nativeSize().withSkipping(skip) : square(side);
            return Dataset.folder(where, isSplit(where) ? options : options.withTestFraction(heldOut, 0));
        }

        private static boolean isSplit(Path where) throws IOException {
            if (!Files.isDirectory(where)) {
                return false;
            }
            try (Stream<Path> entries = Files.list(where)) {
                return entries.anyMatch(entry ->
                        "train".equalsIgnoreCase(String.valueOf(entry.getFileName())) && Files.isDirectory(entry));
            }
        }

        private FolderOptions square(int pixels) {
            return FolderOptions.square(pixels).withSkipping(skip);
        }

        private static Path locate(String directory, String usual) {
            String root = System.getenv("LDAE_DATA");
            Path given = Path.of(directory.isEmpty() ? usual : directory);
            if (root == null || given.isAbsolute() || (!directory.isEmpty() && Files.exists(given))) {
                return given;
            }
            return Path.of(root).resolve(given);
        }
    }
}
