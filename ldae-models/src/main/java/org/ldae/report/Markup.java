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

    /**
     * A table whose columns sort; on a narrow screen each row is a block with the head's words beside its numbers. The first
     * {@code words} columns hold words, the others numbers; what follows a line feed in a cell is a note.
     */
    Markup table(String caption, List<List<String>> rows, int words) {
        List<String> head = rows.get(0);
        raw("<table>\n").element("caption", caption).raw("<thead><tr>");
        for (int c = 0; c < head.size(); c++) {
            raw("<th scope=\"col\"%s><button type=\"button\">%s</button></th>"
                    .formatted(c < words ? "" : " class=\"n\"", escaped(head.get(c))));
        }
        raw("</tr></thead>\n");
        if (rows.size() > 1) {
            raw("<tbody>");
            for (List<String> row : rows.subList(1, rows.size())) {
                raw("<tr>");
                for (int c = 0; c < row.size(); c++) {
                    cell(row.get(c), head.get(c), c < words);
                }
                raw("</tr>\n");
            }
            raw("</tbody>");
        }
        return raw("</table>\n");
    }

    private void cell(String text, String head, boolean words) {
        String verdict = verdictClass(text);
        String kind = !verdict.isEmpty() ? verdict : !words ? "n" : isName(text) ? "k" : "";
        kind += text.equals(Numbers.NONE) ? " none" : "";
        int note = text.indexOf('\n');
        raw("<td%s data-head=\"%s\">"
                        .formatted(kind.isEmpty() ? "" : " class=\"%s\"".formatted(kind.strip()), escaped(head)))
                .raw("<span>%s</span>".formatted(escaped(note < 0 ? text : text.substring(0, note))))
                .raw(note < 0 ? "" : "<small>%s</small>".formatted(escaped(text.substring(note + 1))))
                .raw("</td>");
    }

    /** Names don't break at their hyphens. */
    private static boolean isName(String text) {
        String name = text.replaceFirst("\n.*", "");
        return name.length() <= NAME && name.indexOf(' ') < 0;
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
