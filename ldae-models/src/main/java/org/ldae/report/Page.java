package org.ldae.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.ldae.figures.Figures;

/** The report as one page: figures inside, one script that sorts tables, nothing from elsewhere. */
final class Page {

    private final String title;
    private final Markup body = new Markup();
    private final List<String> headings = new ArrayList<>();
    private final Markup front = new Markup();
    private final Path figures;
    private String heading = "";

    Page(String title, Path figures) {
        this.title = title;
        this.figures = figures;
    }

    /** What came out, before everything else. */
    Page headline(List<String> sentences) {
        front.raw("<ul class=\"headline\">\n");
        sentences.forEach(sentence -> front.element("li", sentence));
        front.raw("</ul>\n");
        return this;
    }

    /** Files beside the page, and pages elsewhere, that the reader may want. */
    Page links(List<List<String>> links) {
        front.raw("<p class=\"links\">");
        for (List<String> link : links) {
            front.raw("<a href=\"%s\">%s</a> ".formatted(Markup.escaped(link.get(1)), Markup.escaped(link.get(0))));
        }
        front.raw("</p>\n");
        return this;
    }

    /** A heading that appears with what comes below it, if anything does. */
    Page heading(String text) {
        heading = text;
        return this;
    }

    private Markup body() {
        if (!heading.isEmpty()) {
            headings.add(heading);
            body.raw("<h2 id=\"s%s\">%s</h2>\n".formatted(headings.size(), Markup.escaped(heading)));
            heading = "";
        }
        return body;
    }

    Page text(String text) {
        body().element("p", text);
        return this;
    }

    /** Markup of the report's own making. */
    Page raw(String markup) {
        if (!markup.isEmpty()) {
            body().raw(markup);
        }
        return this;
    }

    /** A table, unless it has a head alone. */
    Page table(String caption, List<List<String>> rows, int words) {
        if (rows.size() > 1) {
            body().table(caption, rows, words);
        }
        return this;
    }

    /** Figures, which are kept as PNG files in the folder too. */
    Page figures(List<Figure> all) throws IOException {
        for (Figure figure : all) {
            Figures.writePng(figure.picture(), figures.resolve(figure.file()));
            image(figure.file(), figure.caption(), figure.alt());
        }
        return this;
    }

    Page image(String file, String caption, String alt) throws IOException {
        String bytes = Base64.getEncoder().encodeToString(Files.readAllBytes(figures.resolve(file)));
        String name = Markup.escaped("figures/" + file);
        body().raw("<figure>\n<img alt=\"%s\" src=\"data:image/png;base64,".formatted(Markup.escaped(alt)))
                .raw(bytes)
                .raw("\"/>\n<figcaption>%s <a class=\"file\" href=\"%s\">%s</a></figcaption>\n</figure>\n"
                        .formatted(Markup.escaped(caption), name, name));
        return this;
    }

    /** Long text behind a line that opens it. */
    Page folded(String summary, String text) {
        body().raw("<details>\n")
                .element("summary", summary)
                .element("pre", text)
                .raw("</details>\n");
        return this;
    }

    String end() {
        String name = Markup.escaped(title);
        Markup contents = new Markup().raw("<nav aria-label=\"Contents\"><ol>\n");
        for (int i = 0; i < headings.size(); i++) {
            contents.raw("<li><a href=\"#s%s\">%s</a></li>\n".formatted(i + 1, Markup.escaped(headings.get(i))));
        }
        contents.raw("</ol></nav>\n");
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
                + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
                + "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
                + "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src"
                + " 'unsafe-inline'; script-src 'sha256-" + hash(Style.SORTING) + "'\"/>\n"
                + "<title>" + name + "</title>\n<style>\n" + Style.SHEET + "</style>\n</head>\n<body>\n<main>\n"
                + "<h1>" + name + "</h1>\n" + front + contents + body + "</main>\n<script>" + Style.SORTING
                + "</script>\n</body>\n</html>\n";
    }

    private static String hash(String script) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
