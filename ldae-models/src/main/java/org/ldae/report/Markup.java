package org.ldae.report;

import java.util.List;

/** A page as it grows: markup that is HTML and well-formed XML, all text escaped. */
final class Markup {

    /** Words of this length stay whole. */
    private static final int NAME = 20;

    private final StringBuilder page = new StringBuilder();

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** Markup as it is. */
    Markup raw(String markup) {
        page.append(markup);
        return this;
    }

    /** An element that holds a text. */
    Markup element(String name, String text) {
        return raw("<%s>%s</%s>\n".formatted(name, escaped(text), name));
    }

    /** A table that scrolls sideways within the page; the first {@code words} columns hold words, the others numbers. */
    Markup table(String caption, List<List<String>> rows, int words) {
        String name = escaped(caption);
        raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">\n<table>\n".formatted(name));
        raw("<caption>%s</caption>\n".formatted(name));
        for (int r = 0; r < rows.size(); r++) {
            raw(r == 0 ? "<thead>" : r == 1 ? "<tbody>" : "").raw("<tr>");
            for (int c = 0; c < rows.get(r).size(); c++) {
                cell(rows.get(r).get(c), r == 0, c < words);
            }
            raw("</tr>").raw(r == 0 ? "</thead>\n" : "\n");
        }
        return raw(rows.size() > 1 ? "</tbody>" : "").raw("</table>\n</div>\n");
    }

    private void cell(String text, boolean head, boolean words) {
        String kind = words || !verdictClass(text).isEmpty() ? wordsClass(text, head) : "n";
        raw(head ? "<th scope=\"col\"" : "<td").raw(kind.isEmpty() ? ">" : " class=\"%s\">".formatted(kind));
        raw(escaped(text)).raw(head ? "</th>" : "</td>");
    }

    /** Verdicts have colours, and names don't break at their hyphens. */
    private static String wordsClass(String text, boolean head) {
        String verdict = verdictClass(text);
        return verdict.isEmpty() && !head && text.length() <= NAME && text.indexOf(' ') < 0 ? "k" : verdict;
    }

    private static String verdictClass(String text) {
        for (Verdict verdict : Verdict.values()) {
            if (verdict.toString().equals(text)) {
                return "v-" + text.replace(' ', '-');
            }
        }
        return "";
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
