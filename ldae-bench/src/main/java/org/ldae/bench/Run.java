package org.ldae.bench;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Benchmarks that were run together, and on what. A baseline is kept as this; what JMH writes says nothing of the processor. */
record Run(
        @Nullable String kind,
        @Nullable String machine,
        @Nullable String note,
        List<Measured> results) {

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    /** Reads a baseline, or what JMH writes with {@code -rf json}. */
    static Run read(Path file) throws IOException {
        try {
            JsonElement json = JsonParser.parseString(Files.readString(file));
            return json.isJsonArray() ? ofJmh(json.getAsJsonArray()) : checked(GSON.fromJson(json, Run.class));
        } catch (JsonParseException | NullPointerException | IllegalArgumentException e) {
            throw new IOException(
                    file + ": expected what JMH writes with -rf json, or a baseline kept of it, got something else", e);
        }
    }

    private static Run ofJmh(JsonArray results) {
        List<Measured> all = new ArrayList<>();
        for (JsonElement each : results) {
            all.add(GSON.fromJson(each, Jmh.class).measured());
        }
        return new Run(null, null, null, all);
    }

    /** As it was read: Gson leaves out what the file does. */
    private static Run checked(Run run) {
        for (Measured each : run.results) {
            Objects.requireNonNull(each.benchmark());
            Objects.requireNonNull(each.mode());
            Objects.requireNonNull(each.unit());
        }
        return run;
    }

    Run on(String newKind, String newMachine, String newNote) {
        return new Run(newKind, newMachine, newNote, results);
    }

    void write(Path file) throws IOException {
        Files.writeString(file, GSON.toJson(this) + "\n");
    }

    /** What JMH writes of a benchmark, as far as it is used. */
    private record Jmh(
            String benchmark, String mode, @Nullable Map<String, String> params, Metric primaryMetric) {
        Measured measured() {
            String name = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
            double error = primaryMetric.scoreError;
            return new Measured(
                    name,
                    params,
                    mode,
                    primaryMetric.score,
                    Double.isFinite(error) ? error : null,
                    primaryMetric.scoreUnit);
        }
    }

    private record Metric(double score, double scoreError, String scoreUnit) {}
}
