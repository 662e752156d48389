package org.ldae.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** The report as one page: figures inside, no script, nothing from elsewhere. */
final class Page {

    private static final String INTERVALS =
            "Accuracies are linear-probe top-1 in percent: the mean over seeds \u00b1 half of its 95% interval by"
                + " Student's t; of one seed the value alone. Differences are paired seed by seed. Published numbers"
                + " are of ImageNet at 256 x 256 with DiT-L: compare directions, not values.";

    private final Markup page = new Markup();
    private final Path figures;
    private String heading = "";

    Page(String title, Path figures) {
        this.figures = figures;
        String name = Markup.escaped(title);
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
                .raw("<meta name=\"color-scheme\" content=\"light dark\"/>\n")
                .raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:;"
                        + " style-src 'unsafe-inline'\"/>\n")
                .raw("<title>" + name + "</title>\n<style>\n" + Style.SHEET + "</style>\n</head>\n<body>\n<main>\n")
                .raw("<h1>" + name + "</h1>\n");
    }

    /** A heading that appears with what comes below it, if anything does. */
    Page heading(String text) {
        heading = text;
        return this;
    }

    private Markup body() {
        if (!heading.isEmpty()) {
            page.element("h2", heading);
            heading = "";
        }
        return page;
    }

    Page intervals() {
        return text(INTERVALS);
    }

    Page text(String text) {
        body().element("p", text);
        return this;
    }

    /** A table, unless it has a head alone. */
    Page table(String caption, List<List<String>> rows, int words) {
        if (rows.size() > 1) {
            body().table(caption, rows, words);
        }
        return this;
    }

    /** Figures as they lie in the folder. */
    Page figures(List<Figure> all) throws IOException {
        for (Figure figure : all) {
            image(figure.file(), figure.caption(), figure.alt());
        }
        return this;
    }

    Page image(String file, String caption, String alt) throws IOException {
        String bytes = Base64.getEncoder().encodeToString(Files.readAllBytes(figures.resolve(file)));
        body().raw("<figure>\n<img alt=\"%s\" src=\"data:image/png;base64,".formatted(Markup.escaped(alt)))
                .raw(bytes)
                .raw("\"/>\n<figcaption>%s <span class=\"file\">%s</span></figcaption>\n</figure>\n"
                        .formatted(Markup.escaped(caption), Markup.escaped("figures/" + file)));
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
        return page + "</main>\n</body>\n</html>\n";
    }
}
