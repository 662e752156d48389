package org.ldae.inference;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.ldae.compute.Backend;
import org.ldae.compute.KernelsProvider;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.Lifetime;
import org.ldae.data.Picture;
import org.ldae.nn.Workspace;

/**
 * Features of one picture at a time, on the calling thread: what an application serves. Made by {@link Encoder#predictor}; to be
 * shared between threads.
 *
 * <p>It keeps the memory of a pass for each call that was ever under way at a time, and lets at most {@link Backend#threads}
 * calls run side by side; others wait. Many pictures at once are faster by {@link Encoder#represent}.
 */
public final class Predictor implements AutoCloseable {

    private final Reading reading;
    private final ImageShape shape;
    private final KernelsProvider kernels = Backend.provider();
    private final Semaphore places = new Semaphore(Backend.threads(), true);
    private final Queue<Seat> idle = new ConcurrentLinkedQueue<>();
    private final Lifetime lifetime = new Lifetime("the predictor", this::free);

    Predictor(Reading reading) {
        this.reading = reading;
        this.shape = reading.grid().image();
    }

    /**
     * Features of a picture that is there as numbers.
     *
     * @param pixels {@code [C, H, W]} in [-1, 1], of the shape the encoder works on
     * @return as many numbers as a row of {@link Encoder#represent}
     * @throws IllegalArgumentException if there are more or fewer pixels
     * @throws IllegalStateException if this predictor or its encoder is closed
     */
    public float[] features(float[] pixels) {
        if (pixels.length != shape.size()) {
            throw new IllegalArgumentException("pixels: expected the %d of [C, H, W] = %s, got %d; resize the picture"
                    .formatted(shape.size(), shape, pixels.length));
        }
        return seated(seat -> seat.features(pixels));
    }

    /**
     * Features of a picture, decoded as in a folder: its shorter side resized, its centre cut out, for a square shape.
     *
     * @param picture of a file, its bytes or an image in memory, read in grey or colour as the encoder's images; what needs another
     *     decoding is read by {@link Picture#read} and given as pixels
     * @return as many numbers as a row of {@link Encoder#represent}
     * @throws IOException if the picture can't be read or decoded, or has another size than a shape that isn't square
     * @throws IllegalArgumentException if the encoder's images have neither one channel nor three
     * @throws IllegalStateException if this predictor or its encoder is closed
     */
    public float[] features(Picture picture) throws IOException {
        return features(picture.pixels(shape));
    }

    private <T> T seated(Function<Seat, T> work) {
        return lifetime.use(() -> reading.inference().use(() -> {
            places.acquireUninterruptibly();
            try {
                return Workers.withSingleThreadedBlas(() -> onSeat(work));
            } finally {
                places.release();
            }
        }));
    }

    private <T> T onSeat(Function<Seat, T> work) {
        Seat waiting = idle.poll();
        Seat seat = waiting == null ? new Seat() : waiting;
        try {
            return work.apply(seat);
        } finally {
            idle.add(seat);
        }
    }

    private void free() {
        idle.forEach(seat -> seat.work.close());
        idle.clear();
    }

    /** Frees its memory once the last call under way has ended; the encoder stays open. */
    @Override
    public void close() {
        lifetime.close();
    }

    @Override
    public String toString() {
        return "Predictor[images %s, %,d features]".formatted(shape, reading.size());
    }

    /** What one call works with. */
    private final class Seat {
        private final Workspace work = reading.inference().workspace(kernels.kernels());
        private final Inference.Pass pass;
        private final Patches patches = Patches.of(reading.grid());
        private final float[] cut = new float[shape.size()];

        Seat() {
            try {
                pass = reading.passes().of(work, 1);
            } catch (RuntimeException | Error e) {
                work.close();
                throw e;
            }
        }

        float[] features(float[] pixels) {
            float[] features = new float[reading.size()];
            patches.gather(pixels, 0, cut, 0);
            pass.run(cut, features, 0);
            return features;
        }
    }
}
