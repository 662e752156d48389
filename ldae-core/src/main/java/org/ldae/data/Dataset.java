package org.ldae.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.ldae.data.sets.CifarImages;
import org.ldae.data.sets.IdxImages;
import org.ldae.data.sets.ImageFolders;

/**
 * Training and test images of one shape and with the same classes.
 *
 * @param train what to learn from
 * @param test what to measure on
 * @param skipped files that were left out because they can't be read, by name; empty unless the options allow it
 */
public record Dataset(ImageSource train, ImageSource test, List<SkippedFile> skipped) {

    /**
     * Checks that both parts have one shape and the same classes.
     *
     * @param train what to learn from
     * @param test what to measure on
     * @param skipped files that were left out
     */
    public Dataset {
        skipped = List.copyOf(skipped);
        if (!train.shape().equals(test.shape())) {
            throw new IllegalArgumentException(
                    "test: expected images %s as in train, got %s".formatted(train.shape(), test.shape()));
        }
        if (!train.classNames().equals(test.classNames())) {
            throw new IllegalArgumentException(
                    "test: expected the classes of train %s, got %s".formatted(train.classNames(), test.classNames()));
        }
    }

    /**
     * Two parts from which nothing was left out.
     *
     * @param train what to learn from
     * @param test what to measure on
     */
    public Dataset(ImageSource train, ImageSource test) {
        this(train, test, List.of());
    }

    /**
     * MNIST, Fashion-MNIST and sets laid out like them, with the labels' numbers as class names.
     *
     * @param directory holds {@code train-images-idx3-ubyte}, {@code train-labels-idx1-ubyte},
     *     {@code t10k-images-idx3-ubyte} and {@code t10k-labels-idx1-ubyte}, each plain or with {@code .gz}
     * @return images {@code [1, H, W]}, in memory at one byte a pixel
     * @throws IOException if a file is missing or damaged
     */
    public static Dataset idx(Path directory) throws IOException {
        return IdxImages.open(directory, List.of());
    }

    /**
     * MNIST, Fashion-MNIST and sets laid out like them.
     *
     * @param directory as in {@link #idx(Path)}
     * @param classNames K names in the order of the labels
     * @return images {@code [1, H, W]}, in memory at one byte a pixel
     * @throws IOException if a file is missing or damaged or a label has no name
     */
    public static Dataset idx(Path directory, List<String> classNames) throws IOException {
        if (classNames.isEmpty()) {
            throw new IllegalArgumentException("classNames: expected one for each label, got none");
        }
        return IdxImages.open(directory, classNames);
    }

    /**
     * CIFAR-10's binary version (Krizhevsky 2009).
     *
     * @param directory holds those of {@code data_batch_1.bin} to {@code data_batch_5.bin} to train on, at least one,
     *     {@code test_batch.bin}, and {@code batches.meta.txt} if the classes have other names than the official ones
     * @return images {@code [3, 32, 32]}, in memory at one byte a pixel and channel
     * @throws IOException if a file is missing or damaged
     */
    public static Dataset cifar10(Path directory) throws IOException {
        return CifarImages.cifar10(directory);
    }

    /**
     * CIFAR-100's binary version with its 100 fine labels (Krizhevsky 2009).
     *
     * @param directory holds {@code train.bin}, {@code test.bin}, and {@code fine_label_names.txt}, without which the
     *     classes are called by their numbers
     * @return images {@code [3, 32, 32]}, in memory at one byte a pixel and channel
     * @throws IOException if a file is missing or damaged
     */
    public static Dataset cifar100(Path directory) throws IOException {
        return CifarImages.cifar100(directory);
    }

    /**
     * Image files in class folders: PNG, JPEG, TIFF and GeoTIFF, BigTIFF, BMP, GIF, WebP, PNM and whatever else Image I/O
     * reads here, plug-ins included. Of readers for the same format ImageIO-ext's are preferred, then the platform's.
     *
     * <p>The folder holds {@code train} and {@code test} (or {@code val}, looked at if there is no {@code test}; capitals
     * don't matter), each with one folder a class; or the class folders alone, of which
     * {@link FolderOptions#withTestFraction} holds out a part. Classes are the folder names in sorted order, in Unicode's
     * form C; deeper folders belong to their class. A file is a picture if its extension is an image format's or it begins
     * as one; other files, and names that start with a dot, are passed over. Each part is listed in a shuffled order that
     * depends on the number of files alone, so that its first images are a fair sample.
     *
     * <p>Files are decoded at each reading, in constant memory; use {@link ImageSource#cached} for many epochs over
     * a set that fits in memory. {@link Decoding} says how samples become channels, and how many pixels a file may have.
     * A file that can't be decoded is an {@link java.io.UncheckedIOException} that names it, when it is read;
     * {@link FolderOptions#withSkipping} leaves such files out and lists them. Links are followed; one that leads nowhere
     * or back to a folder it lies in is a file that can't be read.
     *
     * @param directory the folder
     * @param options size, channels and split
     * @return images {@code [C, H, W]} of 8-bit levels
     * @throws IOException if the folder has another layout, a class without images, more files that can't be read than
     *     may be skipped, or files of different sizes where the options ask for their own size
     * @throws IllegalArgumentException if the options split a folder that has its own test images, or don't split one
     *     that has none
     */
    public static Dataset folder(Path directory, FolderOptions options) throws IOException {
        return ImageFolders.open(directory, options);
    }

    /**
     * All image files in a folder or deeper, without labels: pictures as they lie on a disk. What {@link #folder} says of
     * formats, names, broken files and memory holds here too.
     *
     * @param directory the folder
     * @param options size, channels, and the share of the pictures that is held out for testing, which must be given
     * @return images {@code [C, H, W]} of 8-bit levels
     * @throws IOException if there are fewer than two pictures, more files that can't be read than may be skipped, or files
     *     of different sizes where the options ask for their own size
     * @throws IllegalArgumentException if the options hold out nothing
     */
    public static Dataset pictures(Path directory, FolderOptions options) throws IOException {
        return ImageFolders.pictures(directory, options);
    }

    @Override
    public String toString() {
        return "Dataset[train=%s, test=%s, %d files skipped]".formatted(train, test, skipped.size());
    }
}
