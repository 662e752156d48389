package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Texts that are names, keys, parts of files or of reports read the same in every locale: a format that writes numbers by the
 * locale's digits is for sentences of errors only. Written {@code String.format(Locale.ROOT, ...)}, or {@code %s} for whole
 * numbers. Error Prone's DefaultLocale would flag every sentence.
 */
class LocaleRuleTest {

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern SPECIFIER = Pattern.compile("%(?:\\d+\\$)?[-#+ 0,(]*\\d*(?:\\.\\d+)?([a-zA-Z%])");
    private static final Pattern WORDS = Pattern.compile("[A-Za-z]{2,}[,:;]? |\\s[A-Za-z]{2,}");

    @Test
    void onlySentencesOfErrorsAreWrittenByTheLocale() throws IOException {
        List<String> found = new ArrayList<>();
        int files = 0;
        for (String module : List.of("ldae-core", "ldae-tokenizers", "ldae-models")) {
            try (Stream<Path> sources = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                for (Path source : sources.filter(file -> file.toString().endsWith(".java"))
                        .toList()) {
                    files++;
                    String text = Files.readString(source);
                    LITERAL.matcher(text)
                            .results()
                            .filter(literal -> !inRoot(text, literal.start()))
                            .filter(literal -> byLocale(literal.group(1), source))
                            .forEach(literal -> found.add(source.getFileName() + ": " + literal.group()));
                }
            }
        }
        assertTrue(files > 250, files + " files");
        assertEquals(List.of(), found);
    }

    /** Right after the locale, in a table of formats, or in a comment. */
    private static boolean inRoot(String text, int at) {
        String before = text.substring(Math.max(0, at - 80), at);
        String line = before.substring(before.lastIndexOf('\n') + 1).strip();
        return before.contains("Locale.ROOT") || line.startsWith("Quantity.") || line.startsWith("*");
    }

    private static boolean byLocale(String literal, Path source) {
        Matcher specifiers = SPECIFIER.matcher(literal);
        boolean numbers = false;
        while (specifiers.find()) {
            numbers |= "defgEGn".contains(specifiers.group(1));
        }
        boolean report = source.toString().matches(".*[/\\\\](report|figures)[/\\\\].*");
        boolean sentence = report
                ? literal.contains("expected") || literal.contains("no PNG writer")
                : WORDS.matcher(SPECIFIER.matcher(literal).replaceAll("")).find();
        return numbers && !sentence;
    }
}
