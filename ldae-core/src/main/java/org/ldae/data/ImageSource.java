package org.ldae.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Shapes;
import org.ldae.data.decoding.PictureContent;
import org.ldae.data.sets.IdxImages;
import org.ldae.data.sets.PackedImages;
import org.ldae.data.sources.ArrayImages;
import org.ldae.data.sources.CachedImages;
import org.ldae.data.sources.ImageLabels;
import org.ldae.data.sources.NormalizedImages;
import org.ldae.data.sources.PaddedImages;
import org.ldae.data.sources.PictureImages;
import org.ldae.data.sources.ResizedImages;
import org.ldae.data.sources.SelectedImages;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images of one shape, read one at a time, so that a set never has to lie in memory as floats.
 *
 * <p>Implementations are immutable and safe to read from several threads at once.
 */
public interface ImageSource {

    /**
     * Shape of every image.
     *
     * @return {@code [C, H, W]}
     */
    ImageShape shape();

    /**
     * Number of images.
     *
     * @return N
     */
    int size();

    /**
     * Class names in the order of their label, empty if the images carry no labels.
     *
     * @return K names
     */
    List<String> classNames();

    /**
     * The label of one image.
     *
     * @param index in [0, size)
     * @return its class in [0, K)
     * @throws IllegalStateException if the images carry no labels
     */
    int label(int index);

    /**
     * What an image is called.
     *
     * @param index in [0, size)
     * @return the path of its file, or its index where there is none
     */
    default String name(int index) {
        return Integer.toString(Objects.checkIndex(index, size()));
    }

    /**
     * Copies one image, channel planes one after the other, pixels in [-1, 1].
     *
     * @param index in [0, size)
     * @param destination where it goes
     * @param offset index of its first number there
     */
    void read(int index, float[] destination, int offset);

    /**
     * Reads one image as {@link #read} does and refuses it if a pixel is NaN or infinite, which would spoil whatever is
     * learnt from it: what trainings and fits read with.
     *
     * @param index in [0, size)
     * @param destination where it goes
     * @param offset index of its first number there
     * @throws IllegalArgumentException if a pixel isn't finite
     */
    default void readFinite(int index, float[] destination, int offset) {
        read(index, destination, offset);
        int size = shape().size();
        float sum = 0;
        for (int i = offset; i < offset + size; i++) {
            sum += destination[i] * 0;
        }
        if (sum != 0) {
            int at = 0;
            while (Float.isFinite(destination[offset + at])) {
                at++;
            }
            throw new IllegalArgumentException(
                    "images: expected finite pixels in [-1, 1], got %s at position %d of image %d (%s); check the source or drop the image"
                            .formatted(destination[offset + at], at, index, name(index)));
        }
    }

    /**
     * SHA-256 over the images' shape, pixels and labels in order: the data's identity in provenance records. The first
     * call reads every image; sources that hold the same images give the same hash, wherever they read them from.
     *
     * @return 64 hexadecimal digits
     */
    String hash();

    /**
     * All labels.
     *
     * @return a new array {@code [N]}
     */
    default int[] labels() {
        int[] labels = new int[size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = label(i);
        }
        return labels;
    }

    /**
     * Some of the images as an array.
     *
     * @param indices which, in this order, at least one
     * @return a new array {@code [N, C, H, W]}
     */
    default INDArray images(int... indices) {
        ImageShape s = shape();
        float[] pixels = new float[Math.multiplyExact(indices.length, s.size())];
        for (int i = 0; i < indices.length; i++) {
            read(indices[i], pixels, i * s.size());
        }
        return Nd4j.createFromArray(pixels).reshape('c', indices.length, s.channels(), s.height(), s.width());
    }

    /**
     * A part of the images, without copying them.
     *
     * @param indices which, in this order, at least one; an index may come more than once
     * @return a source of {@code indices.length} images
     */
    default ImageSource select(int... indices) {
        return new SelectedImages(this, indices);
    }

