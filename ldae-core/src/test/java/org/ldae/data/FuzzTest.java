package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.compute.Allocation;
import org.ldae.core.Rng;
import org.ldae.data.decoding.PicturesTest;
import org.ldae.data.decoding.Planes;
import org.ldae.data.sets.IdxImages;
import org.ldae.testing.Mutations;

/**
 * Damaged files of every format are pictures or an {@link IOException} that names the file: never another exception, a
 * hang or memory beyond the limit.
 */
class FuzzTest {

    private static final int CASES_A_PICTURE = 60;
    private static final long MOST_SECONDS = 5;
    /** A limit of 2^18 pixels lets a picture of 64-bit samples and its planes take about a tenth of this. */
    private static final long MOST_BYTES = 64 << 20;

    private final ExecutorService worker = Executors.newSingleThreadExecutor();

    @TempDir
    private Path dir;

    @AfterEach
    void stop() {
        worker.shutdownNow();
    }

    @Test
    void damagedPicturesAreReadOrRefused() throws Exception {
        Decoding decoding =
                Decoding.colour().withRange(ValueRange.percentiles(2, 98)).withMaxPixels(1 << 18);
        List<Path> files;
        try (Stream<Path> all = Files.list(PicturesTest.folder())) {
            files = all.sorted().toList();
        }
        int read = 0;
        int cases = 0;
        Rng rng = Rng.of(6).stream("pictures");
        for (int k = 0; k < files.size(); k++) {
            byte[] file = Files.readAllBytes(files.get(k));
            byte[] donor = Files.readAllBytes(files.get((k + 7) % files.size()));
            for (int i = 0; i < CASES_A_PICTURE; i++) {
                Path target = dir.resolve(i + "_" + files.get(k).getFileName());
                Files.write(target, Mutations.of(file, donor, rng.at(k).at(i)));
                read += survives(target, () -> Planes.read(target, decoding)) ? 1 : 0;
                Files.delete(target);
                cases++;
            }
        }
        assertTrue(cases > 3000 && read > cases / 10 && read < cases * 9 / 10, "read %d of %d".formatted(read, cases));
    }

    @Test
    void damagedIdxFilesAreReadOrRefused() throws Exception {
        List<String> names = List.of("a", "b", "c");
        byte[] images = DataFiles.idxImages(5, 4, 3);
        byte[] labels = DataFiles.idxLabels(0, 1, 2, 0, 1);
        Path whole = Files.write(dir.resolve("labels"), labels);
        Path pixels = Files.write(dir.resolve("images"), images);
        Rng rng = Rng.of(6).stream("idx");
        int read = 0;
        for (int i = 0; i < 1500; i++) {
            boolean zipped = i % 3 == 0;
            Path target = dir.resolve(i + (zipped ? ".gz" : ".idx"));
            boolean ofLabels = i % 2 == 0;
            byte[] file = ofLabels ? labels : images;
            Files.write(target, Mutations.of(zipped ? DataFiles.gzip(file) : file, images, rng.at(i)));
            read += survives(target, () -> IdxImages.read(ofLabels ? pixels : target, ofLabels ? target : whole, names))
                    ? 1
                    : 0;
            Files.delete(target);
        }
        assertTrue(read > 15 && read < 1400, "read " + read);
    }

    @Test
    void damagedCifarFilesAreReadOrRefused() throws Exception {
        Path batch = dir.resolve("data_batch_1.bin");
        Path names = dir.resolve("batches.meta.txt");
        DataFiles.cifar(batch, new int[][] {{3}, {9}, {0}});
        DataFiles.cifar(dir.resolve("test_batch.bin"), new int[][] {{1}});
        byte[] pixels = Files.readAllBytes(batch);
        byte[] words = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".getBytes(StandardCharsets.UTF_8);
        Rng rng = Rng.of(6).stream("cifar");
        int read = 0;
        for (int i = 0; i < 400; i++) {
            boolean ofNames = i % 2 == 0;
            Files.write(batch, ofNames ? pixels : Mutations.of(pixels, words, rng.at(i)));
            Files.write(names, ofNames ? Mutations.of(words, pixels, rng.at(i)) : words);
            read += survives(ofNames ? names : batch, () -> Dataset.cifar10(dir)) ? 1 : 0;
        }
        assertTrue(read > 40 && read < 360, "read " + read);
    }

    /** Whether it is read; the reading must end in time, take little memory and fail as it says. */
    private boolean survives(Path file, Reading reading) throws Exception {
        Future<Boolean> outcome = worker.submit(() -> {
            long before = Allocation.ofThread();
            boolean read = true;
            try {
                reading.read();
            } catch (IOException e) {
                String message = String.valueOf(e.getMessage());
                assertTrue(message.startsWith(dir.toString()), message);
                read = false;
            }
            long taken = Allocation.ofThread() - before;
            assertTrue(taken < MOST_BYTES, file + " took " + taken);
            return read;
        });
        return outcome.get(MOST_SECONDS, TimeUnit.SECONDS);
    }

    private interface Reading {
        void read() throws IOException;
    }
}
