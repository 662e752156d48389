package org.ldae.campaign;

import static org.ldae.campaign.KilledWork.require;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.ldae.core.Rng;

/**
 * Kills processes ({@code kill -9}) while they train, pack, run studies and download, and starts them again: what was saved stays,
 * in the end everything is as without kills, to the bit, and nothing is left behind.
 *
 * <p>Run with the number of kills and a seed: {@code KillLoop 500 1}.
 */
public final class KillLoop {

    private static final int LATEST_MILLISECONDS = 1200;

    private final Path folder;
    private final RandomGenerator random;
    private final Map<String, Tally> tallies = new LinkedHashMap<>();

    /** What came of one kind of work. */
    private static final class Tally {
        private int kills;
        private int completed;

        @Override
        public String toString() {
            return "%s kills, %s runs completed".formatted(kills, completed);
        }
    }

    KillLoop(Path folder, long seed) {
        this.folder = folder;
        this.random = Rng.of(seed).generator()::nextLong;
    }

    /** Kills so often in each kind of work. */
    void run(int kills, List<String> kinds) throws IOException, InterruptedException {
        try (SlowServer server = new SlowServer()) {
            for (String kind : kinds) {
                String work = kind.equals("download") ? server.address().toString() : kind;
                Tally tally = new Tally();
                tallies.put(kind, tally);
                Path undisturbed = Files.createDirectories(folder.resolve(kind + "-undisturbed"));
                require(start(work, undisturbed).waitFor() == 0, kind + ": failed undisturbed");
                for (int run = 0; tally.kills < kills; run++) {
                    Path place = Files.createDirectories(folder.resolve(kind + "-" + run));
                    killed(work, place, kills, tally);
                    try {
                        KilledWorks.of(work).requireSame(undisturbed, place);
                    } catch (IOException e) {
                        throw new IOException(place + ": " + e.getMessage(), e);
                    }
                    tally.completed++;
                    delete(place);
                }
            }
        }
    }

    /** One run from its start to its end, killed again and again. */
    private void killed(String name, Path place, int kills, Tally tally) throws IOException, InterruptedException {
        KilledWork work = KilledWorks.of(name);
        long saved = 0;
        while (true) {
            Process process = start(name, place);
            if (tally.kills < kills) {
                process.waitFor(random.nextInt(LATEST_MILLISECONDS), TimeUnit.MILLISECONDS);
            } else {
                process.waitFor();
            }
            if (!process.isAlive()) {
                require(process.waitFor() == 0, place + ": failed, see " + place + ".txt");
                return;
            }
            process.destroyForcibly().waitFor();
            tally.kills++;
            long now = work.saved(place);
            require(now >= saved, "%s: %s were saved, %s are left".formatted(place, saved, now));
            saved = now;
        }
    }

    /** A process that has begun to work. */
    private static Process start(String work, Path place) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dldae.threads=1",
                "-cp",
                System.getProperty("java.class.path"),
                KillLoop.class.getName(),
                work,
                place.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        place.resolveSibling(place.getFileName() + ".txt").toFile()))
                .start();
        BufferedReader told = process.inputReader(StandardCharsets.UTF_8);
        require(Objects.equals(told.readLine(), "begun"), place + ": failed to begin, see " + place + ".txt");
        return process;
    }

    private static void delete(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    Map<String, Tally> tallies() {
        return tallies;
    }

    /**
     * Kills, or, in a process that is to be killed, works.
     *
     * @param args kills in all and a seed; or a kind of work and a folder
     * @throws Exception if something was lost
     */
    public static void main(String[] args) throws Exception {
        if (!args[0].matches("\\d+")) {
            KilledWork work = KilledWorks.of(args[0]);
            System.out.println("begun");
            work.run(Path.of(args[1]));
            return;
        }
        long began = System.nanoTime();
        KillLoop loop = new KillLoop(Files.createTempDirectory("kills"), args.length > 1 ? Long.parseLong(args[1]) : 1);
        int kills = Integer.parseInt(args[0]);
        loop.run(kills / 5, List.of("training"));
        loop.run(3 * kills / 10, List.of("packing"));
        loop.run(kills / 10, List.of("study"));
        loop.run(2 * kills / 5, List.of("download"));
        loop.tallies.forEach((kind, tally) -> System.out.printf("%-10s %s%n", kind, tally));
        System.out.printf(Locale.ROOT, "nothing lost, in %.0f s%n", (System.nanoTime() - began) / 1e9);
    }
}
