package org.ldae.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.ldae.data.sets.IdxImages;

/**
 * Image sets that are known by name, from their official files. For folders of your own pictures see
 * {@link Dataset#folder}, for files of your own on a server {@link ImageSet}.
 *
 * <pre>{@code
 * Dataset first = NamedSet.FASHION_MNIST.sample();
 * Dataset there = NamedSet.FASHION_MNIST.open(Path.of("data/fashion-mnist"));
 * Dataset fetched = NamedSet.CIFAR10.download(Path.of("data/cifar-10"), Download.official());
 * }</pre>
 */
public enum NamedSet {

    /** Handwritten digits, 60,000 and 10,000 of 28 x 28 (LeCun, Cortes and Burges 1998). */
    MNIST(
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
            ImageSet.at(URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"))
                    .withFile("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873")
                    .withFile("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432")
                    .withFile("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3")
                    .withFile("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c")),

    /** Photographs of clothes, 60,000 and 10,000 of 28 x 28 (Xiao, Rasul and Vollgraf 2017, MIT licence). */
    FASHION_MNIST(
            List.of(
                    "T-shirt/top",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot"),
            ImageSet.at(URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"))
                    .withFile("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d")
                    .withFile("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe")
                    .withFile("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79")
                    .withFile("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310")),

    /** Small photographs of ten classes, 50,000 and 10,000 of 3 x 32 x 32 (Krizhevsky 2009). */
    CIFAR10(
            List.of(),
            ImageSet.at(URI.create("https://www.cs.toronto.edu/~kriz/"))
                    .withArchive(
                            "cifar-10-binary.tar.gz",
                            "c32a1d4ab5d03f1284b67883e8d87530",
                            "data_batch_1.bin",
                            "data_batch_2.bin",
                            "data_batch_3.bin",
                            "data_batch_4.bin",
                            "data_batch_5.bin",
                            "test_batch.bin",
                            "batches.meta.txt")),

    /** Small photographs of a hundred classes, 50,000 and 10,000 of 3 x 32 x 32 (Krizhevsky 2009). */
    CIFAR100(
            List.of(),
            ImageSet.at(URI.create("https://www.cs.toronto.edu/~kriz/"))
                    .withArchive(
                            "cifar-100-binary.tar.gz",
                            "03b5dce01913d631647c71ecec9e9cb8",
                            "train.bin",
                            "test.bin",
                            "fine_label_names.txt"));

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> classNames;

    @SuppressWarnings("ImmutableEnumChecker") // has final fields alone
    private final ImageSet files;

    NamedSet(List<String> classNames, ImageSet files) {
        this.classNames = classNames;
        this.files = files;
    }

    /**
     * Reads the set from files that are there; opens no connection.
     *
     * @param folder holds the official files as {@link Dataset#idx}, {@link Dataset#cifar10} and
     *     {@link Dataset#cifar100} want them
     * @return the images, in memory at one byte a pixel and channel
     * @throws IOException if a file is missing or damaged
     */
    public Dataset open(Path folder) throws IOException {
        return switch (this) {
            case MNIST, FASHION_MNIST -> Dataset.idx(folder, classNames);
            case CIFAR10 -> Dataset.cifar10(folder);
            case CIFAR100 -> Dataset.cifar100(folder);
        };
    }

    /**
     * Fetches what is missing of the official files, then reads the set. A file appears in the folder when it is complete
     * and has the checksum that the set's authors published; what an interrupted call left is gone on with.
     *
     * @param folder where the files are kept; created if it is missing
     * @param how where from, and how patiently
     * @return the images, in memory at one byte a pixel and channel
     * @throws IOException if a file can't be fetched, isn't the official one, or can't be written
     */
    public Dataset download(Path folder, Download how) throws IOException {
        return open(files.fetch(folder, how));
    }

    /**
     * The first images of the set, for a first run. Fashion-MNIST has a sample, 12,000 and 6,000 images, in the artefact
     * {@code org.ldae:ldae-sample}.
     *
     * @return the images, in memory at one byte a pixel and channel
     * @throws IllegalStateException if no sample of this set is on the class path
     */
    public Dataset sample() {
        try {
            return new Dataset(sample("train"), sample("t10k"));
        } catch (IOException e) {
            throw new UncheckedIOException("the sample of " + this + " on the class path can't be read", e);
        }
    }

    private ImageSource sample(String split) throws IOException {
        try (InputStream images = resource(split + "-images-idx3-ubyte.gz");
                InputStream labels = resource(split + "-labels-idx1-ubyte.gz")) {
            return IdxImages.read(images, labels, classNames);
        }
    }

    private InputStream resource(String file) {
        String path = "/org/ldae/sample/%s/%s"
                .formatted(name().toLowerCase(Locale.ROOT).replace('_', '-'), file);
        InputStream stream = NamedSet.class.getResourceAsStream(path);
        if (stream == null) {
            throw new IllegalStateException(
                    ("%s.sample(): looked for %s on the class path and found none; the artefact org.ldae:ldae-sample"
                                    + " has the sample of FASHION_MNIST, open and download read whole sets")
                            .formatted(this, path));
        }
        return stream;
    }

    /**
     * Where the official files lie.
     *
     * @return what the files' names are resolved against
     */
    public URI mirror() {
        return files.address();
    }
}
