package org.ldae.runlog;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.ldae.core.Progress;

/**
 * A listener that writes what it hears: every number of every event, pictures and text that it is given.
 *
 * <pre>{@code
 * try (RunLog log = RunLog.in(Path.of("out/run"), Progress.console());
 *         LatentDAE model = recipe.train(images, Rng.of(1), log)) {
 *     log.picture("denoised", 0, Figures.triplets(clean, noisy, denoised));
 * }
 * // tensorboard --logdir out
 * }</pre>
 *
 * <p>TensorBoard reads the folder's {@code events.out.tfevents} file; {@code run.csv} has a line for each number (stage, about, step,
 * seconds, quantity, value), {@code run.jsonl} an object for each event. A run that goes on adds to both, and begins another
 * event file, as TensorBoard expects. A file that can't be written, such as on a full disk, doesn't end the work: the listener behind
 * is warned once, and nothing more is written to it. Safe to share between threads.
 */
public final class RunLog implements Progress, AutoCloseable {

    private final Progress behind;
    private final List<Sink> sinks;

    /** What can be written. */
    public enum Format {
        /** {@code events.out.tfevents...}, TensorBoard's. */
        TENSORBOARD,
        /** {@code run.csv}; numbers alone. */
        CSV,
        /** {@code run.jsonl}; pictures by their names only. */
        JSON_LINES
    }

    private RunLog(Progress behind, List<Sink> sinks) {
        this.behind = behind;
        this.sinks = sinks;
    }

    /**
     * Logs in all formats.
     *
     * @param folder created if it is missing
     * @param behind told everything too, such as the console
     * @return the log; close it at the end of the run
     * @throws IOException if the folder or a file can't be made
     */
    public static RunLog in(Path folder, Progress behind) throws IOException {
        return in(folder, behind, Set.of(Format.values()));
    }

    /**
     * Logs in some formats.
     *
     * @param folder created if it is missing
     * @param behind told everything too, such as the console
     * @param formats which files are written
     * @return the log; close it at the end of the run
     * @throws IOException if the folder or a file can't be made
     */
    public static RunLog in(Path folder, Progress behind, Set<Format> formats) throws IOException {
        Files.createDirectories(folder);
        List<Sink> sinks = new ArrayList<>();
        try {
            for (Format format : Format.values()) {
                if (formats.contains(format)) {
                    sinks.add(sink(format, folder));
                }
            }
        } catch (IOException e) {
            sinks.forEach(sink -> given(sink, e));
            throw e;
        }
        return new RunLog(behind, sinks);
    }

    private static Sink sink(Format format, Path folder) throws IOException {
        return switch (format) {
            case TENSORBOARD -> new EventFile(folder);
            case CSV -> new CsvFile(folder.resolve("run.csv"));
            case JSON_LINES -> new JsonLinesFile(folder.resolve("run.jsonl"));
        };
    }

    @Override
    public synchronized void update(Event event) {
        each(sink -> sink.event(event));
        behind.update(event);
    }

    @Override
    public synchronized void warn(String message) {
        each(sink -> sink.text("warning", 0, message));
        behind.warn(message);
    }

    /**
     * Writes a text.
     *
     * @param name such as {@code "recipe"}
     * @param step of the run
     * @param text Markdown in TensorBoard
     */
    public synchronized void text(String name, long step, String text) {
        each(sink -> sink.text(name, step, text));
    }

    /**
     * Writes a picture.
     *
     * @param name such as {@code "denoised"}
     * @param step of the run
     * @param picture stored as PNG
     */
    public synchronized void picture(String name, long step, BufferedImage picture) {
        each(sink -> sink.picture(name, step, picture));
    }

    private interface Writing {
        void to(Sink sink) throws IOException;
    }

    private void each(Writing writing) {
        for (Sink sink : List.copyOf(sinks)) {
            try {
                writing.to(sink);
            } catch (IOException e) {
                sinks.remove(sink);
                behind.warn("run log: can't write %s (%s); it is left as it is".formatted(sink.file(), given(sink, e)));
            }
        }
    }

    /** Closes what failed; says why it failed. */
    private static String given(Sink sink, IOException failure) {
        try {
            sink.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure.toString();
    }

    /** Writes what is left and closes the files. */
    @Override
    public synchronized void close() {
        each(Sink::close);
        sinks.clear();
    }

    /** Name of a number in a log. */
    static String name(Quantity quantity) {
        return quantity.name().toLowerCase(Locale.ROOT);
    }

    /** Numbers of an event in a fixed order. */
    static Map<String, Double> numbers(Event event) {
        Map<String, Double> numbers = new TreeMap<>();
        event.numbers().forEach((quantity, value) -> numbers.put(name(quantity), value));
        return numbers;
    }

    /** One file. */
    interface Sink {
        Path file();

        void event(Event event) throws IOException;

        void text(String name, long step, String text) throws IOException;

        void picture(String name, long step, BufferedImage picture) throws IOException;

        void close() throws IOException;
    }
}
