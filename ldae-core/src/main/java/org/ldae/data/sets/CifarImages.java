package org.ldae.data.sets;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ldae.core.ImageShape;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.data.sources.ByteImages;
import org.ldae.data.sources.ImageLabels;

/** CIFAR's binary version: records of label bytes, the last of which counts, and 3072 bytes of R, G and B planes. */
public final class CifarImages {

    private static final ImageShape SHAPE = new ImageShape(3, 32, 32);
    private static final List<String> CIFAR10 =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    /** Number of classes of each label byte: coarse then fine for CIFAR-100. */
    private final int[] classes;

    private final List<String> names;

    private CifarImages(int[] classes, List<String> names) {
        this.classes = classes;
        this.names = names;
    }

    public static Dataset cifar10(Path directory) throws IOException {
        CifarImages reader = new CifarImages(new int[] {10}, names(directory.resolve("batches.meta.txt"), CIFAR10));
        List<Path> train = IntStream.rangeClosed(1, 5)
                .mapToObj(i -> directory.resolve("data_batch_" + i + ".bin"))
                .filter(Files::exists)
                .toList();
        if (train.isEmpty()) {
            throw missing(directory.resolve("data_batch_1.bin") + " to data_batch_5.bin, at least one of them");
        }
        return reader.dataset(train, directory.resolve("test_batch.bin"));
    }

    public static Dataset cifar100(Path directory) throws IOException {
        List<String> numbers =
                IntStream.range(0, 100).mapToObj(Integer::toString).toList();
        CifarImages reader =
                new CifarImages(new int[] {20, 100}, names(directory.resolve("fine_label_names.txt"), numbers));
        return reader.dataset(List.of(directory.resolve("train.bin")), directory.resolve("test.bin"));
    }

    private Dataset dataset(List<Path> train, Path test) throws IOException {
        return new Dataset(read(train), read(List.of(test)));
    }

    private ImageSource read(List<Path> files) throws IOException {
        List<byte[]> images = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isRegularFile(file)) {
                throw missing(file.toString());
            }
            int record = classes.length + SHAPE.size();
            long bytes = Files.size(file);
            if (bytes == 0 || bytes % record != 0) {
                throw new IOException(("%s: expected records of %d bytes, got %d bytes, which is not a multiple;"
                                + " the file is truncated, has a tail, or is of the other CIFAR set")
                        .formatted(file, record, bytes));
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                for (long i = 0; i < bytes / record; i++) {
                    labels.add(label(file, i, in));
                    images.add(in.readNBytes(SHAPE.size()));
                }
            }
        }
        int[] values = labels.stream().mapToInt(Integer::intValue).toArray();
        return new ByteImages(SHAPE, images, ImageLabels.of(values, names));
    }

    private int label(Path file, long index, InputStream in) throws IOException {
        int label = 0;
        for (int k : classes) {
            label = in.read();
            if (label < 0 || label >= k) {
                throw new IOException(
                        "%s: expected labels in [0, %d), got %d for image %d; not a CIFAR file of this set"
                                .formatted(file, k, label, index));
            }
        }
        return label;
    }

    private static List<String> names(Path file, List<String> otherwise) throws IOException {
        if (!Files.exists(file)) {
            return otherwise;
        }
        List<String> names = lines(file).stream()
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        if (names.size() != otherwise.size()) {
            throw new IOException(
                    "%s: expected %d class names, got %d".formatted(file, otherwise.size(), names.size()));
        }
        return names;
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": expected class names in UTF-8, a line each; the file is damaged", e);
        }
    }

    private static IOException missing(String expected) {
        return new IOException("looked for %s and found none; CIFAR's binary version is read, not its Python version"
                .formatted(expected));
    }
}
