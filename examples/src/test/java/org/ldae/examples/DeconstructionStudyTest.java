package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One row of the study, from the command line to its report. */
class DeconstructionStudyTest {

    private static final List<String> ROW =
            List.of("--limit", "100", "--epochs", "1", "--groups", "path", "--steps", "single-level", "--jobs", "1");

    @TempDir
    private Path out;

    @Test
    void writesTheReportAndWritesItAgainFromSavedCells() throws IOException {
        assertEquals(0, run("--seeds", "1"));
        Path report = out.resolve("report.html");
        String first = Files.readString(report);
        assertTrue(first.contains("single-level") && first.contains("data:image/png"));
        Files.delete(report);
        String numbers = Files.readString(out.resolve("results.csv"));
        Files.delete(out.resolve("results.csv"));
        assertEquals(0, run("--report-only", "--seeds", "1"));
        assertEquals(numbers, Files.readString(out.resolve("results.csv")));
        assertEquals(first, Files.readString(report));
    }

    @Test
    void aStudyThatIsKilledLosesTheCellInProgressAndNoOther() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                DeconstructionStudy.class.getName()));
        command.addAll(arguments("--seeds", "1,2,3,4"));
        Process study = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.resolve("told.txt").toFile())
                .start();
        Path first = cell(1);
        while (study.isAlive() && !Files.exists(first)) {
            study.waitFor(5, TimeUnit.MILLISECONDS);
        }
        study.destroyForcibly().waitFor();
        assertTrue(Files.exists(first), () -> read(out.resolve("told.txt")));
        assertFalse(Files.exists(cell(4)), "killed too late to tell");
        List<Path> saved = LongStream.rangeClosed(1, 3)
                .mapToObj(this::cell)
                .filter(Files::exists)
                .toList();
        List<String> before = saved.stream().map(DeconstructionStudyTest::read).toList();
        assertEquals(0, run("--seeds", "1,2,3,4"));
        assertEquals(before, saved.stream().map(DeconstructionStudyTest::read).toList());
        assertTrue(Files.exists(cell(4)));
        assertTrue(read(out.resolve("report.html")).contains("1, 2, 3, 4"));
    }

    private Path cell(long seed) {
        return out.resolve("cells").resolve("path.single-level.seed-" + seed + ".json");
    }

    /** The seconds that a cell took are among its text, so that a cell that was run again reads otherwise. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aReportOfNothingIsAnError() {
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            assertNotEquals(0, run("--report-only", "--seeds", "1"));
        } finally {
            System.setErr(before);
        }
        assertTrue(
                told.toString(StandardCharsets.UTF_8).contains("expected finished cells"),
                told.toString(StandardCharsets.UTF_8));
    }

    private int run(String... more) {
        return Cli.run(new DeconstructionStudy(), arguments(more).toArray(String[]::new));
    }

    private List<String> arguments(String... more) {
        List<String> arguments = new ArrayList<>(ROW);
        arguments.addAll(List.of("--out", out.toString()));
        arguments.addAll(List.of(more));
        return arguments;
    }
}
