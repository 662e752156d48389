package org.ldae.bench;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two runs of the JMH benchmarks, each written by {@code -rf json -rff FILE}. */
@Command(
        name = "CompareRuns",
        mixinStandardHelpOptions = true,
        description = "Prints how much slower or faster each benchmark became; exits with 1 beyond the threshold.")
public final class CompareRuns implements Callable<Integer> {

    private static final int SLOWER = 1;
    private static final int NOTHING_IN_COMMON = 2;

    @Parameters(index = "0", description = "JSON of the baseline.")
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
        Map<String, Score> old = read(before);
        Map<String, Score> fresh = read(after);
        int worse = 0;
        int compared = 0;
        for (Map.Entry<String, Score> each : fresh.entrySet()) {
            Score baseline = old.remove(each.getKey());
            if (baseline == null) {
                out.println("new      " + each.getKey());
                continue;
            }
            double ratio = each.getValue().timeOver(baseline);
            compared++;
            boolean slow = ratio > threshold;
            worse += slow ? 1 : 0;
            out.printf(Locale.ROOT, "%-8s %5.2f  %s%n", slow ? "SLOWER" : "ok", ratio, each.getKey());
        }
        old.keySet().forEach(name -> out.println("missing  " + name));
        out.printf(Locale.ROOT, "%d compared, %d slower than %.2f times the baseline%n", compared, worse, threshold);
        return worse > 0 ? SLOWER : compared == 0 ? NOTHING_IN_COMMON : 0;
    }

    private static Map<String, Score> read(Path file) throws IOException {
        try {
            Result[] results = new Gson().fromJson(Files.readString(file), Result[].class);
            Map<String, Score> scores = new LinkedHashMap<>();
            for (Result result : results == null ? new Result[0] : results) {
                scores.put(result.name(), new Score(result.mode, result.primaryMetric));
            }
            return scores;
        } catch (JsonParseException | NullPointerException e) {
            throw new IOException(file + ": expected what JMH writes with -rf json, got something else", e);
        }
    }

    /** What JMH writes of a benchmark. */
    private record Result(
            String benchmark, String mode, @Nullable Map<String, String> params, Metric primaryMetric) {
        String name() {
            String plain = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
            return params == null ? plain : plain + " " + new TreeMap<>(params);
        }
    }

    private record Metric(double score, String scoreUnit) {}

    private record Score(String mode, Metric metric) {
        /** Times over times; throughput is turned over. */
        double timeOver(Score baseline) {
            if (!metric.scoreUnit.equals(baseline.metric.scoreUnit) || !mode.equals(baseline.mode)) {
                throw new IllegalArgumentException("expected runs in the same mode and unit, got %s %s and %s %s"
                        .formatted(baseline.mode, baseline.metric.scoreUnit, mode, metric.scoreUnit));
            }
            double ratio = metric.score / baseline.metric.score;
            return mode.equals("thrpt") ? 1 / ratio : ratio;
        }
    }
}
