package app;

import java.util.List;
import java.util.Locale;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;

/** JShell with its usual imports, into which text is pasted line by line. */
final class Shell {

    private static final List<String> USUAL_IMPORTS = List.of(
            "java.io",
            "java.math",
            "java.net",
            "java.nio.file",
            "java.util",
            "java.util.concurrent",
            "java.util.function",
            "java.util.prefs",
            "java.util.regex",
            "java.util.stream");

    private Shell() {}

    static void paste(String text) {
        try (JShell shell = JShell.builder().executionEngine("local").build()) {
            shell.addToClasspath(System.getProperty("java.class.path"));
            USUAL_IMPORTS.forEach(name -> evaluate(shell, "import " + name + ".*;"));
            String waiting = "";
            for (String line : text.lines().toList()) {
                waiting += line + "\n";
                CompletionInfo input = shell.sourceCodeAnalysis().analyzeCompletion(waiting);
                while (input.completeness().isComplete()) {
                    evaluate(shell, input.source());
                    waiting = input.remaining();
                    input = shell.sourceCodeAnalysis().analyzeCompletion(waiting);
                }
            }
            if (!waiting.isBlank()) {
                throw new AssertionError("JShell waits for more after:\n" + waiting);
            }
        }
    }

    private static void evaluate(JShell shell, String source) {
        for (SnippetEvent event : shell.eval(source)) {
            if (event.status() != Snippet.Status.VALID || event.exception() != null) {
                List<String> messages = shell.diagnostics(event.snippet())
                        .map(message -> message.getMessage(Locale.ROOT))
                        .toList();
                throw new AssertionError(
                        "JShell: %s %s in:%n%s".formatted(event.status(), messages, source), event.exception());
            }
        }
    }
}
