package org.ldae.examples;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;

/**
 * The sample of Fashion-MNIST that comes with the examples: 28x28 grey photographs of clothes in ten classes (Xiao, Rasul
 * and Vollgraf 2017, MIT licence). For the whole set see {@link org.ldae.data.NamedSet#FASHION_MNIST}.
 */
public final class FashionMnist {

    /** The ten classes in the order of their labels. */
    public static final List<String> CLASS_NAMES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private FashionMnist() {}

    /**
     * The sample that comes with the examples: the first 12,000 training and the first 6,000 test images.
     *
     * @return images {@code [1, 28, 28]}
     */
    public static Dataset sample() {
        try {
            return new Dataset(resource("train"), resource("t10k"));
        } catch (IOException e) {
            throw new UncheckedIOException("the Fashion-MNIST sample on the class path can't be read", e);
        }
    }

    private static ImageSource resource(String split) throws IOException {
        try (InputStream images = open(split + "-images-idx3-ubyte.gz");
                InputStream labels = open(split + "-labels-idx1-ubyte.gz")) {
            return ImageSource.idx(images, labels, CLASS_NAMES);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream stream = FashionMnist.class.getResourceAsStream("/org/ldae/sample/fashion-mnist/" + name);
        if (stream == null) {
            throw new FileNotFoundException("resource org/ldae/sample/fashion-mnist/" + name);
        }
        return stream;
    }
}
