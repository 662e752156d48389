package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Progress;

/** Reads 33 MB of images, one byte a pixel, in Java processes of 24 MB. */
class FlatMemoryTest {

    private static final int COUNT = 220;
    private static final int SIDE = 224;

    @TempDir
    private static Path dir;

    @BeforeAll
    static void pictures() throws IOException {
        JpegFolder.write(dir.resolve("data"), COUNT, SIDE, SIDE);
    }

    @Test
    void anEpochOfASetLargerThanTheHeapReadsAheadInIt() throws Exception {
        assertEquals("0 read", run("ahead"));
    }

    @Test
    void packedImagesTakeNoHeap() throws Exception {
        assertEquals("0 read", run("packed"));
    }

    /** That the others show something. */
    @Test
    void theSetDoesNotFitIntoTheHeap() throws Exception {
        String result = run("cached");
        assertTrue(result.contains("OutOfMemoryError"), result);
    }

    private static String run(String how) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx24m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Epoch.class.getName(),
                        how,
                        dir.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return process.waitFor() + " " + output;
    }

    /** What runs in the small process. */
    static final class Epoch {

        private Epoch() {}

        public static void main(String[] args) throws IOException {
            Path dir = Path.of(args[1]);
            ImageSource folder = Dataset.folder(dir.resolve("data"), FolderOptions.square(SIDE))
                    .train();
            switch (args[0]) {
                case "ahead" -> readAhead(folder, 1);
                case "packed" -> readAhead(folder.packed(dir.resolve("packed"), Progress.none()), 2);
                default -> readAhead(folder.cached(), 1);
            }
            System.out.println("read");
        }

        private static void readAhead(ImageSource images, int epochs) {
            ReadAhead.Limits limits = new ReadAhead.Limits((long) epochs * images.size(), 8, 2);
            ReadAhead.Reader reader = (item, pixels) -> images.read((int) (item % images.size()), pixels, 0);
            List<float[]> first = new ArrayList<>();
            try (ReadAhead ahead = new ReadAhead(reader, images.shape().size(), limits)) {
                for (long item = 0; item < limits.items(); item++) {
                    float[] pixels = ahead.get(item);
                    if (item < 2) {
                        first.add(pixels.clone());
                    } else if (item % images.size() < 2
                            && !java.util.Arrays.equals(first.get((int) (item % images.size())), pixels)) {
                        throw new UncheckedIOException(new IOException("another image in the next epoch"));
                    }
                }
            }
        }
    }
}
