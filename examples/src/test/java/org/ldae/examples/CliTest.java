package org.ldae.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What every main tells and refuses alike. */
class CliTest {

    static Stream<Object> mains() {
        return Stream.of(
                new CompareTokenizers(),
                new DeconstructionStudy(),
                new FitScaling(),
                new PretrainOnYourPictures(),
                new ReportOnEncoder(),
                new SampleImages(),
                new SearchYourPictures(),
                new TrainLatentDae(),
                new TrainOnBands());
    }

    @ParameterizedTest
    @MethodSource("mains")
    void tellsItsVersionAndAnExampleInAHundredColumns(Object main) {
        assertTrue(said(main, 0, "--version").matches("ldae \\S+, ND4J \\S+, Java \\S+\\R"));
        String help = said(main, 0, "--help");
        assertTrue(help.contains("Example: " + main.getClass().getSimpleName() + " --"), help);
        assertTrue(help.lines().allMatch(line -> line.length() <= 100), help);
        assertTrue(!help.contains("(default: null)") && !help.contains("${"), help);
    }

    @ParameterizedTest
    @MethodSource("mains")
    void refusesAWrongOptionInALineAndAHint(Object main) {
        String error = said(main, 2, "--outt", "x");
        assertTrue(error.startsWith("error: ") && error.contains("--help tells the options"), error);
        assertTrue(error.lines().count() <= 2, error);
    }

    @ParameterizedTest
    @MethodSource("mains")
    void theExampleIsUnderstood(Object main) {
        String example = said(main, 0, "--help")
                .lines()
                .filter(line -> line.startsWith("Example: "))
                .findFirst()
                .orElseThrow();
        String[] words = example.split(" ");
        new CommandLine(main)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(Arrays.copyOfRange(words, 2, words.length));
    }

    private static String said(Object main, int status, String... args) {
        StringWriter text = new StringWriter();
        CommandLine line = new CommandLine(main).setOut(new PrintWriter(text)).setErr(new PrintWriter(text));
        assertEquals(status, Cli.run(line, args), text.toString());
        return text.toString();
    }

    @Test
    void aFolderThatCantBeMadeNamesTheOption(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        String message = String.valueOf(assertThrows(IOException.class, () -> Cli.writing(file.resolve("out"), () -> 0))
                .getMessage());
        assertTrue(message.startsWith("--out: expected a folder that can be written, got " + file), message);
    }
}
