package org.ldae.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ratios, thresholds and exit codes of comparisons. */
class CompareRunsTest {

    @TempDir
    private Path folder;

    private String printed = "";

    private int compare(String before, String after, String... more) throws IOException {
        Path a = Files.writeString(folder.resolve("before.json"), before);
        Path b = Files.writeString(folder.resolve("after.json"), after);
        String[] args = new String[2 + more.length];
        args[0] = a.toString();
        args[1] = b.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int status = CompareRuns.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), args);
        printed = bytes.toString(StandardCharsets.UTF_8);
        return status;
    }

    private static String run(String mode, double score) {
        return """
                [{"benchmark": "org.ldae.bench.AttentionBenchmark.forward", "mode": "%s", "params": {"tokens": "64"},
                  "primaryMetric": {"score": %s, "scoreError": "NaN", "scoreUnit": "us/op", "rawData": [[1]]}}]
                """.formatted(mode, score);
    }

    @Test
    void slowerBeyondTheThresholdFails() throws IOException {
        assertEquals(1, compare(run("avgt", 10), run("avgt", 13)));
        assertTrue(printed.contains("SLOWER    1.30  AttentionBenchmark.forward {tokens=64}"), printed);
        assertEquals(0, compare(run("avgt", 10), run("avgt", 13), "--threshold", "1.5"));
        assertEquals(0, compare(run("avgt", 10), run("avgt", 5)));
    }

    @Test
    void lessThroughputIsSlower() throws IOException {
        assertEquals(1, compare(run("thrpt", 10), run("thrpt", 5)));
        assertTrue(printed.contains("2.00"), printed);
        assertEquals(0, compare(run("thrpt", 10), run("thrpt", 20)));
    }

    @Test
    void runsThatCannotBeComparedAreErrors() throws IOException {
        assertEquals(2, compare(run("avgt", 1), run("thrpt", 1)));
        assertTrue(printed.contains("same mode and unit"), printed);
        assertEquals(2, compare("[]", run("avgt", 1)));
        assertTrue(printed.contains("new      AttentionBenchmark.forward"), printed);
        assertEquals(2, compare("{}", run("avgt", 1)));
        assertTrue(printed.contains("before.json"), printed);
    }
}
