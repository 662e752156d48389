package org.ldae.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
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

    private int compareWithFolder(Path baselines, String after) throws IOException {
        Path run = Files.writeString(folder.resolve("after.json"), after);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = CompareRuns.run(out, baselines.toString(), run.toString());
        printed = bytes.toString(StandardCharsets.UTF_8);
        return status;
    }

    @Test
    void aRunThatIsKeptIsTheBaselineOfItsKindOfMachine() throws IOException {
        Path baselines = Files.createDirectory(folder.resolve("baselines"));
        Path run = Files.writeString(folder.resolve("run.json"), run("avgt", 10).replace("\"NaN\"", "0.5"));
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        assertEquals(2, compareWithFolder(baselines, run("avgt", 13)));
        assertTrue(printed.contains("expected a baseline"), printed);
        assertEquals(0, KeepBaseline.run(nowhere, run.toString(), baselines.toString(), "--note", "a quiet hour"));
        assertEquals(1, compareWithFolder(baselines, run("avgt", 13)));
        assertTrue(printed.contains("baseline " + Machine.kind() + ": "), printed);
        assertTrue(printed.contains("(a quiet hour)"), printed);
        assertTrue(printed.contains("1.30  AttentionBenchmark.forward {tokens=64}, known to 5% and ?"), printed);
        assertFalse(printed.contains("another kind"), printed);
    }

    @Test
    void aBaselineOfAnotherKindOfMachineIsComparedWithAWarning() throws IOException {
        Path baselines = Files.createDirectory(folder.resolve("baselines"));
        Path run = Files.writeString(folder.resolve("run.json"), run("avgt", 10));
        Run.read(run).on("abacus-1-cores", "an abacus", "").write(baselines.resolve("abacus-1-cores.json"));
        assertEquals(0, compareWithFolder(baselines, run("avgt", 10)));
        assertTrue(printed.contains("another kind of processor: ratios mean little"), printed);
        assertTrue(printed.contains("1 compared, 0 slower"), printed);
    }

    @Test
    void theKeptBaselinesAreNamedByTheirKindAndReadable() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("baselines"))) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".json")).toList()) {
                Run run = Run.read(file);
                assertEquals(file.getFileName().toString(), run.kind() + ".json");
                assertTrue(run.results().stream().allMatch(each -> each.score() > 0), file.toString());
            }
        }
    }

    @Test
    void theKindOfAMachineIsItsProcessorWidestInstructionsAndCores() {
        assertEquals("x86-64-avx512-2-cores", Machine.kind("amd64", Set.of("avx2", "avx512f"), 2));
        assertEquals("x86-64-avx2-4-cores", Machine.kind("amd64", Set.of("sse2", "avx2"), 4));
        assertEquals("aarch64-8-cores", Machine.kind("aarch64", Set.of(), 8));
    }
}
