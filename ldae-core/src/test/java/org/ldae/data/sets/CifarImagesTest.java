package org.ldae.data.sets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.ldae.data.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.ImageShape;
import org.ldae.data.DataFiles;
import org.ldae.data.Dataset;

class CifarImagesTest {

    @TempDir
    private Path dir;

    @Test
    void cifar10JoinsTheBatchesThatArePresentInOrder() throws IOException {
        DataFiles.cifar(dir.resolve("data_batch_4.bin"), label(7));
        DataFiles.cifar(dir.resolve("data_batch_2.bin"), label(9), label(0));
        DataFiles.cifar(dir.resolve("test_batch.bin"), label(3), label(8));
        Dataset data = Dataset.cifar10(dir);
        assertEquals(new ImageShape(3, 32, 32), data.train().shape());
        assertArrayEquals(new int[] {9, 0, 7}, data.train().labels());
        assertArrayEquals(new int[] {3, 8}, data.test().labels());
        assertEquals("truck", data.train().classNames().get(9));
        assertArrayEquals(DataFiles.expected(1, 3072), DataFiles.read(data.train(), 1));
        assertArrayEquals(DataFiles.expected(0, 3072), DataFiles.read(data.train(), 2));
    }

    @Test
    void cifar10TakesNamesFromItsMetaFile() throws IOException {
        DataFiles.cifar(dir.resolve("data_batch_1.bin"), label(0));
        DataFiles.cifar(dir.resolve("test_batch.bin"), label(0));
        Path meta = dir.resolve("batches.meta.txt");
        Files.writeString(meta, "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n\n");
        assertEquals("nine", Dataset.cifar10(dir).test().classNames().get(9));
        Files.writeString(meta, "zero\none\n");
        assertFails(IOException.class, () -> Dataset.cifar10(dir), meta.toString(), "10", "got 2");
        Files.write(meta, new byte[] {'a', (byte) 0xff, '\n'});
        assertFails(IOException.class, () -> Dataset.cifar10(dir), meta.toString(), "UTF-8");
    }

    @Test
    void cifar100HasFineLabels() throws IOException {
        DataFiles.cifar(dir.resolve("train.bin"), new int[] {11, 19}, new int[] {19, 99});
        DataFiles.cifar(dir.resolve("test.bin"), new int[] {0, 49});
        Dataset data = Dataset.cifar100(dir);
        assertArrayEquals(new int[] {19, 99}, data.train().labels());
        assertEquals(100, data.test().classNames().size());
        assertEquals("49", data.test().classNames().get(49));
        assertArrayEquals(DataFiles.expected(1, 3072), DataFiles.read(data.train(), 1));
        Files.write(
                dir.resolve("fine_label_names.txt"),
                IntStream.range(0, 100).mapToObj(i -> "name" + i).toList());
        assertEquals("name49", Dataset.cifar100(dir).test().classNames().get(49));
    }

    @Test
    void missingFilesAreNamed() throws IOException {
        assertFails(IOException.class, () -> Dataset.cifar10(dir), "data_batch_1.bin", "data_batch_5.bin");
        assertFails(IOException.class, () -> Dataset.cifar100(dir), "train.bin", "Python");
        DataFiles.cifar(dir.resolve("data_batch_1.bin"), label(0));
        assertFails(IOException.class, () -> Dataset.cifar10(dir), "test_batch.bin");
    }

    @Test
    void truncatedFilesAndTailsAreRejected() throws IOException {
        Path batch = dir.resolve("data_batch_1.bin");
        DataFiles.cifar(batch, label(1), label(2));
        Files.write(batch, new byte[] {1}, StandardOpenOption.APPEND);
        assertFails(IOException.class, () -> Dataset.cifar10(dir), batch.toString(), "3073", "6147");
        Files.write(batch, new byte[0]);
        assertFails(IOException.class, () -> Dataset.cifar10(dir), "got 0 bytes");
    }

    @Test
    void labelsOutOfRangeAreRejected() throws IOException {
        DataFiles.cifar(dir.resolve("data_batch_1.bin"), label(1), label(10));
        assertFails(IOException.class, () -> Dataset.cifar10(dir), "[0, 10)", "got 10 for image 1");
        DataFiles.cifar(dir.resolve("train.bin"), new int[] {20, 3});
        assertFails(IOException.class, () -> Dataset.cifar100(dir), "[0, 20)", "got 20");
    }

    private static int[] label(int label) {
        return new int[] {label};
    }
}
