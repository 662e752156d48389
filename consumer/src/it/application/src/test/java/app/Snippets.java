package app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The README's code blocks, as a reader takes them. */
final class Snippets {

    private Snippets() {}

    static List<String> java() throws IOException {
        return blocks("java");
    }

    static List<String> xml() throws IOException {
        return blocks("xml");
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of(System.getProperty("readme"))))
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
