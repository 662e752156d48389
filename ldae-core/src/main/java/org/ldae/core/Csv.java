package org.ldae.core;

import java.util.List;
import java.util.stream.Collectors;

/** Comma-separated values (RFC 4180), with line feeds between rows. */
public final class Csv {

    private Csv() {}

    /**
     * A row without a line's end.
     *
     * @param cells their texts as {@link String#valueOf(Object)} has them, quoted where they hold commas, quotes or line breaks
     * @return the cells, separated by commas
     */
    public static String row(Object... cells) {
        return row(List.of(cells));
    }

    /**
     * A row without a line's end.
     *
     * @param cells as in the other method
     * @return the cells, separated by commas
     */
    public static String row(List<?> cells) {
        return cells.stream().map(cell -> quoted(String.valueOf(cell))).collect(Collectors.joining(","));
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
