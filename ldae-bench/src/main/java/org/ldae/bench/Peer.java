package org.ldae.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another library in a process of its own, which stays alive and does what it is told line by line.
 *
 * <pre>
 * (start)             hello NAME AND VERSION, or missing WHAT
 * open KIND FILE      ok, and how it does it if there is a choice
 * check               values V V ...
 * turn WARMUP TIMED   seconds S        mean of an iteration
 * close               ok
 * (any)               failed: WHY
 * (end of input)      (exit)
 * </pre>
 */
final class Peer implements Side, AutoCloseable {

    private static final String END = "\0";
    private static final long PATIENCE_MINUTES = 10;

    private final Process process;
    private final Path log;
    private final Writer requests;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final String about;

    private Peer(Process process, Path log) throws IOException {
        this.process = process;
        this.log = log;
        this.requests = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "peer-reader");
        reader.setDaemon(true);
        reader.start();
        this.about = greeting();
    }

    private String greeting() throws IOException {
        String first = answer();
        if (first.startsWith("missing ")) {
            throw new MissingPeerException(first.substring("missing ".length()));
        }
        return after("hello", first);
    }

    /**
     * Starts a peer and waits for its greeting.
     *
     * @param builder its command and environment
     * @throws MissingPeerException if it is not installed
     * @throws PeerException if it dies or says something else
     */
    static Peer start(ProcessBuilder builder) throws IOException {
        Path log = Files.createTempFile("ldae-peer", ".log");
        Process process = null;
        try {
            process = builder.redirectError(log.toFile()).start();
            return new Peer(process, log);
        } catch (IOException | RuntimeException e) {
            if (process != null) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(log);
            if (process == null) {
                throw new MissingPeerException(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /** What it said it is. */
    String about() {
        return about;
    }

    /**
     * Sets it up for a task.
     *
     * @return what it has to say about how it does it, or nothing
     */
    String open(String kind, Path handoff) throws IOException {
        return after("ok", ask("open " + kind + " " + handoff));
    }

    /** The numbers that show that it does the same work. */
    double[] check() throws IOException {
        return numbers(after("values", ask("check")));
    }

    @Override
    public double take(Turn turn) throws IOException {
        double[] seconds = numbers(after("seconds", ask("turn " + turn.warmUp() + " " + turn.timed())));
        if (seconds.length != 1 || !(seconds[0] > 0)) {
            throw new PeerException("expected one positive number of seconds, got " + Arrays.toString(seconds));
        }
        return seconds[0];
    }

    /** Lets it free what the task took. */
    void closeTask() throws IOException {
        after("ok", ask("close"));
    }

    private String ask(String request) throws IOException {
        try {
            requests.write(request + "\n");
            requests.flush();
        } catch (IOException e) {
            throw died("could not be told '%s' (%s)".formatted(request, e.getMessage()));
        }
        return answer();
    }

    private String answer() throws IOException {
        try {
            String line = answers.poll(PATIENCE_MINUTES, TimeUnit.MINUTES);
            if (line == null) {
                throw new PeerException("no answer within %d minutes".formatted(PATIENCE_MINUTES));
            }
            if (line.equals(END)) {
                throw died("ended");
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted while waiting for an answer");
        }
    }

    private static String after(String word, String line) throws PeerException {
        if (!line.equals(word) && !line.startsWith(word + " ")) {
            throw new PeerException("expected '%s ...', got '%s'".formatted(word, line));
        }
        return line.substring(word.length()).strip();
    }

    private static double[] numbers(String words) throws PeerException {
        try {
            return Arrays.stream(words.split("\\s+"))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        } catch (NumberFormatException e) {
            throw new PeerException("expected numbers, got '%s'".formatted(words));
        }
    }

    private PeerException died(String how) throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
        List<String> last = lines.subList(Math.max(0, lines.size() - 5), lines.size());
        return new PeerException(how + (last.isEmpty() ? "" : ": " + String.join(" | ", last)));
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            @Nullable String line;
            while ((line = reader.readLine()) != null) {
                answers.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            answers.add(END);
        }
    }

    /** Ends the process. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(log);
    }
}
