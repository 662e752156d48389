package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.testing.Damaged;
import org.ldae.testing.ForwardingImages;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ImageSourceTest {

    private static final List<String> NAMES = List.of("even", "odd");

    @Test
    void arraysAreCopiedWhateverTheirStrides() {
        INDArray wide = Nd4j.createFromArray(levels(6 * 2 * 3 * 4)).reshape('c', 6, 4, 3, 2);
        INDArray view = wide.permute(0, 3, 2, 1);
        ImageSource source = ImageSource.of(view, new int[] {0, 1, 0, 1, 0, 1}, NAMES);
        assertEquals(new ImageShape(2, 3, 4), source.shape());
        float[] image = DataFiles.read(source, 5);
        wide.assign(0);
        assertEquals(levels(144)[5 * 24 + 2 * 6 + 1 * 2 + 1], image[12 + 4 + 2]);
        assertArrayEquals(image, DataFiles.read(source, 5));
    }

    @Test
    void imagesAreCopiesInTheAskedOrder() {
        ImageSource source = source(5);
        INDArray images = source.images(3, 0, 3);
        assertArrayEquals(new long[] {3, 1, 2, 2}, images.shape());
        assertEquals('c', images.ordering());
        assertArrayEquals(
                DataFiles.read(source, 3), images.slice(2).dup().data().asFloat());
        images.assign(9);
        assertArrayEquals(DataFiles.read(source(5), 3), DataFiles.read(source, 3));
    }

    @Test
    void selectionsOfSelectionsKeepLabels() {
        ImageSource chosen = source(6).select(5, 4, 1, 1).select(3, 0);
        assertEquals(2, chosen.size());
        assertArrayEquals(new int[] {1, 1}, chosen.labels());
        assertArrayEquals(DataFiles.read(source(6), 1), DataFiles.read(chosen, 0));
        assertArrayEquals(DataFiles.read(source(6), 5), DataFiles.read(chosen, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> source(6).select(6));
        assertThrows(IllegalArgumentException.class, () -> source(6).select());
    }

    @Test
    void limitTakesTheFirstImages() {
        ImageSource source = source(5);
        assertArrayEquals(new int[] {0, 1, 0}, source.limit(3).labels());
        assertArrayEquals(DataFiles.read(source, 2), DataFiles.read(source.limit(3), 2));
        assertSame(source, source.limit(5));
        assertSame(source, source.limit(100));
        assertThrows(IllegalArgumentException.class, () -> source.limit(0));
    }

    @Test
    void epochsShuffledByKeyHoldEveryImageOnce() {
        ImageSource source = source(20);
        Rng shuffle = Rng.of(3).stream("shuffle");
        int[] first = shuffle.at(0).permutation(20);
        assertFalse(Arrays.equals(first, shuffle.at(1).permutation(20)));
        assertArrayEquals(first, shuffle.at(0).permutation(20));
        assertArrayEquals(
                IntStream.range(0, 20).toArray(), Arrays.stream(first).sorted().toArray());
        assertNotEquals(source.hash(), source.select(first).hash());
    }

    @Test
    void hashDependsOnPixelsLabelsOrderAndShapeAlone() {
        ImageSource source = source(4);
        assertEquals(64, source.hash().length());
        assertEquals(source.hash(), source(4).hash());
        assertEquals(source(4).hash(), source(6).limit(4).hash());
        assertEquals(source.hash(), new Uncached(source).cached().hash());
        assertNotEquals(source.hash(), source.select(1, 0, 2, 3).hash());
        INDArray images = source.images(0, 1, 2, 3);
        assertNotEquals(
                source.hash(),
                ImageSource.of(images, new int[] {0, 1, 0, 0}, NAMES).hash());
        assertNotEquals(
                source.hash(), ImageSource.of(images, new int[0], List.of()).hash());
        assertNotEquals(
                source.hash(),
                ImageSource.of(images.reshape('c', 4, 2, 1, 2), source.labels(), NAMES)
                        .hash());
    }

    @Test
    void hashStaysTheSameAcrossVersions() {
        // hashlib.sha256 of "[1, 2, 2]", then struct.pack(">4fi", *pixels, label) for each image.
        assertEquals(
                "1f70a09ffc6e0fe8a0432328c238f28218313512c54c48f5632e3b644925b529",
                source(4).hash());
    }

    @Test
    void levelsAreNotTakenForPixels() {
        INDArray levels = Nd4j.createFromArray(0f, 3, 255, 7).reshape('c', 1, 1, 2, 2);
        assertFails(
                IllegalArgumentException.class,
                () -> ImageSource.of(levels, new int[0], List.of()),
                "[-1, 1]",
                "0.0 to 255.0",
                "127.5");
        ImageSource.of(levels.div(127.5).sub(1), new int[0], List.of());
        // A model's outputs, and normalised images.
        ImageSource.of(levels.div(100).sub(0.1), new int[0], List.of());
        ImageSource.of(levels.div(200), new int[0], List.of());
    }

    @Test
    void whatIsLearntFromMustBeFinite() {
        float[] pixels = new float[6];
        source(3).readFinite(1, pixels, 2);
        assertEquals(DataFiles.read(source(3), 1)[0], pixels[2]);
        for (float spoilt : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            ImageSource bad = new Damaged(source(3), 2, 3, spoilt);
            bad.readFinite(0, pixels, 0);
            assertFails(
                    IllegalArgumentException.class,
                    () -> bad.readFinite(2, pixels, 1),
                    "got " + spoilt,
                    "position 3 of image 2");
        }
    }

    @Test
    void cacheReadsEachImageOnceAndReturnsItsLevels() {
        Uncached source = new Uncached(source(4));
        ImageSource cached = source.cached();
        assertArrayEquals(source.labels(), cached.labels());
        for (int round = 0; round < 3; round++) {
            float[] image = DataFiles.read(cached, 2);
            assertArrayEquals(DataFiles.read(source(4), 2), image);
        }
        assertEquals(1, source.reads.get());
        assertSame(cached, cached.cached());
        ImageSource array = source(4);
        assertSame(array, array.cached());
    }

    @Test
    void cacheRoundsToTheNearestLevel() {
        INDArray images =
                Nd4j.createFromArray(new float[] {-1, 0.001f, 0.003f, 1}).reshape('c', 1, 1, 2, 2);
        ImageSource cached = new Uncached(ImageSource.of(images, new int[0], List.of())).cached();
        assertArrayEquals(
                new float[] {-1, (float) (128 / 127.5 - 1), (float) (128 / 127.5 - 1), 1}, DataFiles.read(cached, 0));
        assertEquals(List.of(), cached.classNames());
    }

    @Test
    void unlabelledImagesSayHowToLabelThem() {
        ImageSource source = ImageSource.of(source(2).images(0, 1), new int[0], List.of());
        assertFails(IllegalStateException.class, () -> source.label(0), "ImageSource.of");
        assertTrue(source.select(1).classNames().isEmpty());
    }

    @Test
    void labelsThatDoNotFitAreRejected() {
        INDArray images = source(2).images(0, 1);
        assertFails(IllegalArgumentException.class, () -> ImageSource.of(images, new int[] {0}, NAMES), "got 1");
        assertFails(
                IllegalArgumentException.class,
                () -> ImageSource.of(images, new int[] {0, 2}, NAMES),
                "got 2 for image 1");
        assertFails(
                IllegalArgumentException.class,
                () -> ImageSource.of(images, new int[0], NAMES),
                "2 names and 0 labels");
        assertFails(
                IllegalArgumentException.class,
                () -> ImageSource.of(images, new int[2], List.of()),
                "0 names and 2 labels");
    }

    @Test
    void imagesThatAreNotFiniteOrOfTheWrongTypeAreRejected() {
        INDArray images = source(2).images(0, 1);
        assertFails(
                IllegalArgumentException.class,
                () -> ImageSource.of(images.castTo(DataType.DOUBLE), new int[2], NAMES),
                "float32");
        images.putScalar(new int[] {1, 0, 1, 0}, Float.NaN);
        assertFails(IllegalArgumentException.class, () -> ImageSource.of(images, new int[2], NAMES), "NaN in image 1");
    }

    private static ImageSource source(int size) {
        INDArray images = Nd4j.createFromArray(levels(4 * size)).reshape('c', size, 1, 2, 2);
        return ImageSource.of(images, IntStream.range(0, size).map(i -> i % 2).toArray(), NAMES);
    }

    private static float[] levels(int count) {
        float[] pixels = new float[count];
        for (int i = 0; i < count; i++) {
            pixels[i] = (float) ((3 * i % 256) / 127.5 - 1);
        }
        return pixels;
    }

    /** A source as a user might write it: no cache, counts its readings. */
    private record Uncached(ImageSource source, AtomicInteger reads) implements ForwardingImages {

        Uncached(ImageSource source) {
            this(source, new AtomicInteger());
        }

        @Override
        public void read(int index, float[] destination, int offset) {
            reads.incrementAndGet();
            source.read(index, destination, offset);
        }
    }
}
