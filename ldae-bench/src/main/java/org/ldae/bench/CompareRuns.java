package org.ldae.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two runs of the JMH benchmarks, each written by {@code -rf json -rff FILE} or kept by {@link KeepBaseline}. */
@Command(
        name = "CompareRuns",
        mixinStandardHelpOptions = true,
        description = "Prints how much slower or faster each benchmark became; exits with 1 beyond the threshold.")
public final class CompareRuns implements Callable<Integer> {

    private static final int SLOWER = 1;
    private static final int NOTHING_IN_COMMON = 2;

    @Parameters(index = "0", description = "JSON of the baseline, or a folder with one for each kind of machine.")
    private Path before = Path.of("before.json");

    @Parameters(index = "1", description = "JSON of the run that is compared with it.")
    private Path after = Path.of("after.json");

    @Option(
            names = "--threshold",
            description =
                    "Largest ratio of times, after over before, that is no regression (default: ${DEFAULT-VALUE}).")
    private double threshold = 1.25;

    private final PrintStream out;

    CompareRuns(PrintStream out) {
        this.out = out;
    }

    /**
     * Compares two files.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    static int run(PrintStream out, String... args) {
        return new CommandLine(new CompareRuns(out))
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (failure instanceof IllegalArgumentException || failure instanceof IOException) {
                        out.println("error: " + failure.getMessage());
                        return NOTHING_IN_COMMON;
                    }
                    throw failure;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws IOException {
        if (!(threshold > 0)) {
            throw new IllegalArgumentException("--threshold: expected a ratio above 0, got " + threshold);
        }
        Run baseline = Files.isDirectory(before) ? nearest(before) : Run.read(before);
        introduce(baseline);
        Map<String, Measured> old = byName(baseline);
        Map<String, Measured> fresh = byName(Run.read(after));
        int worse = 0;
        int compared = 0;
        for (Map.Entry<String, Measured> each : fresh.entrySet()) {
            Measured former = old.remove(each.getKey());
            if (former == null) {
                out.println("new      " + each.getKey());
                continue;
            }
            double ratio = each.getValue().timeOver(former);
            compared++;
            boolean slow = ratio > threshold;
            worse += slow ? 1 : 0;
            out.printf(
                    Locale.ROOT,
                    "%-8s %5.2f  %s, known to %s and %s%n",
                    slow ? "SLOWER" : "ok",
                    ratio,
                    each.getKey(),
                    former.uncertainty(),
                    each.getValue().uncertainty());
        }
        old.keySet().forEach(name -> out.println("missing  " + name));
        out.printf(Locale.ROOT, "%d compared, %d slower than %.2f times the baseline%n", compared, worse, threshold);
        return worse > 0 ? SLOWER : compared == 0 ? NOTHING_IN_COMMON : 0;
    }

    /** The baseline of this kind of machine, or of another if there is none. */
    private static Run nearest(Path folder) throws IOException {
        Path own = folder.resolve(Machine.kind() + ".json");
        if (Files.exists(own)) {
            return Run.read(own);
        }
        try (Stream<Path> files = Files.list(folder)) {
            Path other = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> new NoSuchFileException(
                            own + ": expected a baseline, got a folder without any; " + "make one by KeepBaseline"));
            return Run.read(other);
        }
    }

    private void introduce(Run baseline) {
        if (baseline.kind() == null) {
            return;
        }
        out.printf("baseline %s: %s (%s)%n", baseline.kind(), baseline.machine(), baseline.note());
        if (!baseline.kind().equals(Machine.kind())) {
            out.printf("this machine is %s, another kind of processor: ratios mean little%n", Machine.kind());
        }
    }

    private static Map<String, Measured> byName(Run run) {
        Map<String, Measured> byName = new LinkedHashMap<>();
        run.results().forEach(each -> byName.put(each.name(), each));
        return byName;
    }
}
