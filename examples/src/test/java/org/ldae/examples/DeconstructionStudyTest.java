package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One row of the study, from the command line to its report. */
class DeconstructionStudyTest {

    private static final List<String> ROW = List.of(
            "--limit",
            "100",
            "--epochs",
            "1",
            "--seeds",
            "1",
            "--groups",
            "path",
            "--steps",
            "single-level",
            "--jobs",
            "1");

    @TempDir
    private Path out;

    @Test
    void writesTheReportAndWritesItAgainFromSavedCells() throws IOException {
        assertEquals(0, run());
        Path report = out.resolve("report.html");
        String first = Files.readString(report);
        assertTrue(first.contains("single-level") && first.contains("data:image/png"));
        Files.delete(report);
        assertEquals(0, run("--report-only"));
        assertEquals(first, Files.readString(report));
    }

    @Test
    void aReportOfNothingIsAnError() {
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            assertNotEquals(0, run("--report-only"));
        } finally {
            System.setErr(before);
        }
        assertTrue(
                told.toString(StandardCharsets.UTF_8).contains("expected finished cells"),
                told.toString(StandardCharsets.UTF_8));
    }

    private int run(String... more) {
        List<String> arguments = new ArrayList<>(ROW);
        arguments.addAll(List.of("--out", out.toString()));
        arguments.addAll(List.of(more));
        return Cli.run(new DeconstructionStudy(), arguments.toArray(String[]::new));
    }
}
