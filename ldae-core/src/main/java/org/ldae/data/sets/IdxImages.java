package org.ldae.data.sets;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.ldae.core.ImageShape;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.data.sources.ByteImages;
import org.ldae.data.sources.ImageLabels;

/**
 * Reads IDX files, the format of MNIST and Fashion-MNIST (LeCun, Cortes and Burges), plain or gzipped, as images
 * {@code [1, H, W]} held in memory at one byte a pixel.
 */
public final class IdxImages {

    private static final int IMAGES_MAGIC = 0x803;
    private static final int LABELS_MAGIC = 0x801;
    private static final int GZIP_MAGIC = 0x1f8b;

    private IdxImages() {}

    /** Reads a set from its four files; without names the classes are called by their numbers. */
    public static Dataset open(Path directory, List<String> classNames) throws IOException {
        Path trainImages = file(directory, "train-images", 3);
        Path trainLabels = file(directory, "train-labels", 1);
        Path testImages = file(directory, "t10k-images", 3);
        Path testLabels = file(directory, "t10k-labels", 1);
        List<String> names = classNames;
        if (names.isEmpty()) {
            int most = IntStream.concat(Arrays.stream(labels(trainLabels)), Arrays.stream(labels(testLabels)))
                    .max()
                    .orElse(0);
            names = IntStream.rangeClosed(0, most).mapToObj(Integer::toString).toList();
        }
        ImageSource train = read(trainImages, trainLabels, names);
        ImageSource test = read(testImages, testLabels, names);
        if (!train.shape().equals(test.shape())) {
            throw new IOException("%s: expected images %s as in %s, got %s"
                    .formatted(testImages, train.shape(), trainImages, test.shape()));
        }
        return new Dataset(train, test);
    }

    public static ImageSource read(Path images, Path labels, List<String> classNames) throws IOException {
        int[] classes = labels(labels);
        try (InputStream stream = Files.newInputStream(images)) {
            return source(parse(images.toString(), stream, IdxImages::pixels), classes, classNames);
        }
    }

    /** Reads images and labels from streams, to their ends. */
    public static ImageSource read(InputStream images, InputStream labels, List<String> classNames) throws IOException {
        return source(
                parse("image stream", images, IdxImages::pixels),
                parse("label stream", labels, IdxImages::classes),
                classNames);
    }

    private static int[] labels(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return parse(file.toString(), stream, IdxImages::classes);
        }
    }

    private static Path file(Path directory, String stem, int axes) throws IOException {
        List<String> names = Stream.of("-idx", ".idx")
                .map(separator -> stem + separator + axes + "-ubyte")
                .flatMap(name -> Stream.of(name, name + ".gz"))
                .toList();
        return names.stream()
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "%s: looked for %s and found none of them".formatted(directory, String.join(", ", names))));
    }

    private static ImageSource source(Pixels pixels, int[] labels, List<String> classNames) throws IOException {
        int n = pixels.images.size();
        if (labels.length != n) {
            throw new IOException(
                    "%s: expected one label an image, got %d images and %d labels; the files don't belong together"
                            .formatted(pixels.name, n, labels.length));
        }
        for (int i = 0; i < n; i++) {
            if (labels[i] >= classNames.size()) {
                throw new IOException("%s: expected labels in [0, %d), one for each class name, got %d for image %d"
                        .formatted(pixels.name, classNames.size(), labels[i], i));
            }
        }
        return new ByteImages(pixels.shape, pixels.images, ImageLabels.of(labels, classNames));
    }

    private static Pixels pixels(String name, DataInputStream in) throws IOException {
        requireMagic(name, in.readInt(), IMAGES_MAGIC);
        int count = in.readInt();
        int height = in.readInt();
        int width = in.readInt();
        if (count < 1 || height < 1 || width < 1 || (long) height * width > Integer.MAX_VALUE) {
            throw new IOException("%s: expected positive N, H, W in its header, got %d, %d, %d; the file is damaged"
                    .formatted(name, count, height, width));
        }
        List<byte[]> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] image = in.readNBytes(height * width);
            if (image.length < height * width) {
                throw new IOException("%s: truncated: expected %d images of %d x %d pixels, the data end in image %d"
                        .formatted(name, count, height, width, i));
            }
            images.add(image);
        }
        return new Pixels(name, new ImageShape(1, height, width), images);
    }

    private static int[] classes(String name, DataInputStream in) throws IOException {
        requireMagic(name, in.readInt(), LABELS_MAGIC);
        int count = in.readInt();
        if (count < 1) {
            throw new IOException("%s: expected a positive N in its header, got %d".formatted(name, count));
        }
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new IOException("%s: truncated: expected %d labels, got %d".formatted(name, count, bytes.length));
        }
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = bytes[i] & 0xff;
        }
        return labels;
    }

    private static void requireMagic(String name, int actual, int expected) throws IOException {
        if (actual != expected) {
            boolean swapped = actual == LABELS_MAGIC || actual == IMAGES_MAGIC;
            throw new IOException("%s: expected an IDX file that starts with 0x%08x, got 0x%08x; %s"
                    .formatted(
                            name,
                            expected,
                            actual,
                            swapped
                                    ? "images and labels are swapped"
                                    : "only unsigned bytes [N, H, W] and [N], plain or gzipped, are read"));
        }
    }

    private static <T> T parse(String name, InputStream stream, Parser<T> parser) throws IOException {
        try {
            DataInputStream in = new DataInputStream(gunzip(stream));
            T content = parser.parse(name, in);
            if (in.read() >= 0) {
                throw new IOException(
                        name + ": more bytes than its header announces; the file is damaged or of another type");
            }
            return content;
        } catch (EOFException e) {
            throw new IOException(name + ": truncated; download or unpack it again", e);
        } catch (ZipException e) {
            throw new IOException(name + ": damaged gzip data (" + e.getMessage() + "); download it again", e);
        }
    }

    private static InputStream gunzip(InputStream stream) throws IOException {
        BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
        in.mark(2);
        int magic = in.read() << 8 | in.read();
        in.reset();
        return magic == GZIP_MAGIC ? new BufferedInputStream(new GZIPInputStream(in, 1 << 16), 1 << 16) : in;
    }

    private record Pixels(String name, ImageShape shape, List<byte[]> images) {}

    private interface Parser<T> {
        T parse(String name, DataInputStream in) throws IOException;
    }
}
