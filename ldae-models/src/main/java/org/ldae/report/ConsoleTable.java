package org.ldae.report;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table as plain text for a console. */
final class ConsoleTable {

    private ConsoleTable() {}

    /** Columns as wide as they need, two spaces apart, without notes; the first is of names, the others end in line. */
    static String of(List<List<String>> rows) {
        List<List<String>> plain = rows.stream()
                .map(row -> row.stream().map(ConsoleTable::ascii).toList())
                .toList();
        int[] widths = IntStream.range(0, plain.get(0).size())
                .map(c -> plain.stream()
                        .mapToInt(row -> row.get(c).length())
                        .max()
                        .orElse(0))
                .toArray();
        return plain.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
    }

    private static String line(List<String> row, int[] widths) {
        return IntStream.range(0, widths.length)
                .mapToObj(c -> {
                    String space = " ".repeat(widths[c] - row.get(c).length());
                    return c < 1 ? row.get(c) + space : space + row.get(c);
                })
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }

    /** Not every console has the sign. */
    private static String ascii(String text) {
        return text.replaceFirst("\n.*", "").replace("\u00b1", "+-");
    }
}