    /**
     * The first images. Folder sources list their files in a shuffled order and the official files of MNIST,
     * Fashion-MNIST and CIFAR are shuffled, so the first images are a fair sample of them; shuffle other class-ordered
     * sources yourself with {@code select(rng.permutation(size()))}.
     *
     * @param count how many at most, at least 1
     * @return this source itself if it has no more
     */
    default ImageSource limit(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("count: expected at least 1 image, got " + count);
        }
        return count >= size() ? this : select(IntStream.range(0, count).toArray());
    }

    /**
     * The same images, kept in memory as one byte a pixel and channel from their first reading on: what training over
     * many epochs wants of a folder source. Lossless for every reader of this package; others' pixels are rounded to
     * the 256 levels between -1 and 1. Not for sets that exceed the heap: it takes N * C * H * W bytes.
     *
     * @return a source that reads each image once; this source itself if it lies in memory already
     */
    default ImageSource cached() {
        return new CachedImages(this);
    }

    /**
     * The same images with a border on all four sides, as when 28 x 28 digits become 32 x 32.
     *
     * @param border pixels on each side, at least 1
     * @param value of the new pixels, in [-1, 1]; -1 is black
     * @return a source of larger images, read from this one each time
     */
    default ImageSource padded(int border, float value) {
        return new PaddedImages(this, border, value);
    }

    /**
     * The same images at another size: rounded to 256 levels, then resized with an antialiasing filter and cut to the
     * centred square as {@link FolderOptions#square} says.
     *
     * @param side of the square in pixels, at least 1
     * @return a source that resizes each image when it is read; {@link #cached} remembers the result
     */
    default ImageSource resized(int side) {
        if (side < 1) {
            throw new IllegalArgumentException("side: expected at least 1 pixel, got " + side);
        }
        return new ResizedImages(this, side);
    }

    /**
     * The same images with each channel less its mean and divided by its standard deviation, as networks trained
     * elsewhere and MAE's pixels want them. They leave [-1, 1], so that {@link Augmentation}'s crop and jitter refuse them.
     *
     * @param normalization one mean and deviation a channel
     * @return a source that normalises at each reading
     * @throws IllegalArgumentException if the channels are of another number
     */
    default ImageSource normalized(Normalization normalization) {
        return new NormalizedImages(this, normalization);
    }

    /**
     * The same images in one memory-mapped file, which is written now if it isn't there yet: what training over many epochs
     * wants of a folder that exceeds the heap. Every image is then decoded and resized once, on all processors, and read
     * without heap from there on. Lossless: one byte a pixel and channel if all pixels are one of the 256 levels, else
     * four.
     *
     * <p>The file is named after a hash of the images' files, their labels and what is done to them, so that it serves every
     * later run on the same data; finding the name reads the files, but decodes none. It appears as a whole, may be read
     * as safetensors (tensor {@code images} of {@code [N, C, H, W]}), and must not be changed while it is in use. Nobody
     * deletes it but you.
     *
     * @param folder where the file is kept; created if it is missing
     * @param progress told after each image that is written
     * @return a source over the file; its hash is known without reading the images
     * @throws IOException if a file can't be read or written, or the one found is damaged
     * @throws java.io.UncheckedIOException if an image can't be decoded
     */
    default ImageSource packed(Path folder, Progress progress) throws IOException {
        return PackedImages.open(this, folder, progress);
    }

    /**
     * Images held in memory.
     *
     * @param images {@code [N, C, H, W]} float32 in [-1, 1], which normalised images and a model's outputs may leave; copied
     * @param labels one class in [0, K) an image, or empty for none
     * @param classNames K names, empty if there are no labels
     * @return the source
     * @throws IllegalArgumentException if labels and images don't match, a pixel isn't finite, or the pixels are clearly levels
     *     from 0 to 255 (none is negative, and one is 2 or more)
     */
    static ImageSource of(INDArray images, int[] labels, List<String> classNames) {
        Shapes.require("images", images, "N C H W", Shapes.ANY, Shapes.ANY, Shapes.ANY, Shapes.ANY);
        return new ArrayImages(images, ImageLabels.of(labels, classNames));
    }

    /**
     * Pictures of the caller's own, without labels, decoded at each reading.
     *
     * @param options size and channels; the rest is about folders and must be left out
     * @param pictures in this order, at least one
     * @return images {@code [C, H, W]} of 8-bit levels, called as the pictures are
     * @throws IOException if the options ask for the pictures' own size and it differs, or can't be read
     * @throws IllegalArgumentException if there is no picture, or the options hold out or skip some
     */
    static ImageSource pictures(FolderOptions options, List<Picture> pictures) throws IOException {
        if (pictures.isEmpty() || options.testFraction().isPresent() || options.mostSkipped() > 0) {
            throw new IllegalArgumentException(
                    "pictures: expected at least one, and options that neither hold out nor skip any, got %d and %s"
                            .formatted(pictures.size(), options));
        }
        List<PictureContent> contents = pictures.stream().map(Picture::content).toList();
        ImageShape shape = PictureImages.shape(contents, options);
        return new PictureImages(shape, contents, ImageLabels.of(new int[0], List.of()), options);
    }

    /**
     * Images and labels in the format of MNIST, from streams such as resources on the class path.
     *
     * @param images IDX of unsigned bytes {@code [N, H, W]}, plain or gzipped; read to its end and left open
     * @param labels IDX of unsigned bytes {@code [N]}, plain or gzipped; read to its end and left open
     * @param classNames K names
     * @return N images {@code [1, H, W]}, in memory at one byte a pixel
     * @throws IOException if a stream is damaged, of another type or doesn't fit the other
     */
    static ImageSource idx(InputStream images, InputStream labels, List<String> classNames) throws IOException {
        return IdxImages.read(images, labels, classNames);
    }
}
