package app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the README promises to somebody who has nothing but its dependency lines. */
class ReadmeTest {

    private static final Pattern PROMISE = Pattern.compile("// (\\d\\.\\d+) here");
    private static final double POINT = 0.01;

    @TempDir
    private Path output;

    @Test
    void everySnippetIsAProgram() throws IOException {
        assertFalse(Snippets.java().isEmpty(), "the README shows no Java code");
        for (String snippet : Snippets.java()) {
            assertEquals(List.of(), Program.errors(snippet, output), snippet);
        }
    }

    /** There a line that begins with a dot belongs to nothing, and another net would be trained without a word. */
    @Test
    void everySnippetRunsPastedIntoJShellAndTheFirstPrintsItsPromise() throws Throwable {
        List<String> printed = new ArrayList<>();
        for (String snippet : Snippets.java()) {
            printed.add(lastLine(() -> Shell.paste(snippet)));
        }
        Matcher promise = PROMISE.matcher(Snippets.java().get(0));
        assertTrue(promise.find(), "the README's first snippet doesn't say what it prints");
        assertEquals(Double.parseDouble(promise.group(1)), Double.parseDouble(printed.get(0)), POINT);
    }

    /** A line that begins with a dot is what the paste must not forgive. */
    @Test
    void aChainBrokenBeforeItsDotsIsRefused() {
        assertThrows(AssertionError.class, () -> Shell.paste("var text = \"a\"\n    .concat(\"b\");"));
    }

    /** This project's own dependencies are the README's, line by line. */
    @Test
    void theDependencyLinesAreThese() throws IOException {
        String project = Files.readString(Path.of("pom.xml"));
        List<String> lines = Snippets.xml().get(0).lines().map(String::strip).toList();
        lines.forEach(line -> assertTrue(project.contains(line), line));
    }

    private static String lastLine(Executable action) throws Throwable {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            action.execute();
        } finally {
            System.setOut(before);
        }
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }
}
