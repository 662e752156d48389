package org.ldae.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ldae.data.Dataset;
import org.ldae.data.FolderOptions;
import picocli.CommandLine;

/** The data an example runs on, as named on the command line. */
record ImageData(String name, Dataset images) {

    /** The {@code --data} option, shared by the examples. */
    static final class Option {

        @CommandLine.Option(
                names = "--data",
                defaultValue = "sample",
                paramLabel = "SET",
                description = {
                    "sample, idx:DIR, cifar10:DIR, cifar100:DIR or folder:DIR (default: ${DEFAULT-VALUE}).",
                    "sample: 12,000 + 6,000 Fashion-MNIST images that come with the examples.",
                    "DIR may be relative to the folder in the LDAE_DATA variable; cifar10: alone takes its"
                            + " cifar-10-batches-bin."
                })
        private String data = "sample";

        @CommandLine.Option(
                names = "--side",
                paramLabel = "PIXELS",
                description = "Resize and crop the images of a folder to a square of this side.")
        private int side;

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
            return new ImageData(
                    data,
                    new Dataset(
                            all.train().limit(most).cached(),
                            all.test().limit(most).cached()));
        }

        private Dataset read() throws IOException {
            int colon = data.indexOf(':');
            String kind = colon < 0 ? data : data.substring(0, colon);
            String directory = colon < 0 ? "" : data.substring(colon + 1);
            if (side != 0 && !kind.equals("folder")) {
                throw new IllegalArgumentException(
                        "--side: only a folder of images can be resized, got --data " + data);
            }
            return switch (kind) {
                case "sample" -> FashionMnist.sample();
                case "idx" -> Dataset.idx(locate(directory, "fashion-mnist"));
                case "cifar10" -> Dataset.cifar10(locate(directory, "cifar-10-batches-bin"));
                case "cifar100" -> Dataset.cifar100(locate(directory, "cifar-100-binary"));
                case "folder" ->
                    Dataset.folder(
                            locate(directory, ""), side == 0 ? FolderOptions.nativeSize() : FolderOptions.square(side));
                default ->
                    throw new IllegalArgumentException(
                            "--data: expected sample, idx:DIR, cifar10:DIR, cifar100:DIR or folder:DIR, got " + data);
            };
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
