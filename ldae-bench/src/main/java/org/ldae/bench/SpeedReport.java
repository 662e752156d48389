package org.ldae.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Times what decides how long training takes, beside other libraries doing the same work. */
@Command(
        name = "SpeedReport",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Times the library beside others doing the same work; prints name=value lines.")
public final class SpeedReport implements Callable<Integer> {

    @Option(names = "--peers", split = ",", description = "Whom to compare with (default: ${DEFAULT-VALUE}).")
    private List<String> peers = Peers.NAMES;

    @Option(names = "--rounds", description = "Rounds that count, A B A B ... (default: ${DEFAULT-VALUE}).")
    private int rounds = 7;

    @Option(names = "--only", split = ",", description = "Only these tasks, such as step,step16 (default: all).")
    private List<String> only = List.of();

    @Option(names = "--json", description = "Also write the numbers to this file.")
    private @Nullable Path json;

    @Option(
            names = "--python",
            description = "Interpreter with torch and sklearn (default: python3, where it has them).")
    private @Nullable String python;

    @Option(names = "--libtorch", description = "Folder that mvn -Ppeers package filled (default: beside the jar).")
    private Path libtorch = Peers.besideTheJar();

    SpeedReport() {}

    /**
     * Prints the report.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        int status = new CommandLine(new SpeedReport())
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (failure instanceof IllegalArgumentException || failure instanceof IOException) {
                        System.err.println("error: " + failure.getMessage());
                        return 1;
                    }
                    throw failure;
                })
                .execute(args);
        System.exit(status);
    }

    @Override
    public Integer call() throws IOException {
        List<Task> tasks = tasks();
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds: expected at least 1, got " + rounds);
        }
        Report report = new Report(System.out);
        Machine.describe(report);
        Path folder = Files.createTempDirectory("ldae-speed");
        Map<String, Peer> running = new LinkedHashMap<>();
        try {
            start(new Peers(python, libtorch, folder), tasks, report, running);
            for (Task task : tasks) {
                new Contest(task, folder, rounds).run(report, running);
            }
        } finally {
            for (Peer peer : running.values()) {
                peer.close();
            }
            delete(folder);
        }
        if (json != null) {
            Files.writeString(json, report.toJson());
        }
        return report.failed() ? 1 : 0;
    }

    private List<Task> tasks() {
        List<Task> all = Tasks.all();
        List<String> names = all.stream().map(Task::name).toList();
        if (!names.containsAll(only)) {
            throw new IllegalArgumentException("--only: expected some of %s, got %s".formatted(names, only));
        }
        if (!Peers.NAMES.containsAll(peers)) {
            throw new IllegalArgumentException("--peers: expected some of %s, got %s".formatted(Peers.NAMES, peers));
        }
        return only.isEmpty()
                ? all
                : all.stream().filter(task -> only.contains(task.name())).toList();
    }

    private void start(Peers where, List<Task> tasks, Report report, Map<String, Peer> running) throws IOException {
        for (String name : peers) {
            if (tasks.stream().noneMatch(task -> task.peers().contains(name))) {
                continue;
            }
            try {
                Peer peer = where.start(name);
                running.put(name, peer);
                report.put(name, peer.about());
            } catch (MissingPeerException e) {
                report.put(name, "missing: " + e.getMessage());
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> inside = Files.list(folder)) {
            inside.forEach(files::add);
        }
        files.add(folder);
        for (Path file : files) {
            Files.delete(file);
        }
    }
}
