package org.ldae.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.sampling.Sampler;
import org.ldae.sampling.Samples;

/**
 * Trains, saves, resumes, loads, represents, denoises, samples and closes, over and over, and watches the memory of the process:
 * what it grows by from a tenth of the time to the end.
 *
 * <p>Run with minutes: {@code Soak 60}. On Linux, where the system tells the memory of a process.
 */
public final class Soak {

    /** Far below what one model kept a round would add; smaller growth is printed, not refused. */
    private static final long MOST_GROWTH = 64 << 20;

    private static final int LINES = 20;

    /** What ND4J's threads take at most to free what a collection has found. */
    private static final int SETTLING_MILLIS = 2_000;

    private static final ImageSource IMAGES = Synthetic.images(60, 1);

    private Soak() {}

    /** What a process does with models in its life. */
    private static void round(Path folder, long seed) throws IOException {
        Path run = folder.resolve("run.safetensors");
        try (Trainer trainer = Trainer.start(Synthetic.recipe(), IMAGES, Rng.of(seed), Progress.none())) {
            for (int i = 0; i < 20; i++) {
                trainer.step();
            }
            trainer.save(run);
        }
        try (Trainer trainer = Trainer.resume(run, Synthetic.recipe(), IMAGES, Rng.of(seed))) {
            trainer.run(Progress.none());
            trainer.save(run);
        }
        try (LatentDAE model = LatentDAE.load(run);
                PlainEncoder plain = model.plainEncoder(0.01)) {
            model.represent(IMAGES, Features.tokens()).close();
            plain.represent(IMAGES, Features.pooled()).close();
            model.denoise(model.addNoise(IMAGES.images(0, 1), 0.5, Rng.of(seed)), 0.5)
                    .close();
            Samples.of(model, Sampler.ddim(3))
                    .startingLike(IMAGES)
                    .draw(4, Rng.of(seed), Progress.none())
                    .close();
        }
    }

    /**
     * Of the process, heap and all; the heap is of one size by -Xms and -XX:+AlwaysPreTouch. After a collection: ND4J frees what it
     * holds of a closed array, some hundred bytes, once the collector has found the array's Java object, which may be hours later
     * where old objects fill the heap slowly.
     */
    private static long resident() throws IOException, InterruptedException {
        System.gc();
        Thread.sleep(SETTLING_MILLIS);
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Goes on for so many minutes.
     *
     * @param args minutes
     * @throws IOException if a file can't be written
     * @throws InterruptedException if interrupted while a collection settles
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        double seconds = 60 * Double.parseDouble(args[0]);
        Path folder = Files.createTempDirectory("soak");
        long began = System.nanoTime();
        long rounds = 0;
        long settled = 0;
        long last = 0;
        for (int line = 1; line <= LINES; line++) {
            while ((System.nanoTime() - began) / 1e9 < seconds * line / LINES) {
                round(folder, rounds++);
            }
            last = resident();
            settled = line == Math.max(1, LINES / 10) ? last : settled;
            System.out.printf(
                    Locale.ROOT,
                    "%5.0f s, %6d rounds: %d MB resident, %d MB of JavaCPP's%n",
                    (System.nanoTime() - began) / 1e9,
                    rounds,
                    last >> 20,
                    Pointer.totalBytes() >> 20);
        }
        System.out.printf("grown by %d MB since a tenth of the time%n", (last - settled) >> 20);
        System.exit(last - settled < MOST_GROWTH ? 0 : 1);
    }
}
