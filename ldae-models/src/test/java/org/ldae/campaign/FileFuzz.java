package org.ldae.campaign;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ldae.core.Rng;

/**
 * Damages files of every kind that the library reads, and reads them: a file is read, or refused with the declared exception that
 * names it. Nothing else is thrown, nothing takes long, nothing takes more memory than its size or a limit allows.
 *
 * <p>Run with the number of cases and a seed: {@code FileFuzz 100000 1}. The case and the file of a defect are printed and kept.
 */
public final class FileFuzz {

    /** What stands before a letter of the sequence is a kind; each letter is as often as it is there. */
    private static final String SEQUENCE = "pcptpspctp";

    private static final double MOST_SECONDS = 5;
    private static final double HANGS_AFTER = 60;
    /** Of the heap; a picture of 2^18 pixels of 64 bits, or a header of 100,000 names. */
    private static final long MOST_BYTES = 128 << 20;

    private final Path folder;
    private final Map<Character, List<Subject>> subjects;
    private final Map<String, Tally> tallies = new TreeMap<>();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private ExecutorService worker = worker();

    /** What came of one kind of file. */
    private static final class Tally {
        private int read;
        private int refused;
        private int defects;
        private double slowest;
        private long largest;

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d read, %d refused, %d defects; slowest %.2f s, most heap %d MB",
                    read,
                    refused,
                    defects,
                    slowest,
                    largest >> 20);
        }
    }

    private FileFuzz(Path folder) throws IOException {
        this.folder = folder;
        this.subjects = Map.of(
                'p', PictureSubjects.in(folder),
                's', SetSubjects.in(folder),
                'c', CheckpointSubjects.in(folder),
                't', TextSubjects.in(folder));
    }

    /** What can't be read as it is tells nothing when it is damaged, but a few are among the tests for being refused. */
    private void requireMostRead() throws IOException {
        for (List<Subject> kind : subjects.values()) {
            int refused = 0;
            for (Subject subject : kind) {
                Files.write(subject.target(), subject.file());
                try {
                    subject.read();
                } catch (IOException e) {
                    System.out.printf("refused undamaged: %s%n", e.getMessage());
                    refused++;
                }
            }
            if (refused > kind.size() / 10) {
                throw new IllegalStateException("%d of %d whole files are refused".formatted(refused, kind.size()));
            }
        }
    }

    private static ExecutorService worker() {
        return Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "fuzz");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Reads a damaged file; the number of defects. */
    private void run(int number, Rng rng) throws IOException, InterruptedException {
        List<Subject> kind = Objects.requireNonNull(subjects.get(SEQUENCE.charAt(number % SEQUENCE.length())));
        Subject subject =
                kind.get(Math.floorMod(rng.stream("subject").generator().nextInt(), kind.size()));
        byte[] donor = kind.get(Math.floorMod(rng.stream("donor").generator().nextInt(), kind.size()))
                .file();
        Files.write(subject.target(), subject.damaged(donor, rng));
        Tally tally = tallies.computeIfAbsent(subject.kind(), name -> new Tally());
        long began = System.nanoTime();
        Future<Long> reading = worker.submit(() -> read(subject, tally));
        String defect = "";
        try {
            long bytes = reading.get((long) HANGS_AFTER, TimeUnit.SECONDS);
            tally.largest = Math.max(tally.largest, bytes);
            defect = bytes > MOST_BYTES ? "took %d MB".formatted(bytes >> 20) : "";
        } catch (ExecutionException e) {
            defect = "threw " + place(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            defect = "hangs";
            worker = worker(); // the other one is lost
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        tally.slowest = Math.max(tally.slowest, seconds);
        if (defect.isEmpty() && seconds > MOST_SECONDS) {
            defect = String.format(Locale.ROOT, "took %.1f s", seconds);
        }
        if (!defect.isEmpty()) {
            tally.defects++;
            Path kept =
                    folder.resolve("defect-" + number + "-" + subject.target().getFileName());
            Files.copy(subject.target(), kept);
            System.out.printf("case %d: %s %s: %s%n", number, subject.kind(), defect, kept);
        }
    }

    /** Bytes of the heap that it took. */
    private long read(Subject subject, Tally tally) throws Exception {
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            subject.read();
            tally.read++;
        } catch (Exception e) {
            String message = String.valueOf(e.getMessage());
            if (!subject.declares(e)
                    || !message.contains(String.valueOf(subject.target().getParent()))) {
                throw e;
            }
            tally.refused++;
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static String place(Throwable problem) {
        return problem
                + Arrays.stream(problem.getStackTrace())
                        .filter(frame -> frame.getClassName().startsWith("org.ldae")
                                && !frame.getClassName().contains("campaign"))
                        .findFirst()
                        .map(frame -> " at " + frame)
                        .orElse("");
    }

    private int defects() {
        return tallies.values().stream().mapToInt(tally -> tally.defects).sum();
    }

    /**
     * Runs so many cases and prints what they came to.
     *
     * @param args number of cases, seed
     * @throws Exception if a good file can't be made
     */
    public static void main(String[] args) throws Exception {
        int cases = Integer.parseInt(args[0]);
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        FileFuzz fuzz = new FileFuzz(Files.createTempDirectory("fuzz"));
        fuzz.requireMostRead();
        long began = System.nanoTime();
        for (int i = 0; i < cases; i++) {
            fuzz.run(i, Rng.of(seed).at(i));
        }
        fuzz.tallies.forEach((kind, tally) -> System.out.printf("%-24s %s%n", kind, tally));
        System.out.printf(
                Locale.ROOT,
                "%d cases of seed %d in %.0f s: %d defects%n",
                cases,
                seed,
                (System.nanoTime() - began) / 1e9,
                fuzz.defects());
        System.exit(fuzz.defects() == 0 ? 0 : 1);
    }
}
